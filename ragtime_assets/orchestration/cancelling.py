"""Stops the runs of an episode, and sees to it that they stop."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg

from ragtime_assets.orchestration.care.dagster_gaps import LOOK_SECONDS, OBEY_SECONDS, tell_to_stop
from ragtime_assets.orchestration.care.liveness import fail_dead_runs
from ragtime_assets.orchestration.episode_history import EpisodeRun
from ragtime_assets.orchestration.history import IN_FLIGHT
from ragtime_assets.orchestration.status import runs_in_flight
from ragtime_assets.studio import Kept

STOPS_WITHIN = OBEY_SECONDS + 30
"""A run that cannot be told through its code server looks itself, and then has the half minute of every run."""


@dataclass(frozen=True)
class Cancelled:
    """One run that was to stop."""

    run_id: str
    others: Sequence[str]
    """The other episodes that it works on, and that stop too."""
    stops: bool
    """Whether its process was told, or is gone; else it works on."""


def cancel_runs(studio: Kept, instance: dg.DagsterInstance, key: str, seconds: float = STOPS_WITHIN) -> list[Cancelled]:
    """Cancel the runs that are in flight for this episode, those that wait before the one at work.

    A run whose code server is gone, as after a restart of `ragtime up`, is waited for, for so many seconds.
    """
    runs = runs_in_flight(studio, instance, key)
    silent = [run.run_id for run in runs if not tell_to_stop(instance, run.run_id)]
    going_on = _outlast(studio, instance, silent, seconds) if silent else frozenset[str]()
    return [Cancelled(run.run_id, _others(studio, run, key), run.run_id not in going_on) for run in runs]


def _outlast(studio: Kept, instance: dg.DagsterInstance, run_ids: Sequence[str], seconds: float) -> frozenset[str]:
    """The runs that are still there after so many seconds; those without a process are ended here."""
    until = time.monotonic() + seconds
    while True:
        fail_dead_runs(instance, studio, grace=0, states=(dg.DagsterRunStatus.CANCELING,))
        there = instance.get_runs(dg.RunsFilter(run_ids=list(run_ids), statuses=list(IN_FLIGHT)))
        if not there or time.monotonic() > until:
            return frozenset(run.run_id for run in there)
        time.sleep(min(LOOK_SECONDS, seconds))


def _others(studio: Kept, run: EpisodeRun, key: str) -> list[str]:
    keys = run.keys or studio.submissions.keys_of_runs([run.run_key or ""]).get(run.run_key or "", ())
    return [other for other in keys if other != key]
