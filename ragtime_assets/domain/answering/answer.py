"""An answer to a question, and what it cites."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.money.spending import Tokens
from ragtime_assets.domain.searching.found import RankedPassage

KEYLESS = "closest passages"
"""The engine that quotes and generates nothing."""


class Citation(Record):
    """A passage that an answer cites: what it says there, and where that is to the second."""

    number: int
    quote: str
    episode_key: str
    episode_title: str
    show: str | None
    published: str | None
    second: float
    """Where the quote begins, in the audio of the episode."""
    url: str
    """The page of the episode, at that second."""
    language: str
    passage_digest: str
    passage_start: float
    passage_end: float
    audio_sha256: str | None
    """The audio that the second is of; None when the episode has none in the store."""
    index_generation: str | None
    """The generation of the index that the passage was published in."""


@dataclass(frozen=True)
class Answer:
    """What came of a question."""

    question: str
    text: str
    """Sentences with `[n]`, or the refusal; empty when the closest passages are all there is."""
    citations: tuple[Citation, ...]
    supported: bool
    """Whether the corpus says something about the question; without it the text is a refusal."""
    engine: str
    """The model, or `closest passages`."""
    closest: tuple[RankedPassage, ...] = ()
    """The closest passages, where there is no model."""
    is_weak: bool = False
    """Whether the closest passages are as near as they often are to questions that nothing answers."""
    tokens: Tokens = Tokens()
    cost: Decimal | None = None
    """In dollars; None when nobody knows a price of it."""
    seconds: float = 0.0
    language: str | None = None
    """In which it was asked, and everything around it is said; None where that is not sure."""
    dropped: tuple[str, ...] = ()
    """What was left out of the model's answer because its passages do not say it, and why."""

    @property
    def quoted(self) -> Iterator[tuple[RankedPassage, Citation]]:
        """The closest passages, each with what is cited of it."""
        return zip(self.closest, self.citations, strict=True) if self.closest else iter(())


@dataclass(frozen=True)
class AnswerEvent:
    """Something that happened on the way to an answer.

    `tool`: the model looked something up. `sentence`: the next sentence of the answer, checked already. `repair`: the
    answer went back once, for the faults named. `dropped`: a sentence was left out, and why.
    """

    kind: Literal["tool", "sentence", "repair", "dropped"]
    text: str


Hears = Callable[[AnswerEvent], None]


def at_second(url: str, second: float) -> str:
    """The deep link of a passage, at another second."""
    return re.sub(r"#t=\d+$", f"#t={int(second)}", url)


def without_second(url: str) -> str:
    """The address that a deep link is of."""
    return re.sub(r"#t=\d+$", "", url)
