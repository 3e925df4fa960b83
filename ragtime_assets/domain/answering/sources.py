"""The passages of one conversation, each under a number that it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ragtime_assets.domain.artifacts.search_index import Passage


class Sources:
    """What was retrieved so far; the same passage has the same number, whoever finds it again and when."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._passages: list[Passage] = []
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, passage: Passage) -> int:
        """The number of this passage; the next one when it is new."""
        name = (passage.episode_key, passage.chunk_digest)
        if name not in self._numbers:
            self._passages.append(passage)
            self._numbers[name] = len(self._passages)
        return self._numbers[name]

    def get(self, number: int) -> Passage | None:
        """The passage with this number; None when nothing has it."""
        return self._passages[number - 1] if 1 <= number <= len(self._passages) else None

    def __len__(self) -> int:
        """How many there are."""
        return len(self._passages)

    def __iter__(self) -> Iterator[tuple[int, Passage]]:
        """Each with its number."""
        return iter(enumerate(self._passages, 1))


@dataclass
class Conversation:
    """Questions that belong together, with what was answered; numbers stay the same from one to the next."""

    sources: Sources = field(default_factory=Sources)
    turns: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Question and answer of each turn."""
