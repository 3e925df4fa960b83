"""`make demo` is `ragtime demo`: what a stranger sees first, and nothing that somebody works with."""

from __future__ import annotations

import subprocess
import sys

from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.end_to_end.conftest import Corpus
from ragtime_assets_tests.openai_server import openai_server

FAILING = "from ragtime_assets.cli.demo import run_demo; raise SystemExit(run_demo(max_audio_seconds=10))"


def test_the_demo_does_it_all_and_uses_nothing_of_the_environment(fresh_corpus: Corpus) -> None:
    """It would fill the production's database, store and index, and pay for models."""
    production = fresh_corpus.folder / "production"
    with openai_server() as provider:
        settings = {
            "RAGTIME_DATABASE_URL": f"sqlite:///{production / 'corpus.sqlite'}",
            "RAGTIME_ARTIFACTS_URL": str(production / "store"),
            "RAGTIME_QDRANT_URL": provider.url,
            "RAGTIME_MODEL": "openai-chat:expensive",
            "RAGTIME_OPENAI_BASE_URL": provider.url,
            "RAGTIME_TRANSCRIBER": "openai",
            "RAGTIME_TRANSCRIPTION_URL": provider.url,
            "RAGTIME_NO_SUCH_SETTING": "1",
            "DAGSTER_HOME": str(production / "dagster"),
            "OPENAI_API_KEY": "sk-production",
        }
        file = {"RAGTIME_BUDGET_USD_PER_DAY": "0", "RAGTIME_MAX_AUDIO_SECONDS": "10", "RAGTIME_SUMMARY_MODEL": "x:y"}
        (fresh_corpus.folder / ".env").write_text("\n".join(f"{name}={value}" for name, value in file.items()))
        fresh_corpus.environment |= settings
        told = fresh_corpus.ragtime("demo")
        assert (provider.asked, provider.listened) == ([], 0)
    assert not production.exists()
    assert not fresh_corpus.home.exists(), "the demo has a HOME of its own"
    assert "2 episodes: 2 ready" in told
    assert all(f"{asset} " in told for asset in PHASES)
    assert "whisper base int8" in told
    assert "publisher vtt" in told
    assert "#t=" in told
    assert "Closest passages:" in told
    assert "http://127.0.0.1:8080" in told
    assert "make up" in told
    assert max(len(line) for line in told.splitlines() if "http" not in line) <= 80


def test_a_demo_in_which_a_phase_fails_ends_with_1_and_says_why(fresh_corpus: Corpus) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING],
        cwd=fresh_corpus.folder,
        env=fresh_corpus.environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    told = " ".join(done.stdout.split())
    assert done.returncode == 1, (told, done.stderr)
    assert "2 failed" in told
    assert "RAGTIME_MAX_AUDIO_SECONDS" in told
    assert "What to do:" in told
