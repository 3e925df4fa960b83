"""The first page: one field, and what is new."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.corpus.catalogue import ListedEpisode, ListedShow
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.serve.page import View


class EpisodeCard(View):
    """An episode that can be searched."""

    key: str
    title: str
    show: str | None
    published: str | None
    language: str


class ShowCard(View):
    """A show, and how many of its episodes can be searched."""

    name: str
    episodes: int
    newest: str | None


class HomeView(View):
    """What there is."""

    episodes: int
    newest: tuple[EpisodeCard, ...]
    shows: tuple[ShowCard, ...]


def home_view(newest: Sequence[ListedEpisode], episodes: int, shows: Sequence[ListedShow], most_shows: int) -> HomeView:
    """The newest episodes, and the shows that have most."""
    largest = sorted(shows, key=lambda one: (-one.episodes, one.name))[:most_shows]
    return HomeView(episodes=episodes, newest=tuple(map(episode_card, newest)), shows=tuple(map(show_card, largest)))


def episode_card(one: ListedEpisode) -> EpisodeCard:
    """As lists show it."""
    return EpisodeCard(
        key=one.key,
        title=one_line(one.title) or one.key,
        show=one_line(one.show) or None,
        published=one.published,
        language=one.language,
    )


def show_card(one: ListedShow) -> ShowCard:
    """As lists show it; its name is what it is found by."""
    return ShowCard(name=one.name, episodes=one.episodes, newest=one.newest)
