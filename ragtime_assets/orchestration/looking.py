"""Where episodes stand, for faces that are not Dagster: read from its tables, where that can be without it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ragtime_assets.domain.graph import REPORT
from ragtime_assets.domain.links import report_url
from ragtime_assets.errors import StoreUnavailable
from ragtime_assets.orchestration.run_page import run_page

if TYPE_CHECKING:
    from ragtime_assets.domain.history import Records
    from ragtime_assets.orchestration.standing import EpisodeStatus
    from ragtime_assets.settings import Settings
    from ragtime_assets.studio import Studio

T = TypeVar("T")


@dataclass(frozen=True)
class Seen:
    """The episodes, and what is to be said of Dagster beside them."""

    episodes: Sequence[EpisodeStatus]
    others: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many more there are, by state, which were not looked at one by one."""
    unwatched: str | None = None
    unreachable: StoreUnavailable | None = None


def look(studio: Studio, key: str | None, *, newest: int = 0, counted: Collection[str] = ()) -> Seen:
    """Where every episode stands, or one; what the artifacts tell where Dagster's history does not answer.

    Of those that evidently are in a state that is `counted`, just those among the `newest` so many are looked at.
    """
    from ragtime_assets.orchestration.standing import unreachable

    try:
        return read_history(studio.settings, lambda records: _told_by(records, studio, key, newest, counted))
    except StoreUnavailable as error:  # the artifacts still tell something, unless it is their database
        return Seen(unreachable(studio, key), unreachable=error)


def status_document(one: EpisodeStatus, settings: Settings) -> dict[str, Any]:
    """One episode, as programs read where it stands."""
    error = one.error
    run_id = one.run_id or _last_maker(one)
    has_report = one.evidence is not None and REPORT in one.evidence.artifacts
    return {
        "key": one.key,
        "url": one.url,
        "title": one.title,
        "show": one.show,
        "state": one.state,
        "phase": one.phase,
        "error": {"class": error.error_class, "message": error.message, "remedy": error.remedy} if error else None,
        "run_id": run_id,
        "run_page": run_page(settings, run_id) if run_id else None,
        "report": report_url(settings.serve_url, one.key) if has_report else None,
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


def _last_maker(one: EpisodeStatus) -> str | None:
    """The run that made the newest of its artifacts."""
    made = one.evidence.artifacts.values() if one.evidence else ()
    newest = max(made, key=lambda artifact: artifact.created_at, default=None)
    return newest.run_id if newest else None


def read_history(settings: Settings, read: Callable[[Records], T]) -> T:
    """What is read from Dagster's tables; where they are not as we know them, from Dagster."""
    from ragtime_assets.corpus.dagster_tables import TablesUnknown, tables_in
    from ragtime_assets.settings import variable

    try:
        with tables_in(settings.instance_folder, variable) as tables:
            return read(tables)
    except TablesUnknown:
        from ragtime_assets.orchestration.history import DagsterRecords
        from ragtime_assets.orchestration.instance import open_instance

        with open_instance(settings) as instance:
            return read(DagsterRecords(instance))


def _told_by(records: Records, studio: Studio, key: str | None, newest: int, counted: Collection[str]) -> Seen:
    from ragtime_assets.orchestration.care.lookout import who_looks
    from ragtime_assets.orchestration.episode_history import EpisodeHistory
    from ragtime_assets.orchestration.standing import Survey, survey, where_they_stand

    history = EpisodeHistory(records)
    found = survey(studio, history, newest, counted) if counted else Survey(where_they_stand(studio, history, key))
    return Seen(found.episodes, found.others, who_looks(records))
