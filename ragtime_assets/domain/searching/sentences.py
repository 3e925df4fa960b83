"""Which sentence of a passage comes closest to a question: where its answer begins, if there is one.

What belongs here: the choice among the sentences of one passage. What does not: the order of passages (`ranking.py`),
and whether any is close (`closeness.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.searching.closeness import sentences_of
from ragtime_assets.domain.searching.query_words import content_words
from ragtime_assets.domain.searching.ranking import score
from ragtime_assets.domain.searching.stems import stems, words


def closest_sentence(question: str, passage: Passage, likeness: Mapping[str, float]) -> str:
    """The sentence that fits best, by the measure that ranks passages; of several, the first.

    `likeness` tells how near sentences are to the question; those that it does not know are compared by their words.
    """
    asked = _telling(question, passage)
    return max(
        sentences_of([passage]) or [passage.text],
        key=lambda one: score(likeness.get(one), _share(asked, one, passage.language), "hybrid"),
    )


def _telling(question: str, passage: Passage) -> list[frozenset[str]]:
    """The words of a question in their forms, without those of the title: all of the episode is about them."""
    title = frozenset(stems(passage.episode_title, passage.language))
    forms = (frozenset(stems(word, passage.language)) for word in content_words(words(question)))
    return [one for one in forms if one.isdisjoint(title)]


def _share(asked: list[frozenset[str]], sentence: str, language: str) -> float:
    said = frozenset(stems(sentence, language))
    return sum(not one.isdisjoint(said) for one in asked) / max(1, len(asked))
