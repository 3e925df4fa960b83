"""Reads failures back from observations: what is not ours, or cannot be read, costs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ragtime_assets.domain.history import Newest, Observation, Records, Unreadable
from ragtime_assets.domain.phase_failure import NOTED_AT, PhaseFailure, failure_told

OURS = frozenset({"progress", "doing", "tool"})
"""What the other observations of a phase hold: each says that it works, and so that no failure stands."""
_BATCH = 500
_LOOK_BACK = 20
_LONGEST = 300


@dataclass(frozen=True)
class Observed:
    """A failure as it was observed."""

    key: str
    at: float
    run_id: str
    failure: PhaseFailure


def read_failures(records: Records, asset: str, newest: Sequence[Newest], now: datetime) -> Iterator[Observed]:
    """The failures among these observations; where one is not ours, what was observed before it."""
    for start in range(0, len(newest), _BATCH):
        some = newest[start : start + _BATCH]
        try:
            found = _found(records, asset, some)
        except Unreadable:
            for one in some:
                yield from _read_alone(records, asset, one, now)
        else:
            for one in some:
                yield from _read(records, asset, one, found.get(one.storage_id))


def _read_alone(records: Records, asset: str, one: Newest, now: datetime) -> Iterator[Observed]:
    try:
        found = _found(records, asset, [one])
    except Unreadable as error:
        yield from _before(records, asset, one) or [Observed(one.key, now.timestamp(), "", _unreadable(asset, error))]
    else:
        yield from _read(records, asset, one, found.get(one.storage_id))


def _read(records: Records, asset: str, one: Newest, observed: Observation | None) -> Sequence[Observed]:
    if observed is not None and (failed := _failure(one.key, observed)):
        return [failed]
    is_ours = observed is not None and not OURS.isdisjoint(observed.metadata)
    return [] if is_ours else _before(records, asset, one)


def _before(records: Records, asset: str, one: Newest) -> list[Observed]:
    """The failure that stood before an observation that says nothing."""
    try:
        older = records.observations_between(asset, one.key, one.made_id, one.storage_id, _LOOK_BACK)
    except Unreadable:
        return []
    for observed in older:
        if failed := _failure(one.key, observed):
            return [failed]
        if not OURS.isdisjoint(observed.metadata):
            return []
    return []


def _failure(key: str, observed: Observation) -> Observed | None:
    failure = failure_told(observed.metadata, observed.description)
    return Observed(key, _moment(observed), observed.run_id, failure.about(key)) if failure else None


def _moment(observed: Observation) -> float:
    """By the database; what others observed has the clock of whoever did."""
    noted_at = observed.metadata.get(NOTED_AT)
    return noted_at if isinstance(noted_at, float) else observed.at


def _found(records: Records, asset: str, some: Sequence[Newest]) -> dict[int, Observation]:
    return {one.storage_id: one for one in records.observations(asset, [one.storage_id for one in some])}


def _unreadable(asset: str, error: Exception) -> PhaseFailure:
    said = str(error)
    return PhaseFailure(
        error_class="UnreadableObservation",
        message=f"the last observation on {asset} cannot be read: {said[:_LONGEST]}",
        remedy="Look at the asset's page; if the phase did fail, `ragtime retry KEY`.",
        cause="",
        permanent=False,
    )
