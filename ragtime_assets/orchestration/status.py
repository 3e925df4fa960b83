"""Where episodes stand, for whoever has Dagster's instance open; `standing.py` says how it is derived."""

from __future__ import annotations

from datetime import datetime

import dagster as dg

from ragtime_assets.orchestration.care.kept_connections import connections_kept
from ragtime_assets.orchestration.episode_history import EpisodeRun
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.standing import EpisodeStatus, in_flight, where_they_stand
from ragtime_assets.studio import Kept


def statuses(
    studio: Kept, instance: dg.DagsterInstance, key: str | None = None, now: datetime | None = None
) -> list[EpisodeStatus]:
    """The state of every episode, or of one; `now`, or as the clock says."""
    with connections_kept(instance):
        return where_they_stand(studio, History(instance, now), key)


def runs_in_flight(studio: Kept, instance: dg.DagsterInstance, key: str) -> list[EpisodeRun]:
    """The runs that work on an episode or wait to, newest first."""
    return in_flight(studio, History(instance), key)
