"""A publisher's text without times, or with wrong ones: whether it is this episode's, and then its words are taken.

How such a text is read is an adapter's business; how its words get times, `published_words.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragtime_assets.domain.artifacts.transcript import Paragraph, Transcript
from ragtime_assets.phases.listening.published_words import Reworded, reworded

Note = Callable[[str], None]

_TRUSTED = 0.5
"""The part of the published words that must be heard, in their order.

It is 0.9 as a rule, 0.6 where every third word is misheard, and 0.01 with a text of something else.
"""
_COVERED = 1 / 3
"""The part of what was heard that the text must cover; a teaser covers less, and the transcript would not be its."""


@dataclass(frozen=True)
class PublishedText:
    """The words of a publisher's text, and where it is."""

    url: str
    paragraphs: tuple[Paragraph, ...]


def as_published(heard: Transcript, texts: Sequence[PublishedText], note: Note) -> Transcript:
    """What was heard, in the words of the text of this episode that has most of them; as it is when none is."""
    trusted: list[tuple[Reworded, str]] = []
    for text in texts:
        result = reworded(heard.segments, text.paragraphs)
        if problem := _problem(result):
            note(f"words of the publisher's text at {text.url} not used: {problem}")
        else:
            trusted.append((result, text.url))
    if not trusted:
        return heard
    result, url = max(trusted, key=lambda one: one[0].found)
    for _, other in trusted:
        if other != url:
            note(f"words of the publisher's text at {other} not used: the text at {url} has more of what was heard")
    covered = f"{result.agreement:.0%} found, {result.covered:.0%} of what was heard covered"
    note(f"words of the publisher's text at {url}: {covered}")
    engine = f"{heard.engine} + publisher text"
    return heard.model_copy(update={"engine": engine, "source_url": url, "segments": result.segments})


def _problem(result: Reworded) -> str | None:
    """Why the text cannot be the transcript's, if it cannot."""
    if result.agreement < _TRUSTED:
        return f"only {result.agreement:.0%} of them were heard"
    if result.covered < _COVERED:
        return f"they cover only {result.covered:.0%} of what was heard"
    return None
