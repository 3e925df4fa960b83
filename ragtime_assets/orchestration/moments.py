"""What an event of a run says of one episode, as a moment in time: what `watch`, `history` and the report tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster import DagsterEventType

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.orchestration.failures import read_observation
from ragtime_assets.orchestration.metadata import KEPT_FROM

LONGEST = 500
DONE, KEPT = "done", "kept"


@dataclass(frozen=True)
class Moment:
    """One thing that happened to one episode."""

    at: datetime
    key: str
    asset: str | None
    kind: str
    """What it was: done, kept, working, tried, failed, or the state in which a phase halted."""
    text: str
    run_id: str = ""
    failure: PhaseFailure | None = None
    """Why a phase made nothing, where that is what happened."""


def moment_of(entry: dg.EventLogEntry) -> Moment | None:
    """What this event says of an episode; None when it is about none."""
    event = entry.dagster_event
    if event is None or event.partition is None or event.asset_key is None:
        return None
    asset, at = event.asset_key.to_user_string(), datetime.fromtimestamp(entry.timestamp, UTC)
    if event.event_type == DagsterEventType.ASSET_MATERIALIZATION and asset in PHASES:
        made = {name: one.value for name, one in event.step_materialization_data.materialization.metadata.items()}
        kind, text = _made(made)
        return Moment(at, event.partition, asset, kind, text, entry.run_id)
    if event.event_type == DagsterEventType.ASSET_OBSERVATION:
        observed = event.asset_observation_data.asset_observation
        failure = read_observation(observed)
        told = {name: one.value for name, one in observed.metadata.items()}
        kind, text = _stopped(failure) if failure is not None else _going_on(told)
        return Moment(at, event.partition, asset, kind, text[:LONGEST], entry.run_id, failure)
    return None


def _made(told: Mapping[str, object]) -> tuple[str, str]:
    if KEPT_FROM in told:
        return KEPT, f"from run {told[KEPT_FROM]}"
    return DONE, f"{_number(told.get('seconds')):.1f} s, {told.get('engine', '')}"


def _stopped(failure: PhaseFailure) -> tuple[str, str]:
    return failure.halt or "failed", f"{failure.error_class}: {failure.message}"


def _going_on(told: Mapping[str, Any]) -> tuple[str, str]:
    if "tool" in told:
        return "tried", _tried(told)
    percent = f"{_number(told['progress']):.0%} " if "progress" in told else ""
    return "working", f"{percent}{told.get('doing', '')}"


def _tried(step: Mapping[str, Any]) -> str:
    """A step of a trace on one line: what was tried on what, and what came of it."""
    given = step.get("arguments")
    arguments = " ".join(str(value) for value in given.values()) if isinstance(given, Mapping) else str(given or "")
    outcome = step.get("outcome")
    if outcome == "started":
        return f"{step['tool']} {arguments} …"
    failed = "failed: " if outcome in ("failed", "error", "timeout") else ""
    said = f"{step['tool']} {arguments} → {failed}{step.get('output') or 'ok'}"
    return f"{said[:LONGEST]} ({_number(step.get('seconds')):.1f} s)"


def _number(value: object) -> float:
    """A number as it was written down; whoever else writes there may have put anything."""
    return float(value) if isinstance(value, int | float) else 0.0
