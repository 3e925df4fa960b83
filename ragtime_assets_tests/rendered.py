"""One episode as renderers get it."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLink, EntityLinks
from ragtime_assets.domain.artifacts.episode_details import Chapter, Person
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.rendering.word_times import TimedText
from ragtime_assets_tests.fakes import details_of
from ragtime_assets_tests.made import KEY, audio, summary

SPOKEN = (
    Segment(start=0, end=4, text="Welcome to the show.", speaker="Clara Wells"),
    Segment(start=4.2, end=8, text="Today we play Jango.", speaker="Clara Wells"),
    Segment(start=9, end=12.5, text="Thank you.", speaker="Martin Reed"),
)


def unheard(key: str, start: float, end: float) -> Sequence[TimedText]:
    """Nobody timed the words of an episode."""
    return ()


def contents_of(*segments: Segment, title: str = "The first episode", **changes: object) -> Contents:
    """An episode of two people who name one musician, with `changes` to its details."""
    segments = segments or SPOKEN
    chapters = (Chapter(start=0, title="Hello", end=8.0), Chapter(start=8.5, title="Bye", url="https://show.example/b"))
    transcript = Transcript(
        engine="e", language="en", duration=12.5, timing_source="audio", segments=segments, chapters=chapters
    )
    chunk = Chunk(
        index=0, digest="d", text=transcript.text, start=0, end=12.5, first_segment=0, last_segment=2, words=9
    )
    mention = Mention(
        type="musician", name="Jango", surface="Jango", chunk=0, start=7.0, context="Today we play Jango."
    )
    link = EntityLink(type="musician", name="Jango", entity_id="e1", canonical_name="Django Reinhardt", mentions=1)
    return Contents(
        key=KEY,
        details=details_of(title=title, persons=(Person(name="Clara Wells"),), **changes),
        transcript=transcript,
        audio=audio(),
        summary=summary(),
        chunks=Chunks(engine="e", language="en", chunks=(chunk,)),
        entities=Entities(engine="e", language="en", mentions=(mention,)),
        links=EntityLinks(engine="e", links=(link,)),
    )
