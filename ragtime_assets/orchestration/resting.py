"""Nobody works on the corpus while it is replaced or removed: no `ragtime up`, and no run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from ragtime_assets.errors import EpisodeBusy
from ragtime_assets.orchestration.care.liveness import fail_dead_runs, is_ours
from ragtime_assets.orchestration.history import IN_FLIGHT, WORKING
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.ports import LockTaken
from ragtime_assets.studio import Kept

_SHOWN = 3


@contextmanager
def at_rest(kept: Kept, doing: str) -> Iterator[None]:
    """Keep `ragtime up` away while the context is open; raises EpisodeBusy where somebody works already."""
    try:
        with kept.locks.hold("up", doing):
            with open_instance(kept.settings) as instance:
                _refuse_runs(kept, instance)
            yield
    except LockTaken as taken:
        raise EpisodeBusy(
            f"{taken.holder or 'ragtime up'} works on the corpus in {kept.settings.root}",
            remedy="Stop it, wait until no run is in flight, then try again. Nothing was changed.",
        ) from None


def _refuse_runs(kept: Kept, instance: dg.DagsterInstance) -> None:
    fail_dead_runs(instance, kept, grace=0, states=(*WORKING, dg.DagsterRunStatus.STARTING))
    runs = [run for run in instance.get_runs(dg.RunsFilter(statuses=list(IN_FLIGHT))) if is_ours(run)]
    if runs:
        some = ", ".join(run.run_id for run in runs[:_SHOWN]) + (" ..." if len(runs) > _SHOWN else "")
        raise EpisodeBusy(
            f"{len(runs)} runs of the corpus in {kept.settings.root} are in flight: {some}",
            remedy="Wait until they are through (`ragtime status`), or `ragtime cancel KEY`. Nothing was changed.",
        )
