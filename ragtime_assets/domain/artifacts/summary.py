"""A summary in the episode's own language: sentences that are said in it, or what a model wrote of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.facts import Count, Fact, Moments, Prose
from ragtime_assets.domain.language.words import count_words


class Sentence(Record):
    """Something that was written about the episode; it is said nowhere in it."""

    text: str


class TimedSentence(Sentence):
    """A sentence of the episode, and the stretch of audio it comes from."""

    start: float
    end: float


class KeyMoment(Record):
    """A moment worth jumping to."""

    start: float
    title: str


class Summary(Artifact):
    """One line, two to four paragraphs, three to six key moments."""

    asset: ClassVar[str] = "summary"
    unfingerprinted: ClassVar[frozenset[str]] = frozenset({"notes"})

    language: str
    line: str
    paragraphs: tuple[tuple[TimedSentence | Sentence, ...], ...]
    key_moments: tuple[KeyMoment, ...] = ()
    notes: tuple[str, ...] = ()
    """What was done otherwise than asked, and why."""

    @property
    def text(self) -> str:
        """The paragraphs as people read them."""
        return "\n\n".join(" ".join(s.text for s in paragraph) for paragraph in self.paragraphs)

    def tells(self) -> Iterator[Fact]:
        """The summary itself."""
        moments = tuple((moment.start, moment.title) for moment in self.key_moments)
        yield Fact("language", self.language)
        yield Fact("words", Count(count_words(self.text), "word"), brief=True)
        yield Fact("moments", Count(len(moments), "key moment"), brief=True)
        yield Fact("preview", Prose(self.text, lead=self.line), heading="Summary")
        yield Fact("key_moments", Moments(moments), heading="Key moments")
