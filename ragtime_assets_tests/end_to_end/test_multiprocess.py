"""The steps of a run in processes of their own: the run holds the episode, and its steps are let in."""

from __future__ import annotations

from pathlib import Path

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets_tests.end_to_end.holding import held_corpus, up
from ragtime_assets_tests.shows import serve_show


def test_an_episode_whose_steps_work_beside_each_other_becomes_ready(tmp_path: Path) -> None:
    with serve_show(1) as base, held_corpus(tmp_path, base, executor="multiprocess") as corpus:
        key = corpus.key(0)
        corpus.holder.hold("before", "summary", key)
        corpus.holder.hold("before", "chunks", key)
        with up(corpus):
            corpus.submit(0)
            summary = corpus.holder.wait_for("before", "summary", key)
            chunks = corpus.holder.wait_for("before", "chunks", key)
            corpus.holder.let_go()
            found = corpus.wait(key)
        assert summary.pid != chunks.pid, "both work at the same time"
        assert found[key].state == "ready", corpus.told()
        saved = [asset for asset, _ in corpus.holder.saves if asset != REPORT]
        assert sorted(saved) == sorted(PHASES[:-1])
        assert corpus.litter() == []
