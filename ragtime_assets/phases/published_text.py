"""A publisher's text without times, or with wrong ones: whether it is this episode's, and then its words are taken.

How such a text is read is an adapter's business; how its words get times, `published_words.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragtime_assets.domain.transcript import Paragraph, Transcript
from ragtime_assets.phases.published_words import reworded

Note = Callable[[str], None]

_TRUSTED = 0.5
"""The part of the published words that must be heard, in their order.

It is 0.9 as a rule, 0.6 where every third word is misheard, and 0.01 with a text of something else.
"""


@dataclass(frozen=True)
class PublishedText:
    """The words of a publisher's text, and where it is."""

    url: str
    paragraphs: tuple[Paragraph, ...]


def as_published(heard: Transcript, texts: Sequence[PublishedText], note: Note) -> Transcript:
    """What was heard, in the words of the first text that is of this episode; as it is when none is."""
    for text in texts:
        result = reworded(heard.segments, text.paragraphs)
        if result.found < _TRUSTED:
            note(f"words of the publisher's text at {text.url} not used: only {result.found:.0%} of them were heard")
            continue
        note(f"words of the publisher's text at {text.url}: {result.found:.0%} found")
        engine = f"{heard.engine} + publisher text"
        return heard.model_copy(update={"engine": engine, "source_url": text.url, "segments": result.segments})
    return heard
