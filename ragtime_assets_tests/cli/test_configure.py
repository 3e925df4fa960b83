"""`ragtime configure`: what is answered lands in `.env`, and nothing else of that file changes."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import pytest

from ragtime_assets.adapters.storage.env_file import edited, quoted
from ragtime_assets.settings import Settings, load_settings, variable_of
from ragtime_assets.studio.setting_sections import SECTIONS, Section, settings_of
from ragtime_assets_tests.cli.conftest import Terminal

EXAMPLE = Path(__file__).parents[2] / ".env.example"
WRITTEN = """# my corpus
RAGTIME_CONTACT=old@example.org   # me
OTHER_THING=kept
# RAGTIME_LLM_CONCURRENCY=8
export RAGTIME_FYYD_API_KEY=hunter2
"""


@pytest.fixture
def env(own_settings: Path, tmp_path: Path) -> Path:
    """A file that somebody wrote."""
    path = tmp_path / ".env"
    path.write_text(WRITTEN)
    return path


def section(name: str) -> Section:
    return next(one for one in SECTIONS if one.name == name)


def type_lines(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("".join(f"{line}\n" for line in lines)))


def answers_to(name: str, **answers: str) -> list[str]:
    """A line for each setting of a section: these answers, and Enter to the others."""
    return [answers.get(setting, "") for setting in settings_of(section(name))]


def test_answers_are_written_and_all_else_stays(terminal: Terminal, env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    type_lines(monkeypatch, *answers_to("models", model="openai:gpt-5-mini", llm_concurrency="4"))
    terminal.type("configure", "models")
    shown = "# RAGTIME_LLM_CONCURRENCY=8\n"
    assert env.read_text() == (
        WRITTEN.replace(shown, f"{shown}RAGTIME_LLM_CONCURRENCY=4\n") + "RAGTIME_MODEL=openai:gpt-5-mini\n"
    )
    assert env.stat().st_mode & 0o777 == 0o600
    assert load_settings().llm_concurrency == 4
    assert [path.name for path in env.parent.glob(".env*")] == [".env"]


def test_a_value_is_replaced_where_it_stands_and_unset_with_a_dash(
    terminal: Terminal, env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_lines(monkeypatch, *answers_to("web", contact="https://example.org/about me"))
    terminal.type("configure", "web")
    type_lines(monkeypatch, *answers_to("indexes", fyyd_api_key="-"))
    terminal.type("configure", "indexes")
    assert env.read_text().splitlines()[1] == "RAGTIME_CONTACT='https://example.org/about me'"
    assert "FYYD" not in env.read_text()
    assert load_settings().contact == "https://example.org/about me"


def test_enter_everywhere_changes_nothing(terminal: Terminal, env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    type_lines(monkeypatch, *answers_to("web"))
    assert "Nothing is changed" in terminal.type("configure", "web")
    assert env.read_text() == WRITTEN


def test_who_stops_halfway_changes_nothing(terminal: Terminal, env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    type_lines(monkeypatch, "new@example.org")
    terminal.type("configure", "web", code=1)
    assert env.read_text() == WRITTEN


def test_an_answer_that_says_what_is_so_already_is_no_change(
    terminal: Terminal, env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_lines(monkeypatch, *answers_to("web", contact="old@example.org", credentials_file="-"))
    assert "Nothing is changed." in terminal.type("configure", "web")
    assert env.read_text() == WRITTEN


def test_a_wrong_answer_is_asked_for_again(terminal: Terminal, env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = answers_to("spending", budget_usd_per_day="16")
    at = settings_of(section("spending")).index("budget_usd_per_day")
    type_lines(monkeypatch, *lines[:at], "many", *lines[at:])
    assert "RAGTIME_BUDGET_USD_PER_DAY" in terminal.type("configure", "spending")
    assert load_settings().budget_usd_per_day == 16


def test_answers_that_do_not_go_together_are_asked_for_again(
    terminal: Terminal, env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = answers_to("indexes", podcast_indexes="podcastindex")
    type_lines(monkeypatch, *wrong, *answers_to("indexes", podcast_indexes="none"))
    terminal.type("configure", "indexes")
    assert load_settings().podcast_indexes == ()


def test_what_is_set_is_shown_with_where_and_no_secret(
    terminal: Terminal, env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGTIME_DATABASE_URL", "postgresql://ann:hunter2@db.example/corpus")
    assert "hunter2" not in terminal.type("configure", "--show")
    told = {one["name"]: one for one in json.loads(terminal.type("configure", "--json"))["settings"]}
    assert told["RAGTIME_CONTACT"] == {"name": "RAGTIME_CONTACT", "value": "old@example.org", "source": ".env"}
    assert told["RAGTIME_FYYD_API_KEY"]["value"] == "***"
    assert told["RAGTIME_DATABASE_URL"]["source"] == "environment"
    assert told["RAGTIME_TRANSCRIBER"] == {"name": "RAGTIME_TRANSCRIBER", "value": "auto", "source": "default"}
    assert list(told) == [variable_of(name) for name in Settings.model_fields]


def test_a_file_of_a_later_version_is_refused_by_the_name_it_has(terminal: Terminal, env: Path) -> None:
    env.write_text(WRITTEN + "RAGTIME_TELEPATHY=on\n")
    assert "RAGTIME_TELEPATHY is not a setting" in terminal.type("configure", "--show", code=2)
    assert "is no section" in terminal.type("configure", "nonsense", code=2)


def test_a_file_with_a_wrong_value_can_be_mended(
    terminal: Terminal, env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env.write_text("RAGTIME_LLM_CONCURRENCY=lots\n")
    type_lines(monkeypatch, *answers_to("models", llm_concurrency="3"))
    terminal.type("configure", "models")
    assert load_settings().llm_concurrency == 3


def test_every_setting_is_in_one_section_and_the_example_has_the_same() -> None:
    assert [name for one in SECTIONS for name in settings_of(one)] == list(Settings.model_fields)
    _, *blocks = re.split(r"^### (.+)$", EXAMPLE.read_text(), flags=re.MULTILINE)
    shown = {
        title: re.findall(r"^# ([A-Z0-9_]+)=", text, flags=re.MULTILINE)
        for title, text in zip(blocks[::2], blocks[1::2], strict=True)
    }
    assert shown == {one.title: [variable_of(name) for name in settings_of(one)] for one in SECTIONS}


def test_a_name_of_before_is_read_for_one_release_with_a_warning(env: Path) -> None:
    renamed = {"RAGTIME_MAIL": "RAGTIME_CONTACT", "RAGTIME_SPEED": "RAGTIME_LLM_CONCURRENCY"}
    env.write_text("RAGTIME_CONTACT=new@example.org\nRAGTIME_MAIL=old@example.org\nRAGTIME_SPEED=2\n")
    with pytest.warns(FutureWarning) as told:
        settings = load_settings(renamed)
    assert (settings.contact, settings.llm_concurrency) == ("new@example.org", 2)
    assert {str(one.message).split(",")[0] for one in told} == {
        "RAGTIME_MAIL is called RAGTIME_CONTACT now",
        "RAGTIME_SPEED is called RAGTIME_LLM_CONCURRENCY now",
    }


@pytest.mark.parametrize("value", ["plain", "two words", "it's #1 \\ $HOME", '"quoted"'])
def test_a_value_is_read_back_as_it_was_written(value: str, env: Path) -> None:
    env.write_text(edited("", {"RAGTIME_TRANSCRIPTION_MODEL": value}))
    assert load_settings().transcription_model == value
    assert (quoted(value) == value) is (value == "plain")
