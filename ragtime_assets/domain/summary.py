"""A summary in the episode's own language, each sentence with the second it stands on."""

from __future__ import annotations

from typing import ClassVar

from ragtime_assets.domain.artifact import Artifact, Record


class TimedSentence(Record):
    """A sentence and the stretch of audio it comes from."""

    text: str
    start: float
    end: float


class KeyMoment(Record):
    """A moment worth jumping to."""

    start: float
    title: str


class Summary(Artifact):
    """One line, two to four paragraphs, three to six key moments."""

    asset: ClassVar[str] = "summary"

    language: str
    line: str
    paragraphs: tuple[tuple[TimedSentence, ...], ...]
    key_moments: tuple[KeyMoment, ...] = ()

    @property
    def text(self) -> str:
        """The paragraphs as people read them."""
        return "\n\n".join(" ".join(s.text for s in paragraph) for paragraph in self.paragraphs)
