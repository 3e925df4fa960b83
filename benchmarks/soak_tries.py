"""What was tried for an episode, when, and what ended it: told of those that a soak leaves unfinished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

from ragtime_assets.orchestration.care.reports import keys_of
from ragtime_assets.orchestration.failures import read_observation
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.studio import Studio

MOST_RUNS = 2_000
_TELLING = {
    dg.DagsterEventType.RUN_FAILURE,
    dg.DagsterEventType.RUN_CANCELED,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.ENGINE_EVENT,
    dg.DagsterEventType.ASSET_OBSERVATION,
}
_LONGEST = 600


@dataclass(frozen=True, order=True)
class Happened:
    """Something that happened while the soak went on."""

    at: datetime
    what: str

    def __str__(self) -> str:
        """The moment, and what it was."""
        return f"  {self.at:%H:%M:%S.%f} {self.what}"


def tries(studio: Studio, keys: Sequence[str], killed: Sequence[Happened]) -> Iterator[str]:
    """By episode, its runs and what went wrong in them, among everything that was `killed`."""
    with open_instance(studio.settings) as instance:
        records = instance.get_run_records(limit=MOST_RUNS)
        about = keys_of(instance, studio, [record.dagster_run for record in records])
        for key in keys:
            its = [record for record in records if key in about[record.dagster_run.run_id]]
            yield f"what was tried for {key}:"
            told = [one for record in its for one in _of_run(instance, record, key)]
            yield from map(str, sorted([*told, *killed]))


def _of_run(instance: dg.DagsterInstance, record: dg.RunRecord, key: str) -> Iterator[Happened]:
    run, name = record.dagster_run, f"run {record.dagster_run.run_id[:8]}"
    tags = {tag.removeprefix("dagster/"): value for tag, value in sorted(run.tags.items()) if "code_loc" not in tag}
    yield Happened(record.create_timestamp.replace(tzinfo=UTC), f"{name} {run.job_name} is made: {tags}")
    for moment, what in ((record.start_time, "begins"), (record.end_time, f"ends: {run.status.value}")):
        if moment:
            yield Happened(datetime.fromtimestamp(moment, UTC), f"{name} {what}")
    for entry in instance.all_logs(run.run_id, of_type=_TELLING):
        if said := _said(entry.get_dagster_event(), key):
            yield Happened(datetime.fromtimestamp(entry.timestamp, UTC), f"{name} {said}")


def _said(event: dg.DagsterEvent, key: str) -> str:
    """What an event tells of something that went wrong; nothing where it tells of something else."""
    if event.event_type == dg.DagsterEventType.ASSET_OBSERVATION:
        observed = event.asset_observation_data.asset_observation
        failure = read_observation(observed) if observed.partition == key else None
        asset = observed.asset_key.to_user_string()
        return f"{asset}: {failure.error_class}: {failure.message} <- {failure.cause}"[:_LONGEST] if failure else ""
    error = getattr(event.event_specific_data, "error", None)
    if event.event_type == dg.DagsterEventType.ENGINE_EVENT and error is None:
        return ""
    told = f"{event.event_type_value} {event.step_key or ''} {event.message or ''} {error.message if error else ''}"
    return " ".join(told.split())[:_LONGEST]
