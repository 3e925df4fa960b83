"""The search tables: rows that come and go, and words that are found in them whatever is asked."""

from __future__ import annotations

import pytest

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.domain.points import EVERYTHING, Filters, PointName
from ragtime_assets_tests.corpus.rows import passage

HOSTILE = [
    "",
    " ",
    '"',
    "'",
    "*",
    "django*",
    "NEAR(django paris)",
    "NOT django",
    "AND OR NOT",
    "'; drop table passages; --",
    '"; drop table passages; --',
    "django:paris",
    "text:django",
    "^django",
    "django & | ! paris",
    "( ) <->",
    "🎷",
    "🎷 django",
    "\x00django",
    "_ __",
    "%",
    "\\",
    "ä" * 10_000,
    "django " * 1_500,
    "\u200bdjango\u200d",
    "١٢٣ ²",
    "\u0301",
]


@pytest.fixture
def table(database: Database) -> SqlPassages:
    """The search tables of a fresh corpus."""
    return SqlPassages(database)


def found(table: SqlPassages, query: str, filters: Filters = EVERYTHING) -> list[str]:
    """The digests of what matches."""
    return [one.chunk_digest for one in table.matching_words(query, 10, filters)]


def name(digest: str, key: str = "one") -> PointName:
    return PointName(key, digest)


def test_a_passage_is_read_back_as_it_was_added(table: SqlPassages) -> None:
    one = passage("d1", "Django played in Paris.")
    table.add("one", [one])
    assert table.named([name("d1"), name("unknown")]) == {name("d1"): one}
    assert table.matching_words("paris", 10) == [one]


def test_adding_twice_leaves_one_row_with_the_newer_words(table: SqlPassages) -> None:
    table.add("one", [passage("d1", "Django played in Paris.")])
    table.add("one", [passage("d1", "Django played in London.")])
    assert table.count() == 1
    assert (found(table, "london"), found(table, "paris")) == (["d1"], [])


def test_adding_nothing_is_harmless(table: SqlPassages) -> None:
    table.add("one", [])
    assert (table.count(), table.named([])) == (0, {})


def test_the_same_words_in_two_episodes_are_two_rows(table: SqlPassages) -> None:
    for key in ("one", "two"):
        table.add(key, [passage("d1", "Welcome back.", key)])
    assert table.count() == 2
    table.keep_only("one", frozenset())
    assert [one.episode_key for one in table.matching_words("welcome", 10)] == ["two"]


def test_what_is_dropped_is_no_longer_found(table: SqlPassages) -> None:
    table.add("one", [passage("d1", "Django played in Paris."), passage("d2", "Django played in London.")])
    table.keep_only("one", frozenset({"d2"}))
    assert found(table, "django") == ["d2"]
    assert set(table.named([name("d1"), name("d2")])) == {name("d2")}


@pytest.mark.parametrize("query", ["Café", "café", "CAFÉ", "cafe\u0301"])
def test_words_with_accents_are_found(table: SqlPassages, query: str) -> None:
    table.add("one", [passage("d1", "At the Café Society, in Köln."), passage("d2", "Something else.")])
    assert found(table, query) == ["d1"]


@pytest.mark.parametrize("query", ["cafe", "Koln", "STEPHANE"])
def test_words_are_found_without_their_accents(table: SqlPassages, query: str) -> None:
    table.add("one", [passage("d1", "Stéphane at the Café Society, in Köln.")])
    assert found(table, query) == ["d1"]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("今日は渡辺貞夫と東京のジャズの話をします。", "渡辺貞夫"),
        ("今日は渡辺貞夫と東京のジャズの話をします。", "東京のどこで聴けますか"),
        ("今日は渡辺貞夫と東京のジャズの話をします。", "ジャズ"),
        ("今天我们来聊聊上海的爵士乐。", "上海 jazz"),
        ("วันนี้เราจะคุยกันเรื่องแจ๊สในกรุงเทพ", "กรุงเทพ"),
        ("오늘은 재즈 이야기입니다.", "재즈"),
    ],
)
def test_words_are_found_where_none_are_written_apart(table: SqlPassages, text: str, query: str) -> None:
    table.add("one", [passage("d1", text), passage("d2", "明日は雨です。 พรุ่งนี้ 내일은 비")])
    assert found(table, query) == ["d1"]
    table.keep_only("one", frozenset({"d2"}))
    assert found(table, query) == []


def test_a_title_without_spaces_finds_its_passages(table: SqlPassages) -> None:
    table.add("one", [passage("d1", "Welcome.", episode_title="東京の夜")])
    assert found(table, "東京") == ["d1"]


def test_the_title_of_an_episode_finds_its_passages(table: SqlPassages) -> None:
    table.add("one", [passage("d1", "Welcome.", episode_title="The hot club")])
    assert found(table, "hot club") == ["d1"]


def test_more_of_the_words_is_better(table: SqlPassages) -> None:
    table.add("one", [passage("d1", "Django."), passage("d2", "Django and Stéphane in Paris.")])
    assert found(table, "django stéphane paris")[0] == "d2"


def test_the_limit_is_kept(table: SqlPassages) -> None:
    table.add("one", [passage(f"d{number}", "Django.") for number in range(5)])
    assert len(table.matching_words("django", 3)) == 3


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_query_is_only_words(table: SqlPassages, query: str) -> None:
    table.add("one", [passage("d1", "Django played in Paris.")])
    expected = ["d1"] if "django" in query else []
    assert found(table, query) == expected
    assert table.count() == 1


def test_filters_narrow_what_is_found(table: SqlPassages) -> None:
    table.add("one", [passage("d1", "Django.", language="en"), passage("d2", "Django.", language="de")])
    table.add("two", [passage("d3", "Django.", "two", show="Another show")])
    assert found(table, "django", Filters(language="de")) == ["d2"]
    assert found(table, "django", Filters(show="Another show")) == ["d3"]
    assert found(table, "django", Filters(episode="one", language="en")) == ["d1"]
    assert found(table, "django", Filters(show="'; drop table passages; --")) == []
    assert sorted(table.languages()) == ["de", "en"]


def test_a_passage_with_strange_characters_is_kept_as_it_is(table: SqlPassages) -> None:
    strange = passage("d1", "🎷 'quotes' \"double\" 100% \\ <b> 名前", speakers=("O'Neill",), chapter="|")
    table.add("one", [strange])
    assert table.named([name("d1")])[name("d1")] == strange


def test_ten_thousand_passages_are_added_and_dropped(table: SqlPassages) -> None:
    table.add("one", [passage(f"d{number}", f"Word{number}.") for number in range(10_000)])
    assert found(table, "word9999") == ["d9999"]
    table.keep_only("one", frozenset({"d9999"}))
    assert table.count() == 1
