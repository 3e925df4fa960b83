"""Whether a query says the title of an episode.

What does not belong here: how much that counts (`ranking.py`, `closeness.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragtime_assets.domain.searching.query_words import content_words
from ragtime_assets.domain.searching.stems import stem, stems, words

_PARTS = re.compile(r"\s[-–—|]\s|[:#]\s?")


def says_title(query: str, title: str, language: str) -> bool:
    """Whether a whole title is in a query, or a whole part of one; a word alone is no title to go by."""
    asked = stems(query, language)
    said = (part for part in _PARTS.split(title) if _are_in(stems(part, language), asked))
    return any(len(content_words(words(part))) > 1 for part in said)


def share_in_title(query: str, title: str, language: str) -> float:
    """How many of the words that say what a query is about are in a title."""
    asked = content_words(words(query))
    there = set(stems(title, language))
    return sum(stem(word, language) in there for word in asked) / max(1, len(asked))


def _are_in(some: Sequence[str], all_: Sequence[str]) -> bool:
    """Whether these stand in those, one behind the other."""
    return any(all_[at : at + len(some)] == some for at in range(len(all_) - len(some) + 1))
