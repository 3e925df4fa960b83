"""How an error is shown: the one place that turns whatever a phase raised into what Dagster keeps.

A failure is kept twice: as the step's `dg.Failure`, and as an observation on the episode's partition, from which
`ragtime status` reads it back: `domain/phase_failure.py` says how.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg

from ragtime_assets.domain.phase_failure import LONGEST, PhaseFailure, cut, failure_told
from ragtime_assets.errors import Halt, RagtimeError, TransientError

BUG_REMEDY = "This is a defect of ragtime-assets: report it with the traceback from the run page."


@dataclass(frozen=True)
class Stop:
    """A phase of one episode that made nothing, and why."""

    asset: str
    key: str
    failure: PhaseFailure


@dataclass
class Caught:
    """What `catching` caught, if anything."""

    failure: PhaseFailure | None = None


@contextmanager
def catching() -> Iterator[Caught]:
    """Keep one episode's error from the other episodes of the step."""
    caught = Caught()
    try:
        yield caught
    except RagtimeError as error:
        caught.failure = _failure(error, error.remedy, error.details)
    except Exception as error:  # noqa: BLE001 - a defect in one phase must not strand other episodes
        told = cut("".join(traceback.format_exception(error)), LONGEST * 4)
        caught.failure = _failure(error, BUG_REMEDY, {"traceback": told})


def observation(asset: str, key: str, failure: PhaseFailure) -> dg.AssetObservation:
    """The failure on the episode's partition."""
    return dg.AssetObservation(
        asset_key=asset, partition=key, description=cut(failure.message), metadata=_metadata(failure)
    )


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
            found.append(Stop(observed.asset_key.to_user_string(), observed.partition, failure))
    return found


def step_failure(stops: Sequence[Stop]) -> dg.Failure:
    """One failure for the step: it names every episode that failed, and why."""
    if len(stops) == 1:
        (one,) = stops
        return failure_of(f"{one.asset} of {one.key}", one.failure, episode=one.key)
    lines = [f"{one.key}: {one.asset}: {one.failure.error_class}: {cut(one.failure.message, 300)}" for one in stops]
    told = {one.key: {"asset": one.asset, **one.failure.model_dump(exclude={"tried"})} for one in stops}
    return dg.Failure(
        description=f"{len(stops)} episodes failed:\n" + "\n".join(lines),
        metadata={
            "episodes": dg.MetadataValue.json(told),
            "what_to_do": "ragtime status --failed names each cause and remedy.",
        },
        allow_retries=False,
    )


def failure_of(doing: str, failure: PhaseFailure, **about: str) -> dg.Failure:
    """One failure as Dagster shows it."""
    return dg.Failure(
        description=f"{doing}: {failure.message}\nWhat to do: {failure.remedy}",
        metadata={**about, **_metadata(failure)},
        allow_retries=False,
    )


def _failure(error: BaseException, remedy: str, tried: Mapping[str, Any]) -> PhaseFailure:
    return PhaseFailure(
        error_class=type(error).__name__,
        message=cut(str(error) or repr(error)),
        remedy=remedy,
        cause=cut(_cause_chain(error)),
        permanent=not isinstance(error, TransientError | Halt),
        halt=error.state if isinstance(error, Halt) else None,
        goes_on=isinstance(error, Halt) and error.goes_on,
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
        metadata |= {"halt": failure.halt, "goes_on": failure.goes_on}
    if failure.cause:
        metadata["cause"] = failure.cause
    return metadata | {f"tried_{name}": _shown(value) for name, value in failure.tried.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, dict | list | tuple):
        return dg.MetadataValue.json(list(value) if isinstance(value, tuple) else value)
    return value if isinstance(value, bool | int | float) else cut(str(value), LONGEST * 4)


def _cause_chain(error: BaseException) -> str:
    chain: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(chain) < 8:
        chain.append(f"{type(cause).__name__}: {str(cause) or repr(cause)}")
        cause = cause.__cause__ or cause.__context__
    return " <- ".join(chain)
