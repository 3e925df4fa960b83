"""What there is in the corpus, listed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.guide import SqlCorpusGuide
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.registry.entities import SqlEntities
from ragtime_assets.corpus.submissions import Submissions
from ragtime_assets.corpus.tombstones import Tombstones
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets_tests.corpus.rows import passage


@pytest.fixture
def guide(database: Database) -> SqlCorpusGuide:
    table = SqlPassages(database)
    for key, published, title in (
        ("old", "2024-05-01", "Gypsy swing"),
        ("undated", None, "Swing, undated"),
        ("new", "2026-03-01", "Hard bop"),
        ("same-day", "2026-03-01", "Éire swings"),
    ):
        two = [passage(f"{key}-{at}", "Words.", key, published=published, episode_title=title) for at in range(2)]
        table.add(key, two)
    return SqlCorpusGuide(database, SqlEntities(database, {}))


@pytest.mark.parametrize(
    ("words", "limit", "keys"),
    [
        ("", 9, ["new", "same-day", "old", "undated"]),
        ("", 2, ["new", "same-day"]),
        ("swing", 9, ["same-day", "old", "undated"]),
        ("SWING eire", 9, ["same-day"]),
        ("blue gypsy", 9, ["old"]),
        ("nothing", 9, []),
    ],
)
def test_episodes_are_listed_once_the_newest_first_and_those_without_a_day_last(
    guide: SqlCorpusGuide, words: str, limit: int, keys: Sequence[str]
) -> None:
    assert [one.key for one in guide.episodes(words, limit)] == keys


def test_what_was_submitted_stands_until_it_is_forgotten(database: Database, guide: SqlCorpusGuide) -> None:
    table = Submissions(database)
    wanted = [page_submission(f"https://show.example/{name}") for name in ("one", "two")]
    here, gone = (receipt.key for receipt in table.submit(wanted, by="test"))
    table.bury(gone)
    assert guide.standing([here, gone, "never"]) == {here: True, gone: False}


def test_only_what_was_buried_is_ever_finished(database: Database) -> None:
    table, tombstones = Submissions(database), Tombstones(database)
    (receipt,) = table.submit([page_submission("https://show.example/one")], by="test")
    tombstones.finish(receipt.key)
    table.bury(receipt.key)
    assert tombstones.unfinished() == [receipt.key]
    tombstones.finish(receipt.key)
    assert tombstones.unfinished() == []
    assert tombstones.there(receipt.key)
