"""Dagster's handles on the parts of the studio, one resource for each, and the lock by which a run shows it is alive.

An asset, a check, a job or a sensor declares those it uses, so that Dagster's page of resources tells what depends on
what. Each gets the plain object of `studio/`; nothing there knows Dagster.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import dagster as dg

from ragtime_assets.errors import ConfigurationError
from ragtime_assets.orchestration.care.dagster_gaps import OBEY_SECONDS, stopping_when_told
from ragtime_assets.orchestration.care.kept_connections import connections_kept
from ragtime_assets.orchestration.failures import catching, failure_of
from ragtime_assets.ports import LockTaken
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Index, Kept, Knowledge, Models, Reading, Speech, Studio, Web

P = ParamSpec("P")
R = TypeVar("R")

REMEDY = 'Stop it, run eval "$(ragtime env)", and start it again.'


@cache
def of_process() -> Studio:
    """The studio of this process: settings are read and the schema of the corpus is checked once, not once a tick."""
    return Studio()


def run_lock(run_id: str) -> str:
    """The name of the lock that a run holds from its first step to its end."""
    return f"run-{run_id}"


def worker_lock(run_id: str) -> str:
    """The name of the lock that a celery worker holds from before a run begins until its end is written down."""
    return f"worker-{run_id}"


def patience(settings: Settings) -> float:
    """How long a run that is to be cancelled waits for somebody to tell it; no worker of another machine is told."""
    return 0.0 if settings.launcher == "celery" else OBEY_SECONDS


def is_thrown_away(instance: dg.DagsterInstance, settings: Settings) -> bool:
    """Whether this history is not the corpus's own, but one that Dagster makes where DAGSTER_HOME is not set."""
    if instance.is_ephemeral:
        return True
    return (
        settings.dagster_home is None and Path(instance.root_directory).resolve() != settings.instance_folder.resolve()
    )


def on_kept_history(evaluate: Callable[P, R]) -> Callable[P, R | dg.SkipReason]:
    """The sensor, which skips on a history that is thrown away: there every episode looks as if nothing had run."""

    @wraps(evaluate)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R | dg.SkipReason:
        context: Any = kwargs["context"]
        kept: Any = kwargs["kept"]
        if is_thrown_away(context.instance, kept.settings):
            return dg.SkipReason(f"DAGSTER_HOME is not set, so nothing is looked at and nothing launched. {REMEDY}")
        return evaluate(*args, **kwargs)

    return checked


class KeptResource(dg.ConfigurableResource[Kept]):
    """What is kept: tables, artifacts, locks, journals, ledger. A run shows by a lock of it that it is alive."""

    @property
    def kept(self) -> Kept:
        """What is kept, as this process sees it."""
        return of_process()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Kept]:
        """Open for one run, or for one sensor tick."""
        with ExitStack() as held:
            if context.run is not None:
                self._refuse_throwaway(context)
                if context.instance is not None:
                    held.enter_context(connections_kept(context.instance))
                    if self.kept.settings.executor == "in_process":  # else the process of the run looks, and tells us
                        limit = patience(self.kept.settings)
                        held.enter_context(stopping_when_told(context.instance, context.run.run_id, limit))
                with suppress(LockTaken):  # another process of this run already shows that it is alive
                    held.enter_context(self.kept.locks.hold(run_lock(context.run.run_id), context.run.run_id))
            yield self.kept

    def _refuse_throwaway(self, context: dg.InitResourceContext) -> None:
        with catching() as caught:
            if context.instance is not None and is_thrown_away(context.instance, self.kept.settings):
                raise ConfigurationError(
                    "DAGSTER_HOME is not set, so this run's history would be thrown away", remedy=REMEDY
                )
        if caught.failure is not None:
            raise failure_of("nothing was done", caught.failure)


class WebResource(dg.ConfigurableResource[Web]):
    """The web: pages, feeds, podcast indexes, downloads, the browser, and what looks into audio files."""

    def create_resource(self, context: dg.InitResourceContext) -> Web:
        """That of this process."""
        return of_process().web


class ModelsResource(dg.ConfigurableResource[Models]):
    """Language models: calls that cost money, within the budgets."""

    def create_resource(self, context: dg.InitResourceContext) -> Models:
        """Those of this process."""
        return of_process().models


class SpeechResource(dg.ConfigurableResource[Speech]):
    """Publishers' captions, and the engine that listens."""

    def create_resource(self, context: dg.InitResourceContext) -> Speech:
        """That of this process."""
        return of_process().speech


class ReadingResource(dg.ConfigurableResource[Reading]):
    """What text is read with: languages, sentences, the vocabulary of entity types."""

    def create_resource(self, context: dg.InitResourceContext) -> Reading:
        """That of this process."""
        return of_process().reading


class KnowledgeResource(dg.ConfigurableResource[Knowledge]):
    """MusicBrainz and Wikidata, as far as the settings let them be asked."""

    def create_resource(self, context: dg.InitResourceContext) -> Knowledge:
        """That of this process."""
        return of_process().knowledge


class IndexResource(dg.ConfigurableResource[Index]):
    """The embedder and the vector index."""

    def create_resource(self, context: dg.InitResourceContext) -> Index:
        """That of this process."""
        return of_process().index


def resources() -> dict[str, Any]:
    """The resources by the names under which they are declared."""
    return {
        "kept": KeptResource(),
        "web": WebResource(),
        "models": ModelsResource(),
        "speech": SpeechResource(),
        "reading": ReadingResource(),
        "index": IndexResource(),
        "knowledge": KnowledgeResource(),
    }
