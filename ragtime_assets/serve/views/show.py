"""The shows, and the episodes of one."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.corpus.catalogue import ListedEpisode, ListedShow
from ragtime_assets.serve.page import View, stretch_of
from ragtime_assets.serve.views.home import EpisodeCard, ShowCard, episode_card, show_card

_SHOWS = 200


class ShowsView(View):
    """All shows, by name."""

    total: int
    shows: tuple[ShowCard, ...]
    next_page: int | None


class ShowView(View):
    """A page of the episodes of a show, the newest first."""

    name: str
    total: int
    episodes: tuple[EpisodeCard, ...]
    page: int
    next_page: int | None


def shows_view(shows: Sequence[ListedShow], page: int = 1) -> ShowsView:
    """A page of them."""
    shown, following = stretch_of(shows, page, _SHOWS)
    return ShowsView(total=len(shows), shows=tuple(map(show_card, shown)), next_page=following)


def show_view(name: str, episodes: Sequence[ListedEpisode], total: int, page: int, per_page: int) -> ShowView:
    """One of them."""
    return ShowView(
        name=name,
        total=total,
        episodes=tuple(map(episode_card, episodes)),
        page=page,
        next_page=page + 1 if page * per_page < total else None,
    )
