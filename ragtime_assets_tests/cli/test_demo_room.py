"""The demo makes its corpus anew, and takes nobody's away."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragtime_assets.cli.demo import HOME
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.cli.conftest import Terminal


@pytest.fixture
def demo_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """What an earlier demo left in the folder where the next is started."""
    monkeypatch.chdir(tmp_path)
    return Studio(Settings(home=HOME, dagster_home=HOME / "dagster"))


def test_the_demo_keeps_its_hands_off_a_corpus_that_is_up(terminal: Terminal, demo_corpus: Studio) -> None:
    with demo_corpus.locks.hold("up", "ragtime up"):
        assert "Stop it first" in terminal.type("demo", code=2)
    assert HOME.exists()


def test_the_demo_removes_nothing_that_somebody_submitted(terminal: Terminal, demo_corpus: Studio) -> None:
    demo_corpus.submissions.submit([page_submission("https://example.com/mine")], by="test")
    told = " ".join(terminal.type("demo", code=2).split())
    assert "https://example.com/mine" in told
    assert f"rm -r {HOME}" in told
    assert len(demo_corpus.submissions.episodes()) == 1
