"""Where links to runs lead."""

from __future__ import annotations

from pathlib import Path

from ragtime_assets.orchestration.run_page import note_web_port, run_page
from ragtime_assets.settings import Settings


def test_the_page_of_a_run_is_on_the_web_ui_that_was_up_last_unless_the_settings_name_another(tmp_path: Path) -> None:
    here = Settings(home=tmp_path, dagster_home=tmp_path / "dagster")
    assert run_page(here, "r1") == "http://127.0.0.1:3000/runs/r1"
    note_web_port(here, 3001)
    assert run_page(here, "r1") == "http://127.0.0.1:3001/runs/r1"
    elsewhere = here.model_copy(update={"web_url": "https://dagster.example"})
    assert run_page(elsewhere, "r1") == "https://dagster.example/runs/r1"
