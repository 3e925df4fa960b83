"""The shows, and the episodes of one."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.corpus.catalogue import ListedEpisode, ListedShow
from ragtime_assets.serve.page import View
from ragtime_assets.serve.views.home import EpisodeCard, ShowCard, episode_card, show_card


class ShowsView(View):
    """All shows, by name."""

    shows: tuple[ShowCard, ...]


class ShowView(View):
    """A page of the episodes of a show, the newest first."""

    name: str
    total: int
    episodes: tuple[EpisodeCard, ...]
    page: int
    next_page: int | None


def shows_view(shows: Sequence[ListedShow]) -> ShowsView:
    """All of them."""
    return ShowsView(shows=tuple(map(show_card, shows)))


def show_view(name: str, episodes: Sequence[ListedEpisode], total: int, page: int, per_page: int) -> ShowView:
    """One of them."""
    return ShowView(
        name=name,
        total=total,
        episodes=tuple(map(episode_card, episodes)),
        page=page,
        next_page=page + 1 if page * per_page < total else None,
    )
