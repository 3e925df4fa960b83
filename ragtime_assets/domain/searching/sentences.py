"""Which sentence of a passage comes closest to a question: where its answer begins, if there is one.

What belongs here: the choice among the sentences of one passage. What does not: the order of passages (`ranking.py`),
and whether any is close (`closeness.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.searching.closeness import sentences_of
from ragtime_assets.domain.searching.query_words import content_words
from ragtime_assets.domain.searching.stems import stems, words


def closest_sentence(question: str, passage: Passage, likeness: Mapping[str, float]) -> str:
    """The sentence that is nearest to the question; of several, the first.

    `likeness` tells how near sentences are. Where it does not know them, they are compared by their words. Both
    together are worse: a name that is asked for stands where somebody is introduced, and the answer behind it.
    """
    sentences = sentences_of([passage]) or [passage.text]
    if all(one in likeness for one in sentences):
        return max(sentences, key=lambda one: likeness[one])
    return max(sentences, key=share_of_words(question, passage))


def share_of_words(question: str, passage: Passage) -> Callable[[str], float]:
    """How many words of a question a sentence has, without those of the title: all of the episode is about them."""
    title = frozenset(stems(passage.episode_title, passage.language))
    forms = (frozenset(stems(word, passage.language)) for word in content_words(words(question)))
    asked = [one for one in forms if one.isdisjoint(title)]

    def share(sentence: str) -> float:
        said = frozenset(stems(sentence, passage.language))
        return sum(not one.isdisjoint(said) for one in asked) / max(1, len(asked))

    return share
