"""What happens to episodes while it happens: the events of their runs, as moments in time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster import DagsterEventType

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.errors import WaitsForSpeech
from ragtime_assets.orchestration.failures import read_observation
from ragtime_assets.orchestration.metadata import KEPT_FROM
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.studio import Kept

POLL_SECONDS = 0.5
IN_MOTION = ("waiting", "queued", "running", WaitsForSpeech.state)
LONGEST = 500


@dataclass(frozen=True)
class Moment:
    """One thing that happened to one episode."""

    at: datetime
    key: str
    asset: str | None
    kind: str
    text: str


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
            yield from self._new_events(present)
            yield from self._changes(present)
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
            found = (_moment(record.event_log_entry) for record in records.records)
            yield from (moment for moment in found if moment and moment.key in self.keys)

    def _changes(self, present: Sequence[EpisodeStatus]) -> Iterator[Moment]:
        for one in present:
            told = f"{one.state} {one.error.message}" if one.error else one.state
            if self._states.get(one.key) != told:
                self._states[one.key] = told
                # Why a phase failed was told when it did, and is told again at the end with what to do.
                text = one.error.message if one.error and one.state != "failed" else ""
                yield Moment(datetime.now(UTC), one.key, one.phase, one.state, text)


def _moment(entry: dg.EventLogEntry) -> Moment | None:
    event = entry.dagster_event
    if event is None or event.partition is None or event.asset_key is None:
        return None
    asset = event.asset_key.to_user_string()
    at = datetime.fromtimestamp(entry.timestamp, UTC)
    if event.event_type == DagsterEventType.ASSET_MATERIALIZATION and asset in PHASES:
        made = {name: one.value for name, one in event.step_materialization_data.materialization.metadata.items()}
        if KEPT_FROM in made:
            return Moment(at, event.partition, asset, "kept", f"from run {made[KEPT_FROM]}")
        text = f"{_number(made.get('seconds')):.1f} s, {made.get('engine', '')}"
        return Moment(at, event.partition, asset, "done", text)
    if event.event_type == DagsterEventType.ASSET_OBSERVATION:
        return _observed(at, event.partition, asset, event.asset_observation_data.asset_observation)
    return None


def _observed(at: datetime, key: str, asset: str, observed: dg.AssetObservation) -> Moment | None:
    failure = read_observation(observed)
    if failure is not None and failure.halt:  # a state of the episode, which tells of it
        return None
    if failure is not None:
        return Moment(at, key, asset, "failed", f"{failure.error_class}: {failure.message}"[:LONGEST])
    if "tool" in observed.metadata:
        return Moment(at, key, asset, "tried", _tried({name: one.value for name, one in observed.metadata.items()}))
    told = {name: one.value for name, one in observed.metadata.items()}
    percent = f"{_number(told['progress']):.0%} " if "progress" in told else ""
    return Moment(at, key, asset, "working", f"{percent}{told.get('doing', '')}"[:LONGEST])


def _tried(step: Mapping[str, Any]) -> str:
    """A step of a trace on one line: what was tried on what, and what came of it."""
    given = step.get("arguments")
    arguments = " ".join(str(value) for value in given.values()) if isinstance(given, Mapping) else str(given or "")
    outcome = step.get("outcome")
    if outcome == "started":
        return f"{step['tool']} {arguments} …"[:LONGEST]
    failed = "failed: " if outcome in ("failed", "error", "timeout") else ""
    said = f"{step['tool']} {arguments} → {failed}{step.get('output') or 'ok'}"
    return f"{said[:LONGEST]} ({_number(step.get('seconds')):.1f} s)"


def _number(value: object) -> float:
    """A number as it was written down; whoever else writes there may have put anything."""
    return float(value) if isinstance(value, int | float) else 0.0
