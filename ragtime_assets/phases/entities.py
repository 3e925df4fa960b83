"""transcript and chunks -> entities: who and what is mentioned, where, and when.

What belongs here: the order of the steps. What does not: the steps (`phases/reading/names/`), the lists and
rules they work with (`domain/vocabulary/data/`), what a model is told (`agents/entities.py`), and which canonical
entity a name means (`entity_links`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.entities import Candidate, Entities
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.language.tokens import Tokens, tokenise
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
from ragtime_assets.phases.reading.names.evidence import Support, credited, spoken_about
from ragtime_assets.phases.reading.names.grounding import grounded
from ragtime_assets.phases.reading.names.known import IGNORED, KnownNames, Reading, known_names
from ragtime_assets.phases.reading.names.people import Surnames, in_full
from ragtime_assets.phases.reading.names.shapes import Shapes
from ragtime_assets.phases.reading.names.spans import Span, without_overlaps
from ragtime_assets.ports import EntityReader

ENGINE = "rules 3"
FEWEST_CAPITALS = 0.02
"""With a smaller share of capitals a transcript has none that mean anything."""


def make_entities(
    transcript: Transcript,
    chunks: Chunks,
    vocabulary: Vocabulary,
    reader: EntityReader | None = None,
    persons: Iterable[str] = (),
) -> Entities:
    """All mentions of entities of the active types: those the reader finds, or the rules when there is none.

    `persons` are the names that the feed credits.
    """
    if reader is not None:
        read = reader.read(chunks, vocabulary)
        found = grounded(read, transcript, chunks, vocabulary.active, reader.engine)
        # A reader sees one chunk at a time, and the full name may have been said in another.
        full = in_full(found.mentions, vocabulary.people)
        return found.model_copy(update={"mentions": full, "vocabulary": vocabulary.version})
    texts = [tokenise(chunk.text) for chunk in chunks.chunks]
    candidates = _candidates(texts, vocabulary, chunks.language, persons)
    found = grounded(candidates, transcript, chunks, vocabulary.active, ENGINE)
    return found.model_copy(update={"vocabulary": vocabulary.version})


def _candidates(
    texts: Sequence[Tokens], vocabulary: Vocabulary, language: str, persons: Iterable[str]
) -> Iterator[Candidate]:
    reading = Reading(_caseless(texts), vocabulary.rules.of(language).nouns_have_capitals)
    vocabulary = spoken_about(texts, vocabulary, language, reading)
    shapes = Shapes.of(vocabulary, language)
    known = known_names(vocabulary, language)
    persons = tuple(persons)
    found = [(tokens, _spans(tokens, known, shapes, reading, persons)) for tokens in texts]
    support = Support(found, shapes.people, persons, shapes.stop)
    found = [(tokens, support.supported(spans)) for tokens, spans in found]
    surnames = Surnames(found, shapes.people)
    for number, (tokens, spans) in enumerate(found):
        full = surnames.completed(number, (tokens, spans), shapes.stop, shapes.part_of_name, reading.caseless)
        for span in full:
            surface = tokens.slice(span.first, span.end)
            yield Candidate(span.type, span.name, surface, number, span.confidence, tokens.starts[span.first])


def _spans(tokens: Tokens, known: KnownNames, shapes: Shapes, reading: Reading, persons: Sequence[str]) -> list[Span]:
    cues = shapes.cues(tokens)
    listed = [span for span in known.find(tokens, reading, cues) if not shapes.part_of_name(tokens, span)]
    listed += credited(tokens, persons, shapes.person) if shapes.person else ()
    covering = {index: span for span in listed for index in range(span.first, span.end)}
    find = shapes.find_caseless if reading.caseless else shapes.find
    longer = (more for span in listed for more in shapes.longer(tokens, span))
    found = without_overlaps([*listed, *longer, *find(tokens, covering.get, cues)])
    return [span for span in found if span.type != IGNORED]


def _caseless(texts: Sequence[Tokens]) -> bool:
    words = sum(len(tokens) for tokens in texts)
    return words > 0 and sum(sum(tokens.capital) for tokens in texts) < FEWEST_CAPITALS * words
