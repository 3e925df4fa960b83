"""Which episodes a command is about, when they are not named one by one; and those that a run works on right now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ragtime_assets.cli.dates import since_date
from ragtime_assets.cli.output import KEY_HELP
from ragtime_assets.cli.status import PROBLEMS, show_known
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.states import EVIDENT
from ragtime_assets.errors import EpisodeBusy, InvalidSubmission

if TYPE_CHECKING:
    from ragtime_assets.domain.phase_failure import PhaseFailure
    from ragtime_assets.orchestration.standing import EpisodeStatus
    from ragtime_assets.studio import Studio

SomeKeys = Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help=KEY_HELP, show_default=False)]
OfShow = Annotated[str | None, typer.Option("--show", help="All of this show: its name or a part of it.")]
Every = Annotated[bool, typer.Option("--all", help="All episodes.")]
_AT_WORK = ("queued", "running")
_SHOWN = 5


def chosen(studio: Studio, words: Sequence[str], show: str | None, *, every: bool) -> list[str]:
    """The keys of the episodes that are meant; raises InvalidSubmission unless they are named in one way."""
    if sum((bool(words), show is not None, every)) != 1:
        raise InvalidSubmission("it is not said which episodes", remedy="Give KEY..., --show SHOW, or --all.")
    if words:
        return studio.names.keys(words)
    if show is not None:
        return list(studio.artifact_index.titled(EpisodeDetails.asset, studio.names.show(show)))
    return studio.submissions.keys()


def failed(studio: Studio, show: str | None, error_class: str | None, since: str | None) -> list[str]:
    """The keys of the episodes that do not get on by themselves, for this reason, submitted since then."""
    of_show = studio.names.show(show) if show else None
    earliest = since_date(since) if since else None
    return [
        one.key
        for one in _with_more_to_tell(studio)
        if one.state in PROBLEMS
        and (of_show is None or one.show == of_show)
        and (earliest is None or one.submitted_at >= earliest)
        and (error_class is None or (one.error is not None and _is_of(one.error, error_class)))
    ]


def _is_of(error: PhaseFailure, error_class: str) -> bool:
    """Whether an error has this name, or is of this kind: `Transient` may pass by itself, `Permanent` does not."""
    kind = "Permanent" if error.permanent else "Transient"
    return error_class in (error.error_class, kind)


def refuse_those_at_work(studio: Studio, keys: Collection[str]) -> None:
    """Raise EpisodeBusy where a run works on one of these, or waits to: what it makes would be made twice."""
    many = len(keys) > _SHOWN
    seen = _with_more_to_tell(studio) if many else [one for key in keys for one in _look(studio, key)]
    busy = [one.key for one in seen if one.key in keys and one.state in _AT_WORK]
    if busy:
        others = f" and {len(busy) - _SHOWN} others" if len(busy) > _SHOWN else ""
        raise EpisodeBusy(
            f"a run works on {', '.join(busy[:_SHOWN])}{others}, or waits to",
            remedy="Wait until they are at rest (`ragtime status`), or `ragtime cancel KEY`; nothing was asked for.",
        )


def _with_more_to_tell(studio: Studio) -> Sequence[EpisodeStatus]:
    """All but those that evidently wait or are ready."""
    return _look(studio, None, EVIDENT)


def _look(studio: Studio, key: str | None, counted: Collection[str] = ()) -> Sequence[EpisodeStatus]:
    from ragtime_assets.orchestration.looking import look

    seen = look(studio, key, counted=counted)
    if seen.unreachable is not None:
        show_known(seen.episodes, studio.settings)
        raise seen.unreachable
    return seen.episodes
