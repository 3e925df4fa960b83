"""What happens to episodes while it happens: the events of their runs, as moments in time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import dagster as dg

from ragtime_assets.errors import WaitsForSpeech
from ragtime_assets.orchestration.moments import Moment, moment_of
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.studio import Kept

POLL_SECONDS = 0.5
_BEGINNINGS = ("waiting", "queued", "running")
IN_MOTION = (*_BEGINNINGS, WaitsForSpeech.state)


@dataclass
class Watcher:
    """Follows some episodes until they come to rest."""

    studio: Kept
    instance: dg.DagsterInstance
    keys: Sequence[str]
    _cursors: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    _states: dict[str, str] = field(default_factory=dict[str, str])

    def moments(self, give_up_after: float | None = None) -> Iterator[Moment]:
        """Everything from now on, until all of the episodes are at rest or the time is over."""
        until = None if give_up_after is None else time.monotonic() + give_up_after
        was_at_rest = False
        while until is None or time.monotonic() < until:
            present = self.present()
            events = list(self._new_events(present))
            yield from in_order(list(self._changes(present)), events)
            at_rest = all(one.state not in IN_MOTION for one in present)
            if at_rest and was_at_rest:  # once could be the moment between a request and its run
                return
            was_at_rest = at_rest
            time.sleep(POLL_SECONDS)

    def present(self) -> list[EpisodeStatus]:
        """Where the episodes stand now."""
        return [one for key in self.keys for one in statuses(self.studio, self.instance, key)]

    def _new_events(self, present: Sequence[EpisodeStatus]) -> Iterator[Moment]:
        """What the episodes' runs wrote since the last look; a run is followed to its last event."""
        for one in present:
            if one.run_id and one.state in IN_MOTION:
                self._cursors.setdefault(one.run_id, None)
        for run_id, cursor in list(self._cursors.items()):
            records = self.instance.get_records_for_run(run_id, cursor=cursor)
            self._cursors[run_id] = records.cursor
            found = (moment_of(record.event_log_entry) for record in records.records)
            yield from (moment for moment in found if moment and moment.key in self.keys and not _is_a_state(moment))

    def _changes(self, present: Sequence[EpisodeStatus]) -> Iterator[Moment]:
        for one in present:
            told = f"{one.state} {one.error.message}" if one.error else one.state
            if self._states.get(one.key) != told:
                self._states[one.key] = told
                # Why a phase failed was told when it did, and is told again at the end with what to do.
                text = one.error.message if one.error and one.state != "failed" else ""
                yield Moment(datetime.now(UTC), one.key, one.phase, one.state, text)


def in_order(changes: Sequence[Moment], events: Sequence[Moment]) -> Iterator[Moment]:
    """A run is begun before anything happens in it, and what its episode comes to is told last."""
    yield from (one for one in changes if one.kind in _BEGINNINGS)
    yield from events
    yield from (one for one in changes if one.kind not in _BEGINNINGS)


def _is_a_state(moment: Moment) -> bool:
    """Whether it is the state that the episode is in from then on, which is told as that."""
    return moment.failure is not None and moment.failure.halt is not None
