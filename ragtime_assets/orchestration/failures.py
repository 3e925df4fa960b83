"""How an error is shown: the one place that turns whatever a phase raised into what Dagster keeps.

A failure is kept twice: as the step's `dg.Failure`, and as an observation on the episode's partition, from which
`ragtime status` reads it back: `domain/phase_failure.py` says how.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from ragtime_assets.domain.links import report_url
from ragtime_assets.domain.phase_failure import LONGEST, NOTED_AT, PhaseFailure, cut, failure_told
from ragtime_assets.errors import Halt, RagtimeError, TransientError
from ragtime_assets.orchestration.history import storage_outages_named

MOST_ROWS = 50
BUG_REMEDY = "This is a defect of ragtime-assets: report it with the traceback from the run page."

WHERE_ALL = "ragtime status --failed names each cause and remedy, ragtime health counts them by cause"


@dataclass(frozen=True)
class Stop:
    """A phase of one episode that made nothing, and why."""

    asset: str
    key: str
    failure: PhaseFailure
    at: datetime | None = None
    """When it was noted, by the clock of the database."""


@dataclass
class Caught:
    """What `catching` caught, if anything."""

    failure: PhaseFailure | None = None


@contextmanager
def catching() -> Iterator[Caught]:
    """Keep one episode's error from the other episodes of the step; a storage that does not answer is no defect."""
    caught = Caught()
    try:
        with storage_outages_named():
            yield caught
    except RagtimeError as error:
        caught.failure = _failure(error, error.remedy, error.details)
    except Exception as error:  # noqa: BLE001 - a defect in one phase must not strand other episodes
        told = cut("".join(traceback.format_exception(error)), LONGEST * 4)
        caught.failure = _failure(error, BUG_REMEDY, {"traceback": told})


def observation(asset: str, key: str, failure: PhaseFailure, at: datetime | None = None) -> dg.AssetObservation:
    """The failure on the episode's partition, noted `at` a time by the database; Dagster dates it by the machine."""
    noted = {} if at is None else {NOTED_AT: dg.MetadataValue.timestamp(at)}
    told = cut(failure.message)
    return dg.AssetObservation(asset_key=asset, partition=key, description=told, metadata=_metadata(failure) | noted)


def read_observation(observed: dg.AssetObservation) -> PhaseFailure | None:
    """The failure that an observation holds, whoever wrote it; None when it tells of something else."""
    return failure_told({name: entry.value for name, entry in observed.metadata.items()}, observed.description)


def stops_in(instance: dg.DagsterInstance, run_id: str) -> list[Stop]:
    """The phases that failed or halted in this run so far, in the order in which they did."""
    found: list[Stop] = []
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_OBSERVATION):
        observed = entry.get_dagster_event().asset_observation_data.asset_observation
        failure = read_observation(observed)
        if failure is not None and observed.partition is not None:
            asset = observed.asset_key.to_user_string()
            found.append(Stop(asset, observed.partition, failure, _noted_at(observed)))
    return found


def _noted_at(observed: dg.AssetObservation) -> datetime | None:
    noted = observed.metadata.get(NOTED_AT)
    return datetime.fromtimestamp(noted.value, UTC) if isinstance(noted, dg.TimestampMetadataValue) else None


def step_failure(stops: Sequence[Stop], face: str) -> dg.Failure:
    """One failure for the step: it names every episode that failed, and why; reports are on the `face`."""
    if len(stops) == 1:
        (one,) = stops
        report = dg.MetadataValue.url(report_url(face, one.key))
        return failure_of(f"{one.asset} of {one.key}", one.failure, episode=one.key, report=report)
    lines = [f"{one.key}: {one.asset}: {one.failure.error_class}: {cut(one.failure.message, 300)}" for one in stops]
    told = {one.key: {"asset": one.asset, **one.failure.model_dump(exclude={"tried"})} for one in stops}
    return dg.Failure(
        description="\n".join([f"{len(stops)} episodes failed:", *lines, f"Where to look: {WHERE_ALL}"]),
        metadata={
            "episodes": dg.MetadataValue.json(told),
            "what_to_do": WHERE_ALL,
        },
        allow_retries=False,
    )


def failure_of(doing: str, failure: PhaseFailure, **about: str | dg.MetadataValue) -> dg.Failure:
    """One failure as Dagster shows it."""
    told = (f"{doing}: {failure.message}", f"What to do: {failure.remedy}", f"Where to look: {_where(failure, about)}")
    return dg.Failure(
        description="\n".join(told),
        metadata={**about, **_metadata(failure)},
        allow_retries=False,
    )


def _where(failure: PhaseFailure, about: Mapping[str, object]) -> str:
    """Where more is told of a failure than its message."""
    tried = ["what was tried, below"] if failure.tried else []
    key = about.get("episode")
    return ", ".join([*tried, *([f"ragtime show {key} --report"] if key else []), "the events of this run"])


def _failure(error: BaseException, remedy: str, tried: Mapping[str, Any]) -> PhaseFailure:
    return PhaseFailure(
        error_class=type(error).__name__,
        message=cut(str(error) or repr(error)),
        remedy=remedy,
        cause=cut(_cause_chain(error)),
        permanent=not isinstance(error, TransientError | Halt),
        halt=error.state if isinstance(error, Halt) else None,
        goes_on=isinstance(error, RagtimeError) and error.goes_on,
        tried=dict(tried),
    )


def _metadata(failure: PhaseFailure) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "error": failure.error_class,
        "message": failure.message,
        "what_to_do": failure.remedy,
        "permanent": failure.permanent,
    }
    if failure.halt:
        metadata["halt"] = failure.halt
    if failure.goes_on:
        metadata["goes_on"] = True
    if failure.cause:
        metadata["cause"] = failure.cause
    return metadata | {f"tried_{name}": _shown(value) for name, value in failure.tried.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, list | tuple) and value and all(isinstance(row, dict) for row in value):
        return _table(value)
    if isinstance(value, dict | list | tuple):
        return dg.MetadataValue.json(list(value) if isinstance(value, tuple) else value)
    if isinstance(value, bool | int | float):
        return value
    text = cut(str(value), LONGEST * 4)
    return dg.MetadataValue.url(text) if text.startswith(("http://", "https://")) and " " not in text else text


def _table(rows: Sequence[Mapping[str, Any]]) -> dg.TableMetadataValue:
    """What was tried, row by row; a column that says nothing in any row is left out."""
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if any(row.get(name) for row in rows)]
    told = [{name: _cell(row.get(name)) for name in names} for row in rows[:MOST_ROWS]]
    schema = dg.TableSchema([dg.TableColumn(name) for name in names])
    return dg.MetadataValue.table([dg.TableRecord(row) for row in told], schema)


def _cell(value: Any) -> str | int | float | bool:
    return value if isinstance(value, bool | int | float) else cut("" if value is None else str(value), 300)


def _cause_chain(error: BaseException) -> str:
    chain: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(chain) < 8:
        chain.append(f"{type(cause).__name__}: {str(cause) or repr(cause)}")
        cause = cause.__cause__ or cause.__context__
    return " <- ".join(chain)
