"""Dagster's handle on the studio, and the lock by which a run shows that it is alive."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from ragtime_assets.orchestration.care.dagster_gaps import stopping_when_told
from ragtime_assets.orchestration.instance import refuse_throwaway
from ragtime_assets.ports import LockTaken
from ragtime_assets.studio import Studio


def run_lock(run_id: str) -> str:
    """The name of the lock that a run holds from its first step to its end."""
    return f"run-{run_id}"


class StudioResource(dg.ConfigurableResource[Any]):
    """Builds the studio from the settings; a run holds its liveness lock while the resource is open."""

    _studio: Studio | None = PrivateAttr(default=None)

    @property
    def studio(self) -> Studio:
        """The studio of this process."""
        if self._studio is None:
            self._studio = Studio()
        return self._studio

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["StudioResource"]:
        """Open for one run, or for one sensor tick."""
        with ExitStack() as held:
            if context.run is not None:
                if context.instance is not None:
                    refuse_throwaway(context.instance)
                    held.enter_context(stopping_when_told(context.instance, context.run.run_id))
                with suppress(LockTaken):  # another process of this run already shows that it is alive
                    held.enter_context(self.studio.locks.hold(run_lock(context.run.run_id), context.run.run_id))
            yield self
