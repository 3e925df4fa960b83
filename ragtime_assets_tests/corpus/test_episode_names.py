"""Finding the episode that a person means: the same on SQLite and on Postgres."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.episode_names import EpisodeNames
from ragtime_assets.corpus.schema import artifacts
from ragtime_assets.corpus.submissions import Submissions
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.errors import InvalidSubmission

TITLES = {"one": "Django in Paris", "two": "A Night in Tunisia", "three": "Abend in Köln"}


@pytest.fixture
def keys(database: Database) -> dict[str, str]:
    """By the last part of its page, the key of each episode of a corpus; one was not read yet."""
    wanted = [page_submission(f"https://show.example/{name}") for name in (*TITLES, "four")]
    found = dict(zip((*TITLES, "four"), Submissions(database).submit(wanted, "test"), strict=True))
    with database.writing() as connection:
        for name, title in TITLES.items():
            noted = {column.name: "" for column in artifacts.columns} | {"inputs": {}, "created_at": datetime.now(UTC)}
            row = noted | {"key": found[name].key, "asset": "episode_details", "seconds": 1.0}
            connection.execute(sa.insert(artifacts).values(**row | {"title": title, "show": "The Long Chorus"}))
    return {name: receipt.key for name, receipt in found.items()}


def test_a_key_its_start_a_title_and_a_part_of_one_mean_the_episode(database: Database, keys: dict[str, str]) -> None:
    names, one = EpisodeNames(database), keys["one"]
    assert {names.key(words) for words in (one, one[:-1], one[:-11], "DJANGO in Paris", "django", f" {one}\n")} == {one}
    assert names.key("show-example-four") == keys["four"]
    assert names.key("koln") == keys["three"]
    assert names.keys([one, "django", keys["two"]]) == [one, keys["two"]]


def test_signs_of_patterns_mean_themselves(database: Database, keys: dict[str, str]) -> None:
    for words in ("*", "show-example-*", "%", "_", "show?example"):
        with pytest.raises(InvalidSubmission):
            EpisodeNames(database).key(words)


def test_a_start_that_several_keys_have_lists_them(database: Database, keys: dict[str, str]) -> None:
    with pytest.raises(InvalidSubmission, match="may be any of 4 episodes") as refused:
        EpisodeNames(database).key("show-example")
    assert all(key in refused.value.remedy for key in keys.values())


def test_a_part_of_a_key_means_the_one_episode_that_has_it_and_of_several_lists_them(
    database: Database, keys: dict[str, str]
) -> None:
    names = EpisodeNames(database)
    assert {names.key(words) for words in ("example-four", "FOUR", keys["four"][3:])} == {keys["four"]}
    with pytest.raises(InvalidSubmission, match="may be any of 4 episodes") as refused:
        names.key("example-")
    assert all(key in refused.value.remedy for key in keys.values())
    with pytest.raises(InvalidSubmission):
        names.key("")


def test_a_forgotten_episode_is_meant_by_nobody(database: Database, keys: dict[str, str]) -> None:
    Submissions(database).bury(keys["one"])
    for words in (keys["one"], keys["one"][:-1], "Django in Paris"):
        with pytest.raises(InvalidSubmission, match="no episode is called"):
            EpisodeNames(database).key(words)


def test_an_episode_submitted_again_is_meant_by_the_key_that_was_buried(
    database: Database, keys: dict[str, str]
) -> None:
    table = Submissions(database)
    table.bury(keys["one"])
    (again,) = table.submit([page_submission("https://show.example/one")], "test")
    assert EpisodeNames(database).key(keys["one"]) == again.key == f"{keys['one']}-r2"


def test_a_show_is_meant_by_its_name_or_a_part_of_it(database: Database, keys: dict[str, str]) -> None:
    names = EpisodeNames(database)
    assert names.show("long chorus") == "The Long Chorus"
    with pytest.raises(InvalidSubmission, match="no show is called 'The Lung Chorus'") as refused:
        names.show("The Lung Chorus")
    assert "The Long Chorus" in refused.value.remedy


def test_the_title_of_an_episode_is_none_until_it_was_read(database: Database, keys: dict[str, str]) -> None:
    names = EpisodeNames(database)
    assert (names.title(keys["two"]), names.title(keys["four"])) == (TITLES["two"], None)
