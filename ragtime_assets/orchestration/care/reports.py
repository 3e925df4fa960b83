"""The reports that are missing: of runs that failed, were cancelled, or stopped early, before they could report.

One sweep over the runs that ended since the last one. A report is asked for once for each run and episode.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg

from ragtime_assets.domain.graph import REPORT
from ragtime_assets.domain.history import REPORT_JOB
from ragtime_assets.orchestration.care.dagster_gaps import WILL_RETRY_TAG
from ragtime_assets.orchestration.care.liveness import SETTLE_SECONDS, is_ours
from ragtime_assets.orchestration.history import ENDED_BADLY
from ragtime_assets.orchestration.tags import (
    DEFER_TAG,
    PARTITION_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
    RUN_KEY_TAG,
)
from ragtime_assets.studio import Kept

ENDED = (*ENDED_BADLY, dg.DagsterRunStatus.SUCCESS)
REPORTS_ON_TAG = "ragtime/reports_on"
"""The run whose end made somebody ask for this report."""
LOOK_BACK = timedelta(hours=1)
"""What ended longer ago is left alone: a sensor that was off for days starts no storm."""
OVERLAP = timedelta(seconds=20)
"""Looked at again each time: a clock may be late, and a run may be written down late."""
MOST = 50
"""Of the runs that one sweep reads, and of the requests that it makes unless a single run needs more."""


@dataclass(frozen=True)
class Sweep:
    """What one sweep asks for, and where the next begins."""

    requests: Sequence[dg.RunRequest]
    cursor: str


def sweep_ended_runs(
    instance: dg.DagsterInstance, studio: Kept, cursor: str | None, now: datetime | None = None, most: int = MOST
) -> Sweep:
    """Ask for the reports that the runs which ended since `cursor` owe; it is `now`, or what the clock says."""
    now = now or datetime.now(UTC)
    since = max(datetime.fromisoformat(cursor) if cursor else now - LOOK_BACK, now - LOOK_BACK)
    until = now - timedelta(seconds=SETTLE_SECONDS)
    records, is_full = _ended(instance, since, until, most)
    due = [record for record in records if _may_owe(record.dagster_run)]
    debts = _Debts(instance, studio, due) if due else None
    requests: list[dg.RunRequest] = []
    for place, record in enumerate(records):
        asked = debts.requests(record) if debts and record in due else []
        is_later = place > 0 and _at(record) > _at(records[place - 1])
        if requests and is_later and len(requests) + len(asked) > most:
            return Sweep(requests, _at(records[place - 1]).isoformat())
        requests += asked
    return Sweep(requests, (_at(records[-1]) if is_full else max(since, now - OVERLAP)).isoformat())


def _ended(
    instance: dg.DagsterInstance, since: datetime, until: datetime, most: int
) -> tuple[Sequence[dg.RunRecord], bool]:
    """About `most` of the runs that ended in this time, oldest first, and whether there are more of them.

    The next sweep reads what is later than the last of these, so those that ended at one moment stay together.
    """

    def read(until: datetime, limit: int | None) -> Sequence[dg.RunRecord]:
        window = dg.RunsFilter(statuses=list(ENDED), updated_after=since, updated_before=until)
        return instance.get_run_records(window, limit=limit, order_by="update_timestamp", ascending=True)

    records = read(until, most + 1)
    if len(records) <= most:
        return records, False
    next_at = _at(records[most])
    return [one for one in records if _at(one) < next_at] or read(next_at + timedelta(microseconds=1), None), True


class _Debts:
    """What some ended runs owe; everything that has to be known of them is read once."""

    def __init__(self, instance: dg.DagsterInstance, studio: Kept, ended: Sequence[dg.RunRecord]) -> None:
        self._keys = keys_of(instance, studio, [record.dagster_run for record in ended])
        self._index = studio.artifact_index.of(sorted({key for keys in self._keys.values() for key in keys}))
        self._places = _places(instance, {made[REPORT].run_id for made in self._index.values() if REPORT in made})
        self._asked = _asked(instance, list(self._keys))
        self._instance = instance

    def requests(self, record: dg.RunRecord) -> list[dg.RunRequest]:
        """One request for each stretch of neighbouring partitions."""
        run, keys = record.dagster_run, self._keys[record.dagster_run.run_id]
        owed = [key for key in keys if self._owes(record, key)]
        if not owed:
            return []
        if len(keys) == 1:
            there = self._instance.has_dynamic_partition("episodes", owed[0])
            asked = owed[0] in _covered(self._asked.get(run.run_id, ()), owed)
            return [_request(run.run_id, owed)] if there and not asked else []
        order = self._instance.get_dynamic_partitions("episodes")
        asked = _covered(self._asked.get(run.run_id, ()), order)
        return [_request(run.run_id, stretch) for stretch in _stretches(order, set(owed) - asked)]

    def _owes(self, record: dg.RunRecord, key: str) -> bool:
        """Whether this episode has no report, or only one of an earlier run than one that went wrong."""
        report = self._index.get(key, {}).get(REPORT)
        if report is None:
            return True
        is_earlier = self._places.get(report.run_id, 0) < record.storage_id
        return record.dagster_run.status in ENDED_BADLY and is_earlier


def _places(instance: dg.DagsterInstance, run_ids: Collection[str]) -> dict[str, int]:
    """Where these runs stand in the order in which runs were made."""
    records = instance.get_run_records(dg.RunsFilter(run_ids=sorted(run_ids))) if run_ids else ()
    return {record.dagster_run.run_id: record.storage_id for record in records}


def _may_owe(run: dg.DagsterRun) -> bool:
    if not is_ours(run) or run.job_name == REPORT_JOB or run.tags.get(WILL_RETRY_TAG) == "true":
        return False
    return not run.is_success or not run.asset_selection or dg.AssetKey(REPORT) in run.asset_selection


def keys_of(instance: dg.DagsterInstance, studio: Kept, runs: Sequence[dg.DagsterRun]) -> dict[str, Sequence[str]]:
    """By run id, the episodes that it was about: a batch of requests knows them by its run key."""
    batches = [run.tags[RUN_KEY_TAG] for run in runs if RUN_KEY_TAG in run.tags and PARTITION_TAG not in run.tags]
    launched_for: Mapping[str, Sequence[str]] = studio.submissions.keys_of_runs(batches) if batches else {}
    found: dict[str, Sequence[str]] = {}
    for run in runs:
        if PARTITION_TAG in run.tags:
            found[run.run_id] = [run.tags[PARTITION_TAG]]
        elif run.tags.get(RUN_KEY_TAG) in launched_for:
            found[run.run_id] = launched_for[run.tags[RUN_KEY_TAG]]
        elif RANGE_START_TAG in run.tags:
            found[run.run_id] = sorted(_covered([run.tags], instance.get_dynamic_partitions("episodes")))
        else:
            found[run.run_id] = []
    return found


def _asked(instance: dg.DagsterInstance, run_ids: Sequence[str]) -> dict[str, list[Mapping[str, str]]]:
    """By run id, the tags of the reports that were asked for on its account."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for run in instance.get_runs(dg.RunsFilter(job_name=REPORT_JOB, tags={REPORTS_ON_TAG: list(run_ids)})):
        found.setdefault(run.tags[REPORTS_ON_TAG], []).append(run.tags)
    return found


def _covered(tags_of_runs: Sequence[Mapping[str, str]], order: Sequence[str]) -> set[str]:
    """The partitions that runs with these tags are about; `order` is that of all partitions."""
    places = {key: place for place, key in enumerate(order)}
    covered: set[str] = set()
    for tags in tags_of_runs:
        if PARTITION_TAG in tags:
            covered.add(tags[PARTITION_TAG])
        elif tags.get(RANGE_START_TAG) in places and tags.get(RANGE_END_TAG) in places:
            covered.update(order[places[tags[RANGE_START_TAG]] : places[tags[RANGE_END_TAG]] + 1])
    return covered


def _stretches(order: Sequence[str], wanted: set[str]) -> Iterator[list[str]]:
    """The wanted keys that are there, neighbours together."""
    stretch: list[str] = []
    for key in order:
        if key in wanted:
            stretch.append(key)
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _request(run_id: str, keys: Sequence[str]) -> dg.RunRequest:
    run_key, assets, tags = f"report-{run_id}", [dg.AssetKey(REPORT)], {REPORTS_ON_TAG: run_id}
    if len(keys) == 1:
        return dg.RunRequest(run_key=f"{run_key}-{keys[0]}", partition_key=keys[0], asset_selection=assets, tags=tags)
    tags |= {RANGE_START_TAG: keys[0], RANGE_END_TAG: keys[-1], DEFER_TAG: "true"}
    return dg.RunRequest(run_key=f"{run_key}-{keys[0]}", asset_selection=assets, tags=tags)


def _at(record: dg.RunRecord) -> datetime:
    return _aware(record.update_timestamp)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
