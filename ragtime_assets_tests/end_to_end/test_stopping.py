"""Stopping a run is clean in every phase: soon, with nothing half-made, and a retry goes on from there."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import httpx
import pytest

from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets_tests.end_to_end.conftest import free_port
from ragtime_assets_tests.end_to_end.holding import HeldCorpus, held_corpus, up
from ragtime_assets_tests.shows import serve_show

TERMINATE = "mutation($r: String!) { terminateRun(runId: $r) { __typename } }"


@pytest.fixture
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeldCorpus]:
    with serve_show(len(PHASES)) as base, held_corpus(tmp_path_factory.mktemp("stops"), base) as corpus:
        yield corpus


def test_a_run_stopped_in_any_phase_ends_within_half_a_minute_and_is_taken_up_by_retry(held: HeldCorpus) -> None:
    keys = {asset: held.key(number) for number, asset in enumerate(PHASES)}
    for asset, key in keys.items():
        held.holder.hold("before", asset, key)
    port = free_port()
    with up(held, web_port=port):
        held.submit(*range(len(PHASES)))
        for asset, key in keys.items():
            held.holder.wait_for("before", asset, key)
            run_id = held.status(key).run_id
            assert run_id is not None
            _terminate(port, run_id)
            _wait_until_cancelled(held, run_id)
            assert held.studio.store.envelope(asset, key) is None, "nothing half-made"
        for asset, key in keys.items():
            # Where only the report was stopped, another is asked for, which makes the episode ready.
            assert held.status(key).state in {"cancelled", "ready" if asset == REPORT else "cancelled"}, held.told()
        held.studio.submissions.request(list(keys.values()), by="test")
        found = held.wait(*keys.values())
        assert {one.state for one in found.values()} == {"ready"}, held.told()
        for key in keys.values():
            saved = [asset for asset, of in held.holder.saves if of == key and asset != REPORT]
            assert sorted(saved) == sorted(PHASES[:-1]), "finished phases were not done again"
    assert held.litter() == []


def _terminate(port: int, run_id: str) -> None:
    body = {"query": TERMINATE, "variables": {"r": run_id}}
    answer = httpx.post(f"http://127.0.0.1:{port}/graphql", json=body, timeout=60).json()
    assert answer["data"]["terminateRun"]["__typename"] == "TerminateRunSuccess", answer


def _wait_until_cancelled(held: HeldCorpus, run_id: str) -> None:
    def over() -> bool:
        run = held.instance.get_run_by_id(run_id)
        return run is not None and run.status == dg.DagsterRunStatus.CANCELED

    held.until(over, 30)
