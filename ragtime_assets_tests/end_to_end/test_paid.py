"""What was paid for is not paid again, whatever is killed between the answer and the artifact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets_tests.end_to_end.holding import held_corpus, kill, up
from ragtime_assets_tests.openai_server import OpenAIServer, openai_server, reader
from ragtime_assets_tests.shows import SECONDS, sentence, serve_show

EPISODES = 5


@pytest.fixture
def providers() -> Iterator[OpenAIServer]:
    """A model that hears something else in every recording, and one that reads."""

    def speech(number: int) -> dict[str, Any]:
        said = [{"start": at, "end": at + 5, "text": sentence(number, at)} for at in range(0, SECONDS, 5)]
        return {"language": "english", "segments": said}

    with openai_server() as server:
        server.speech, server.otherwise = speech, reader
        yield server


def test_what_was_paid_for_before_a_worker_or_the_whole_tree_is_killed_is_not_paid_again(
    tmp_path: Path, providers: OpenAIServer
) -> None:
    """Killed when every answer was there, and the artifact was not: the retry has them from the journal.

    The tree that is started after all of it was killed goes on with what was at work.
    """
    paid = {"model": "openai-chat:parrot", "openai_base_url": providers.url}
    heard = {"transcriber": "openai", "transcription_url": providers.url}
    with serve_show(EPISODES) as show, held_corpus(tmp_path, show, **paid, **heard) as corpus:
        with up(corpus) as supervisor:
            keys = corpus.submit_held("before", ("transcript", "summary", "entities"), first=0)
            for asset, key in keys.items():
                kill(corpus.holder.wait_for("before", asset, key).pid)
            corpus.wait_until_ready(*keys.values())
            (at_work,) = corpus.submit_held("before", ["entities"], first=3).values()
            worker = corpus.holder.wait_for("before", "entities", at_work).pid
            for pid in (*supervisor.pids.values(), worker):
                kill(pid)
        (late,) = corpus.submit(4)
        with up(corpus):
            corpus.wait_until_ready(at_work, late)
        assert corpus.saved(at_work).count("transcript") == 1
        spent = corpus.studio.ledger.totals("phase")
    assert providers.listened == EPISODES
    prompts = [asked.text for asked in providers.asked]
    assert len(prompts) == len(set(prompts)) == 2 * EPISODES
    assert {one.name: one.calls for one in spent} == dict.fromkeys(keys, EPISODES)
