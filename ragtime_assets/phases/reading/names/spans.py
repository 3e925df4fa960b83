"""What a rule found in one text, and which of two that overlap wins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """The words from `first` up to `end` name something; `name` is how the corpus calls it."""

    first: int
    end: int
    type: str
    name: str
    confidence: float

    @property
    def words(self) -> int:
        """How many words it has."""
        return self.end - self.first


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The longest first, the surest among equals; what overlaps a winner goes. In order of the text."""
    taken: set[int] = set()
    winners: list[Span] = []
    for span in sorted(spans, key=lambda span: (-span.words, -span.confidence, span.first)):
        places = range(span.first, span.end)
        if taken.isdisjoint(places):
            taken.update(places)
            winners.append(span)
    return sorted(winners)
