"""What can be searched, as lists of shows and of episodes, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ragtime_assets.corpus.catalogue import ListedEpisode, ListedShow, SqlCatalogue
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets_tests.corpus.rows import passage

EPISODES = {
    "old": ("Blue notes", "2024-05-01"),
    "new": ("Blue notes", "2026-03-01"),
    "undated": ("Blue notes", None),
    "other": ("A show", "2025-01-01"),
    "alone": (None, "2025-06-01"),
}


@pytest.fixture
def catalogue(database: Database) -> SqlCatalogue:
    table = SqlPassages(database)
    for key, (show, published) in EPISODES.items():
        url = f"https://show.example/{key}"
        told = {"show": show, "published": published, "episode_title": f"The {key} one"}
        table.add(
            key, [passage(f"{key}-{at}", "Words.", key, index=at, url=f"{url}#t={at}", **told) for at in range(3)]
        )
    return SqlCatalogue(database)


def test_every_show_is_listed_once_with_its_episodes_and_its_newest_day(catalogue: SqlCatalogue) -> None:
    assert catalogue.shows() == [ListedShow("A show", 1, "2025-01-01"), ListedShow("Blue notes", 3, "2026-03-01")]


@pytest.mark.parametrize(
    ("narrowed", "keys"),
    [
        ({}, ["new", "alone", "other", "old", "undated"]),
        ({"show": "Blue notes"}, ["new", "old", "undated"]),
        ({"show": "blue notes"}, []),
        ({"since": "2025-01-01"}, ["new", "alone", "other"]),
        ({"until": "2025-01-01"}, ["other", "old"]),
        ({"since": "2025-01-02", "until": "2026-02-28"}, ["alone"]),
    ],
)
def test_episodes_are_listed_the_newest_first_and_those_without_a_day_last(
    catalogue: SqlCatalogue, narrowed: dict[str, Any], keys: Sequence[str]
) -> None:
    listed, total = catalogue.episodes(**narrowed, limit=9)
    assert ([one.key for one in listed], total) == (keys, len(keys))


def test_a_page_of_the_list_tells_how_many_there_are_in_all(catalogue: SqlCatalogue) -> None:
    listed, total = catalogue.episodes(limit=2, offset=1)
    assert ([one.key for one in listed], total) == (["alone", "other"], 5)


def test_an_episode_is_listed_with_what_it_is_and_without_a_second(catalogue: SqlCatalogue) -> None:
    known = ListedEpisode("old", "The old one", "Blue notes", "2024-05-01", "en", "https://show.example/old")
    assert catalogue.named(["old", "nobody"]) == {"old": known}
