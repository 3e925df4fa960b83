"""The search tables: rows that come and go, and words that are found in them whatever is asked."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.schema import entities
from ragtime_assets.corpus.sqlite_words import SqliteWords
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
    return [one.name.chunk_digest for one in table.matching(table.weighed(query, filters), 10, filters)]


def name(digest: str, key: str = "one") -> PointName:
    return PointName(key, digest)


def test_a_passage_is_read_back_as_it_was_added(table: SqlPassages) -> None:
    one = passage("d1", "Django played in Paris.")
    table.add("one", [one])
    assert table.named([name("d1"), name("unknown")]) == {name("d1"): one}
    assert found(table, "paris") == ["d1"]


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
    assert [one.name.episode_key for one in table.matching(table.weighed("welcome"), 10)] == ["two"]


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
    assert len(table.matching(table.weighed("django"), 3)) == 3


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


def test_passages_are_found_by_day_speaker_entity_and_type(table: SqlPassages, database: Database) -> None:
    register(database, e1="musician", e2="venue")
    table.add(
        "one",
        [
            passage("d1", "Django.", speakers=("Ann", "Bob"), entity_ids=("e1", "e2"), published="2026-03-01"),
            passage("d2", "Django.", speakers=("Bob",), entity_ids=("e1",), published="2026-03-02"),
            passage("d3", "Django.", speakers=(), entity_ids=(), published=None),
        ],
    )
    assert sorted(found(table, "django", Filters(speaker="Bob"))) == ["d1", "d2"]
    assert found(table, "django", Filters(speaker="Ann", entity="e1")) == ["d1"]
    assert (
        found(table, "django", Filters(entity="e2")) == found(table, "django", Filters(entity_type="venue")) == ["d1"]
    )
    assert found(table, "django", Filters(since="2026-03-02")) == ["d2"]
    assert found(table, "django", Filters(until="2026-03-01")) == ["d1"]
    assert sorted(found(table, "django", Filters(since="2026-03-01", until="2026-03-02"))) == ["d1", "d2"]
    assert found(table, "django", Filters(entity="nobody")) == []
    assert table.speakers() == ["Ann", "Bob"]


def test_a_merged_entity_is_found_under_the_one_that_it_became(table: SqlPassages, database: Database) -> None:
    register(database, e1="musician", e2="musician")
    with database.writing() as connection:
        connection.execute(sa.update(entities).where(entities.c.id == "e1").values(merged_into="e2"))
    table.add("one", [passage("d1", "Django.", entity_ids=("e1",)), passage("d2", "Django.", entity_ids=("e2",))])
    for asked in ("e1", "e2"):
        assert sorted(found(table, "django", Filters(entity=asked))) == ["d1", "d2"]


def test_a_passage_that_is_written_again_is_found_by_its_new_speakers_and_entities_only(table: SqlPassages) -> None:
    table.add("one", [passage("d1", "Django.", speakers=("Ann",), entity_ids=("e1",))])
    table.add("one", [passage("d1", "Django.", speakers=("Bob",), entity_ids=("e2", "e3"))])
    assert table.named([name("d1")])[name("d1")].entity_ids == ("e2", "e3")
    assert found(table, "django", Filters(entity="e1")) == found(table, "django", Filters(speaker="Ann")) == []
    table.keep_only("one", frozenset())
    assert table.speakers() == []


def test_the_names_of_few_passages_are_told_and_of_many_are_not(table: SqlPassages) -> None:
    table.add("one", [passage(f"d{number}", "Django.") for number in range(3)])
    table.add("two", [passage("d0", "Django.", "two", language="de")])
    assert table.names(Filters(language="de"), 2) == [("two", "d0")]
    assert table.names(Filters(language="en"), 3) == [name("d0"), name("d1"), name("d2")]
    assert table.names(Filters(language="en"), 2) is None
    assert table.names(Filters(language="fi"), 2) == []


def test_a_window_is_what_stands_around_a_passage_in_its_episode(table: SqlPassages) -> None:
    table.add("one", [passage(f"d{number}", f"part {number}", index=number) for number in range(5)])
    table.add("two", [passage("other", "part 2", "two", index=2)])
    assert [one.index for one in table.window("one", 2, 1)] == [1, 2, 3]
    assert [one.index for one in table.window("one", 0, 1)] == [0, 1]
    assert [one.index for one in table.window("one", 4, 10**6)] == [0, 1, 2, 3, 4]
    assert table.window("gone", 0, 1) == []


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "They were playing violins.", "who played the violin"),
        ("de", "Sie spielten auf alten Geigen.", "Wer spielte die alte Geige?"),
        ("fr", "Ils chantaient des chansons.", "la chanson qui chantait"),
        ("zz", "Plain words stay plain.", "plain"),
    ],
)
def test_words_are_found_in_other_forms_in_the_language_of_the_text(
    table: SqlPassages, language: str, text: str, query: str
) -> None:
    table.add("one", [passage("d1", text, language=language), passage("d2", "Nothing of it.", language="en")])
    assert found(table, query) == ["d1"]


def test_a_rare_word_weighs_more_than_a_common_one(table: SqlPassages) -> None:
    table.add("one", [passage(f"d{number}", "a guitar and a drum", index=number) for number in range(9)])
    table.add("one", [passage("rare", "a clarinet and a flute", index=9)])
    assert found(table, "guitar clarinet")[0] == "rare"


def test_the_share_tells_how_much_of_a_query_is_there(table: SqlPassages) -> None:
    others = [passage(f"d{number}", "nothing of the kind", index=number) for number in range(9)]
    table.add("one", [passage("all", "a clarinet and a flute"), passage("half", "a clarinet and a drum"), *others])
    words = table.weighed("clarinet flute")
    best, second = table.matching(words, 10)
    assert (best.name.chunk_digest, second.name.chunk_digest) == ("all", "half")
    assert 1 >= best.share > 1.5 * second.share > 0
    assert table.shares(words, [name("half"), name("d1"), name("gone")]) == {name("half"): second.share, name("d1"): 0}
    (lone,) = table.matching(table.weighed("flute zanzibar quixotic"), 10)
    assert lone.share < best.share / 2, "words that nobody says weigh against every passage"


def test_a_word_of_the_title_a_chapter_or_a_speaker_is_found(table: SqlPassages) -> None:
    table.add("one", [passage("d1", "Words.", episode_title="The bridge", chapter="Night", speakers=("Odessa Pryce",))])
    assert found(table, "bridges") == found(table, "night") == found(table, "pryce") == ["d1"]


def register(database: Database, **types: str) -> None:
    """Entities with these ids in the registry."""
    with database.writing() as connection:
        for one, kind in types.items():
            connection.execute(sa.insert(entities).values(**ENTITY, id=one, type=kind, name=one))


ENTITY = {
    "disambiguation": "",
    "related": [],
    "qid_status": "pending",
    "qid_tries": 0,
    "created_at": datetime(2026, 3, 1, tzinfo=UTC),
}


def test_of_words_that_many_have_the_passages_with_most_of_them_come_first(table: SqlPassages) -> None:
    """In a large corpus such words are looked for together, and alone again where too few passages have them all."""
    every = {"jazz": 3, "drum": 3, "guitar": 4, "paris": 5}
    texts = [" ".join(word for word, step in every.items() if n % step == 0) or "nothing" for n in range(5_100)]
    table.add("one", [passage(f"d{n}", text, index=n) for n, text in enumerate(texts)])
    table.add("one", [passage("rare", "zanzibar", index=6_000)])

    words = table.weighed("jazz guitar paris")
    best = table.matching(words, 200)
    assert words.together
    assert {one.name for one in best[:85]} == {name(f"d{n}") for n in range(0, 5_100, 60)}
    assert dict(best) == table.shares(words, [one.name for one in best])
    assert len(table.matching(words, 4_000)) == sum(text != "nothing" for text in texts)
    assert found(table, "jazz guitar zanzibar")[0] == "rare"
    both = table.weighed("jazz drum")
    assert both.together
    assert (best := dict(table.matching(both, 100))) == table.shares(both, list(best))


def test_an_episode_has_a_name_where_its_words_stand_one_behind_the_other_in_its_own_language(
    database: Database,
) -> None:
    table = SqlPassages(database)
    table.add("one", [passage("one-0", "Then Charlie Haden bands played.", "one")])
    table.add("two", [passage("two-0", "Charlie met Haden.", "two"), passage("two-1", "Haden Charlie", "two", index=1)])
    table.add("drei", [passage("drei-0", "Die Bilder von Charlie Haden", "drei", language="de")])
    assert table.episodes_with(["Charlie Haden"]) == ["drei", "one"]
    assert table.episodes_with(["Haden bands", "Bild"]) == ["drei", "one"]
    assert table.episodes_with(["Nobody", ""]) == []
    assert table.episodes_with([]) == []


WORDS = ("jazz", "drum", "guitar", "paris", "swing", "東京", "zanzibar")


def test_shares_on_sqlite_are_what_its_own_bm25_says(tmp_path: Path) -> None:
    """Also of phrases, of headings, and after passages were written again and dropped."""
    database = Database(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    table, chance = SqlPassages(database), random.Random(1)
    for turn in range(2):
        rows = [
            passage(f"d{n}", " ".join(chance.choices(WORDS, k=chance.randint(1, 40))), index=n, episode_title=title)
            for n, title in enumerate(chance.choices(("Jazz in Paris", "The guitar"), k=80 - 10 * turn))
        ]
        table.add("one", rows)
        table.keep_only("one", frozenset(row.chunk_digest for row in rows))
        for query in ("jazz", "guitar 東京", "zanzibar swing paris drum", "nowhere jazz"):
            words = table.weighed(query)
            match = " OR ".join(f'"{" ".join(phrase)}"' for phrase in words.weights)
            with database.reading() as connection:
                told = connection.execute(
                    sa.text(
                        "SELECT chunk_digest, min(1.0, -bm25(passage_words, 1.0, 2.0) / :full) FROM passage_words "
                        "JOIN passages ON passages.id = passage_words.rowid WHERE passage_words MATCH :match"
                    ),
                    {"match": match, "full": 2.2 * words.most},
                ).all()
            assert {one.chunk_digest: share for one, share in table.matching(words, 100)} == pytest.approx(dict(told))
    database.close()


def test_what_another_process_wrote_is_found_though_the_words_were_looked_up_before(database: Database) -> None:
    table, other = SqlPassages(database), SqlPassages(database)
    other.add("one", [passage("a", "jazz drum"), passage("b", "guitar", index=1)])
    assert (found(table, "jazz"), found(table, "guitar")) == (["a"], ["b"])
    other.add("one", [passage("a", "guitar drum"), passage("b", "jazz", index=1)])
    assert (found(table, "jazz"), found(table, "guitar")) == (["b"], ["a"])
    other.keep_only("one", frozenset({"b"}))
    assert (found(table, "jazz"), found(table, "guitar")) == (["b"], [])


def test_passages_without_any_word_have_no_share_of_a_query(table: SqlPassages) -> None:
    table.add("one", [passage("a", "🎷", episode_title="", speakers=())])
    assert table.shares(table.weighed("jazz"), [name("a"), name("b")]) == {name("a"): 0.0}


@pytest.mark.parametrize("most", ["_MOST_KEPT", "_MOST_PASSAGES"])
def test_words_and_passages_that_were_asked_for_before_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: str
) -> None:
    monkeypatch.setattr(f"ragtime_assets.corpus.sqlite_words.{most}", 2)
    database = Database(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    table = SqlPassages(database)
    table.add("one", [passage(f"d{n}", "jazz drum guitar", index=n) for n in range(3)])
    for query in ("jazz", "drum guitar", "jazz guitar", "jazz"):
        assert found(table, query) == ["d0", "d1", "d2"]
    assert isinstance(table._words, SqliteWords)
    assert len(table._words._read.postings) == 1
    database.close()
