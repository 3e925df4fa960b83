"""Watching goes on for as long as one of the episodes is in motion, and never ends between two runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from ragtime_assets.errors import WaitsForSpeech
from ragtime_assets.orchestration.moments import Moment
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.orchestration.watching import Watcher, in_order
from ragtime_assets_tests.house import House


@dataclass
class Scripted(Watcher):
    """Finds the episodes in these states, look by look, and the last of them for ever."""

    looks: Iterator[Sequence[str]] = field(default_factory=lambda: iter(()))
    last: Sequence[str] = ()

    def present(self) -> list[EpisodeStatus]:
        self.last = next(self.looks, self.last)
        return [
            EpisodeStatus(
                key=key, url="https://show.example", title=None, show=None, submitted_at=datetime.now(UTC), state=state
            )
            for key, state in zip(self.keys, self.last, strict=True)
        ]


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param([("ready", "waiting"), ("ready", "queued"), ("ready", "ready")], id="one of two is at rest"),
        pytest.param(
            [("running", "ready"), ("unfinished", "ready"), ("queued", "ready"), ("ready", "ready")], id="gap"
        ),
        pytest.param([("failed", "ready"), ("queued", "ready"), ("ready", "ready")], id="a retry is taken up"),
        pytest.param([(WaitsForSpeech.state, "ready")] * 3 + [("ready", "ready")], id="speech has its turn later"),
    ],
)
def test_watching_ends_when_all_are_at_rest_and_stay_so(house: House, looks: list[Sequence[str]]) -> None:
    watcher = Scripted(house.studio, house.instance, ("one", "other"), looks=iter(looks))
    told = [(moment.key, moment.kind) for moment in watcher.moments(give_up_after=60)]
    assert {key: kind for key, kind in told} == {"one": "ready", "other": "ready"}


def test_a_run_is_begun_before_anything_happens_in_it_and_what_it_comes_to_is_told_last() -> None:
    changes = [Moment(datetime.now(UTC), "one", None, state, "") for state in ("ready", "running")]
    events = [Moment(datetime.now(UTC), "one", "chunks", kind, "") for kind in ("working", "done")]
    assert [moment.kind for moment in in_order(changes, events)] == ["running", "working", "done", "ready"]
