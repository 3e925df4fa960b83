"""Ties what an engine found to the text and to the second it is said; what is not in the text goes.

What belongs here: places, times and contexts, whichever engine did the finding. What does not: finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence

from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.entities import Candidate, Entities, Mention
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.reading.standing import ChunkText

LONGEST_CONTEXT = 160


class ChunkClock:
    """When each word of a chunk is said; made once per chunk, then asked for any number of names."""

    def __init__(self, chunk: Chunk, segments: Sequence[Segment]) -> None:
        """Read the words of the chunk's segments; a segment without words has one time for all."""
        self._start = chunk.start
        self._words: list[str] = []
        self._times: list[float] = []
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for segment in segments[chunk.first_segment : chunk.last_segment + 1]:
            timed = [(word.text, word.start) for word in segment.words] or [(segment.text, segment.start)]
            for text, start in timed:
                for word in folded_words(text):
                    self._places[word].append(len(self._words))
                    self._words.append(word)
                    self._times.append(start)

    def start_of(self, surface: str, near: int = 0) -> float:
        """When the first word of `surface` is said: of all words together, else of the first, else of the chunk."""
        wanted = folded_words(surface)
        places = self._places.get(wanted[0], []) if wanted else []
        whole = [place for place in places if self._words[place : place + len(wanted)] == wanted]
        nearest = min(whole or places, key=lambda place: abs(place - near), default=None)
        return self._start if nearest is None else self._times[nearest]


def grounded(
    candidates: Iterable[Candidate], transcript: Transcript, chunks: Chunks, types: Container[str], engine: str
) -> Entities:
    """The candidates of these types that stand in their chunk, with times, in order of time."""
    pages: dict[int, tuple[ChunkText, ChunkClock]] = {}
    mentions: list[Mention] = []
    dropped = 0
    for candidate in candidates:
        number = candidate.chunk
        if number not in pages and 0 <= number < len(chunks.chunks):
            chunk = chunks.chunks[number]
            pages[number] = ChunkText(chunk.text), ChunkClock(chunk, transcript.segments)
        mention = _mention(candidate, *pages[number]) if number in pages and candidate.type in types else None
        if mention:
            mentions.append(mention)
        else:
            dropped += 1
    mentions.sort(key=lambda mention: (mention.start, mention.chunk))
    return Entities(engine=engine, language=chunks.language, mentions=tuple(mentions), dropped=dropped)


def context(text: str, surface: str, place: int = 0) -> str:
    """At most 160 characters of `text` around the `surface` at or after `place`, cut between words."""
    found = max(text.find(surface, place), 0) or max(text.find(surface), 0)
    end = found + len(surface)
    spare = max(LONGEST_CONTEXT - len(surface), 0)
    first = max(min(found - spare // 2, len(text) - LONGEST_CONTEXT), 0)
    last = min(first + LONGEST_CONTEXT, len(text))
    if first:
        first = min(text.find(" ", first - 1, found) + 1 or found, found)
    if last < len(text):
        last = max(text.rfind(" ", end, last + 1), end)
    return text[first:last].strip()[:LONGEST_CONTEXT]


def _mention(candidate: Candidate, text: ChunkText, clock: ChunkClock) -> Mention | None:
    standing = text.standing(candidate.surface.strip(), candidate.place)
    if standing is None:
        return None
    surface, place = standing
    return Mention(
        type=candidate.type,
        name=candidate.name,
        surface=surface,
        chunk=candidate.chunk,
        start=clock.start_of(surface, len(folded_words(text.text[:place]))),
        context=context(text.text, surface, place),
        confidence=None if candidate.confidence is None else round(candidate.confidence, 2),
    )
