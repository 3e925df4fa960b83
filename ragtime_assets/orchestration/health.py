"""Gathers what is broken now: each table is asked once, and of Dagster's history only what still stands is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.health import SAMPLE, Health, StaleArtifacts, Stopped, Told, causes
from ragtime_assets.domain.history import IN_FLIGHT, Records
from ragtime_assets.domain.stale import Present
from ragtime_assets.errors import RagtimeError
from ragtime_assets.orchestration.care.lookout import who_looks
from ragtime_assets.orchestration.episode_history import EpisodeHistory
from ragtime_assets.studio import Index, Kept
from ragtime_assets.studio.staleness import counted_in


def health_of(kept: Kept, index: Index, records: Records, present: Present, now: datetime) -> Health:
    """The corpus as it is `now`; `present` is what artifacts would be made with."""
    history, tables = EpisodeHistory(records, now), kept.health
    in_flight = tables.live(_in_flight(kept, history))
    stopped = _stopped(history, tables.live, in_flight)
    left = sorted(tables.at_rest_unsearchable() - in_flight - {one.key for one in stopped})
    of_history = {
        "in_flight": len(in_flight),
        "failed": causes(one for one in stopped if one.failure.halt is None),
        "halted": causes(one for one in stopped if one.failure.halt is not None),
        "unfinished": len(left),
        "unfinished_sample": tuple(left[:SAMPLE]),
        "nobody_looks": who_looks(records, now.timestamp()),
    }
    return health_without_history(kept, index, present, now).model_copy(update=of_history)


def health_without_history(kept: Kept, index: Index, present: Present, now: datetime, why: str | None = None) -> Health:
    """What our own tables tell; `why` Dagster's history does not answer."""
    tables = kept.health
    feeds_followed, feeds_failing, feeds = tables.feeds()
    return Health(
        at=now,
        episodes=tables.episodes(),
        searchable=tables.searchable(),
        in_flight=0,
        waiting=tables.waiting(),
        approvals=tables.approvals(),
        feeds=feeds,
        feeds_failing=feeds_failing,
        feeds_followed=feeds_followed,
        stale=tuple(_stale(kept, present)),
        tools=tables.tools(),
        unpublished=tables.unpublished(),
        vectors=_lost(index),
        leftovers=kept.leftovers(),
        untold=kept.notices.untold(),
        unreachable=why,
    )


def _lost(index: Index) -> Told | None:
    """What is wrong with the index of vectors, where it is empty or cannot be read."""
    try:
        lost = index.lost()
    except RagtimeError as error:
        lost = error
    return Told(said=lost.message, remedy=lost.remedy) if lost else None


def _stale(kept: Kept, present: Present) -> Iterator[StaleArtifacts]:
    """What `ragtime stale` finds, counted."""
    for asset, (episodes, reasons) in counted_in(kept, present).items():
        counts = {str(cause): count for cause, count in sorted(reasons.items())}
        yield StaleArtifacts(asset=asset, episodes=episodes, causes=counts)


def _in_flight(kept: Kept, history: EpisodeHistory) -> set[str]:
    """The episodes that a run works on or waits for; a batch says by its run key what it was launched for."""
    runs = history.runs(IN_FLIGHT)
    launched_for = kept.submissions.keys_of_runs([run.run_key for run in runs if run.run_key and not run.keys])
    return {key for run in runs for key in run.keys or launched_for.get(run.run_key or "", ())}


def _stopped(
    history: EpisodeHistory, live: Callable[[Collection[str]], set[str]], in_flight: set[str]
) -> list[Stopped]:
    """What keeps each episode at rest from going on: its first phase that failed or halted."""
    standing = history.standing()
    keys = live(standing) - in_flight
    first = {key: min(standing[key], key=lambda one: PHASES.index(one.asset)) for key in keys}
    return [Stopped(key, one.asset, one.failure) for key, one in first.items()]
