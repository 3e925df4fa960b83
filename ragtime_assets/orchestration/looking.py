"""Where episodes stand, for faces that are not Dagster: read from its tables, where that can be without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ragtime_assets.errors import StoreUnavailable

if TYPE_CHECKING:
    from ragtime_assets.domain.history import Records
    from ragtime_assets.orchestration.standing import EpisodeStatus
    from ragtime_assets.studio import Studio


T = TypeVar("T")


@dataclass(frozen=True)
class Seen:
    """The episodes, and what is to be said of Dagster beside them."""

    episodes: Sequence[EpisodeStatus]
    unwatched: str | None = None
    unreachable: StoreUnavailable | None = None


def look(studio: Studio, key: str | None) -> Seen:
    """Where every episode stands, or one; what the artifacts tell where Dagster's history does not answer."""
    from ragtime_assets.orchestration.standing import unreachable

    try:
        return asked_of_history(studio, lambda records: _told_by(records, studio, key))
    except StoreUnavailable as error:  # the artifacts still tell something, unless it is their database
        return Seen(unreachable(studio, key), unreachable=error)


def status_document(one: EpisodeStatus) -> dict[str, Any]:
    """One episode, as programs read where it stands."""
    error = one.error
    return {
        "key": one.key,
        "url": one.url,
        "title": one.title,
        "show": one.show,
        "state": one.state,
        "phase": one.phase,
        "error": {"class": error.error_class, "message": error.message, "remedy": error.remedy} if error else None,
        "phases": {
            asset: {
                "state": phase.state,
                "at": phase.at.isoformat() if phase.at else None,
                "engine": phase.engine,
                "seconds": phase.seconds,
            }
            for asset, phase in one.phases.items()
        },
    }


def asked_of_history(studio: Studio, ask: Callable[[Records], T]) -> T:
    """What Dagster's tables answer; where they are not as we know them, what Dagster does."""
    from ragtime_assets.corpus.dagster_tables import TablesUnknown, tables_in
    from ragtime_assets.settings import variable

    try:
        with tables_in(studio.settings.instance_folder, variable) as tables:
            return ask(tables)
    except TablesUnknown:
        from ragtime_assets.orchestration.history import DagsterRecords
        from ragtime_assets.orchestration.instance import open_instance

        with open_instance(studio.settings) as instance:
            return ask(DagsterRecords(instance))


def _told_by(records: Records, studio: Studio, key: str | None) -> Seen:
    from ragtime_assets.orchestration.care.lookout import who_looks
    from ragtime_assets.orchestration.episode_history import EpisodeHistory
    from ragtime_assets.orchestration.standing import where_they_stand

    return Seen(where_they_stand(studio, EpisodeHistory(records), key), who_looks(records))
