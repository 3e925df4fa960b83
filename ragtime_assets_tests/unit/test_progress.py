"""What a phase tells of itself is quick at first and bounded, however long it takes and however much it tries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import dagster as dg
import pytest
from sqlalchemy import exc

from ragtime_assets.domain.episode.trace import TraceStep
from ragtime_assets.orchestration.progress import MOST_STEPS, LiveProgress, LiveTrace


@dataclass
class Events:
    """A step's context, as far as it takes events."""

    told: list[dg.AssetObservation] = field(default_factory=list)

    def log_event(self, event: dg.AssetObservation) -> None:
        self.told.append(event)


def told_at(seconds: Sequence[float], total: float | None) -> list[float]:
    """When a phase told of its progress that tried to at each of these seconds."""
    clock, events, found = [0.0], Events(), list[float]()
    progress = LiveProgress(cast("Any", events), "transcript", "one", 1e6, now=lambda: clock[0])
    for second in seconds:
        clock[0] = second
        before = len(events.told)
        progress(second, total, "listening")
        found += [second] * (len(events.told) - before)
    return found


def test_progress_is_told_every_five_seconds_at_first() -> None:
    assert told_at(range(1, 61), None) == list(range(5, 61, 5))


def test_each_twentieth_is_told_as_soon_as_it_is_done() -> None:
    assert told_at(range(2, 33, 2), 32) == list(range(2, 33, 2))


@pytest.mark.parametrize("hours", [1, 6, 24])
def test_a_phase_of_hours_tells_at_least_once_a_minute_and_no_more_than_it_has_to(hours: int) -> None:
    found = told_at(range(1, hours * 3_600), None)
    assert max(later - earlier for earlier, later in zip(found, found[1:], strict=False)) <= 60
    assert len(found) <= 80 + hours * 60


class Severed(Events):
    """A context whose storage went away."""

    def log_event(self, event: dg.AssetObservation) -> None:
        raise exc.OperationalError("insert into event_logs", {}, Exception("server closed the connection"))


def test_a_phase_works_on_while_the_storage_of_what_it_tells_does_not_answer() -> None:
    severed = cast("Any", Severed())
    clock = [0.0]
    progress = LiveProgress(severed, "transcript", "one", 1e6, now=lambda: clock[0])
    clock[0] = 60
    progress(60, 100, "listening")
    LiveTrace(severed, "audio_file", "one", brief=False)(TraceStep(at=datetime(2026, 3, 1, tzinfo=UTC), tool="fetch"))


def test_what_is_wrong_with_what_a_phase_tells_is_no_outage() -> None:
    class Refusing(Events):
        def log_event(self, event: dg.AssetObservation) -> None:
            raise exc.IntegrityError("insert into event_logs", {}, Exception("null value"))

    show = LiveTrace(cast("Any", Refusing()), "audio_file", "one", brief=False)
    with pytest.raises(exc.IntegrityError):
        show(TraceStep(at=datetime(2026, 3, 1, tzinfo=UTC), tool="fetch"))


def test_a_phase_that_tries_without_end_shows_so_many_steps() -> None:
    events = Events()
    show = LiveTrace(cast("Any", events), "audio_file", "one", brief=False)
    for _ in range(MOST_STEPS * 3):
        show(TraceStep(at=datetime(2026, 3, 1, tzinfo=UTC), tool="fetch"))
    assert len(events.told) == MOST_STEPS
