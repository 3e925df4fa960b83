"""`make demo` is `ragtime demo`: what a stranger sees first."""

from __future__ import annotations

from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.end_to_end.conftest import Corpus


def test_the_demo_ingests_searches_and_asks_and_says_where_to_look_next(fresh_corpus: Corpus) -> None:
    told = fresh_corpus.ragtime("demo")
    assert "2 episodes: 2 ready" in told
    assert all(f"{asset} " in told for asset in PHASES)
    assert "whisper base int8" in told
    assert "publisher vtt" in told
    assert "#t=" in told
    assert "Closest passages:" in told
    assert "make up" in told
    assert max(len(line) for line in told.splitlines() if "http" not in line) <= 80
    assert not fresh_corpus.home.exists(), "the demo has a HOME of its own"


def test_a_demo_in_which_a_phase_fails_ends_with_1_and_says_why(fresh_corpus: Corpus) -> None:
    fresh_corpus.environment["RAGTIME_MAX_AUDIO_SECONDS"] = "10"
    told = " ".join(fresh_corpus.ragtime("demo", code=1).split())
    assert "2 failed" in told
    assert "RAGTIME_MAX_AUDIO_SECONDS" in told
    assert "What to do:" in told
