"""Names that were nearly heard, spelled as feed and show notes spell them; what was heard is kept beside it.

A word is only changed where it is written as a name, is no plain word, and is no other name: `name_windows.py` decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragtime_assets.domain.artifacts.transcript import Repair, Segment, Transcript
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.language.spelling import Spelled, shared, spelled, text_of
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
from ragtime_assets.phases.listening.lexicon import Lexicon, lexicon_of
from ragtime_assets.phases.listening.name_windows import Heard, KnownName, Match, heard_as, known_names, match


def with_names(transcript: Transcript, names: Sequence[str], vocabulary: Vocabulary) -> Transcript:
    """The transcript with near misses of `names` repaired, times kept, each repair written down."""
    if not names:
        return transcript
    said = frozenset(_lower_case(transcript.segments))
    lexicons: dict[str, tuple[Lexicon, Sequence[KnownName]]] = {}
    segments, repairs = list[Segment](), list[Repair]()
    for number, segment in enumerate(transcript.segments):
        language = segment.language or transcript.language
        if language not in lexicons:
            lexicon = lexicon_of(language, vocabulary, said)
            lexicons[language] = lexicon, known_names(names, lexicon)
        repaired, found = _repaired(segment, number, *lexicons[language])
        segments.append(repaired)
        repairs += found
    if not repairs:
        return transcript
    note = f"{plural(len(repairs), 'name')} spelled as feed and show notes do; what was heard is kept"
    return transcript.model_copy(
        update={"segments": tuple(segments), "repairs": tuple(repairs), "notes": (*transcript.notes, note)}
    )


def as_heard(transcript: Transcript) -> Transcript:
    """The transcript with every repair undone."""
    return without(transcript, transcript.repairs)


def without(transcript: Transcript, repairs: Sequence[Repair]) -> Transcript:
    """The transcript with its last repairs undone."""
    segments = list(transcript.segments)
    for repair in reversed(repairs):
        segment = segments[repair.segment]
        words = written_words(segment)
        gaps = [words[repair.place].gap, *(repair.gaps or (" " for _ in repair.heard[1:]))]
        words[repair.place : repair.place + len(repair.written)] = map(Spelled, gaps, repair.heard)
        segments[repair.segment] = rewritten(segment, words)
    kept = transcript.repairs[: len(transcript.repairs) - len(repairs)]
    return transcript.model_copy(update={"segments": tuple(segments), "repairs": kept})


def written_words(segment: Segment) -> list[Spelled]:
    """The words of the segment's text, with just what stands between them."""
    found, at = list[Spelled](), 0
    for _, word in spelled(segment):
        place = segment.text.index(word.text, at)
        found.append(Spelled(segment.text[at:place], word))
        at = place + len(word.text)
    return found


def rewritten(segment: Segment, words: Sequence[Spelled]) -> Segment:
    """The segment with these words as its text; as its words too, where those it had were those of its text."""
    text = segment.text.replace(segment.text.strip(), text_of(list(words)))
    is_own = tuple(word for _, word in spelled(segment)) == segment.words
    return segment.model_copy(update={"text": text, **({"words": tuple(word for _, word in words)} if is_own else {})})


def _lower_case(segments: Sequence[Segment]) -> Iterator[str]:
    """The words that the speech has in lower case: those are plain, whatever a dictionary says."""
    for segment in segments:
        yield from (core for word in segment.words if (core := heard_as(word.text).core).islower())


def _repaired(
    segment: Segment, number: int, lexicon: Lexicon, known: Sequence[KnownName]
) -> tuple[Segment, list[Repair]]:
    words = written_words(segment) if segment.words else []
    heard = [heard_as(word.text) for _, word in words]
    done, repairs, at = list[Spelled](), list[Repair](), 0
    while at < len(words):
        found = match(heard, at, known, lexicon)
        length = found.length if found else 1
        spoken = words[at : at + length]
        if found and found.written != tuple(word.core for word in heard[at : at + length]):
            written = _respelled(spoken, heard[at : at + length], found)
            texts = tuple(word.text for _, word in written)
            original, gaps = tuple(word for _, word in spoken), tuple(gap for gap, _ in spoken[1:])
            name = " ".join(found.name)
            repairs.append(Repair(segment=number, place=len(done), heard=original, written=texts, name=name, gaps=gaps))
            spoken = written
        done += spoken
        at += length
    return (rewritten(segment, done) if repairs else segment), repairs


def _respelled(spoken: list[Spelled], heard: Sequence[Heard], found: Match) -> list[Spelled]:
    """The name in place of what was heard; as many words keep their times, others share them."""
    if len(found.written) == len(spoken):
        return [
            Spelled(gap, word.model_copy(update={"text": one.before + text + one.after}))
            for (gap, word), one, text in zip(spoken, heard, found.written, strict=True)
        ]
    texts = [*found.written]
    texts[0], texts[-1] = heard[0].before + texts[0], texts[-1] + heard[-1].after
    words = shared(texts, spoken[0].word.start, spoken[-1].word.end)
    return [Spelled(spoken[0].gap if place == 0 else " ", word) for place, word in enumerate(words)]
