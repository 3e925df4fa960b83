"""How well and how fast the rules find entities: F1 on labelled paragraphs, words per second, time per name.

    python -m benchmarks.entities [--errors]

A dozen short paragraphs are a smoke test, not a proof; compare numbers of one machine only.
"""

from __future__ import annotations

import re
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary, load_vocabulary
from ragtime_assets.phases.chunks import make_chunks
from ragtime_assets.phases.entities import make_entities
from ragtime_assets.phases.reading.names.grounding import ChunkClock

LABELLED = Path(__file__).with_suffix(".toml")
_MARKED = re.compile(r"\[([^|\]]+)\|([a-z_]+)\]")
NAMES = 59


class Paragraph(NamedTuple):
    """A text and what is in it."""

    language: str
    use: str
    text: str
    entities: Counter[tuple[str, str]]


class Score(NamedTuple):
    """Found and right, found, there."""

    right: int
    found: int
    there: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / max(self.found + self.there, 1)

    def __str__(self) -> str:
        """Precision, recall and F1 as people read them."""
        precision, recall = self.right / max(self.found, 1), self.right / max(self.there, 1)
        return (
            f"P {precision:.2f}  R {recall:.2f}  F1 {self.f1:.2f}  ({self.right} of {self.there}, {self.found} found)"
        )


def main() -> None:
    """Print every number."""
    vocabulary = load_vocabulary()
    paragraphs = list(read_paragraphs())
    for use in ("tuning", "held out", "held out 2"):
        for language in ("en", "de"):
            some = [paragraph for paragraph in paragraphs if (paragraph.language, paragraph.use) == (language, use)]
            print(f"{use:10} {language}  {score(some, vocabulary)}")
            print(f"{'':10} {language}  {score(some, vocabulary, {'musician'})}  musicians only")
            if "--errors" in sys.argv:
                show_errors(some, vocabulary)
    texts = [paragraph.text for paragraph in paragraphs if paragraph.language == "en"]
    episode = transcript(" ".join(texts * 60), "en")
    chunks = make_chunks(episode)
    seconds = fastest(lambda: make_entities(episode, chunks, vocabulary))
    print(f"speed     {episode.word_count / seconds:,.0f} words/s over {episode.word_count:,} words")
    report_times(episode, chunks, make_entities(episode, chunks, vocabulary))


def read_paragraphs() -> Iterable[Paragraph]:
    """The labelled paragraphs, their marks taken off."""
    for entry in tomllib.loads(LABELLED.read_text(encoding="utf-8"))["paragraph"]:
        marked = " ".join(entry["text"].split())
        entities = Counter((surface, type_) for surface, type_ in _MARKED.findall(marked))
        yield Paragraph(entry["language"], entry["use"], _MARKED.sub(r"\1", marked), entities)


def transcript(text: str, language: str) -> Transcript:
    """`text` as a transcript of one segment per sentence, 0.4 s per word."""
    segments: list[Segment] = []
    clock = 0.0
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        words = [
            Word(start=clock + 0.4 * number, end=clock + 0.4 * number + 0.3, text=word)
            for number, word in enumerate(sentence.split())
        ]
        segments.append(Segment(start=clock, end=words[-1].end, text=sentence, words=tuple(words)))
        clock = words[-1].end + 0.1
    return Transcript(
        engine="benchmark", language=language, duration=clock, timing_source="audio", segments=tuple(segments)
    )


def found(paragraph: Paragraph, vocabulary: Vocabulary) -> Counter[tuple[str, str]]:
    """What the rules find in the paragraph."""
    spoken = transcript(paragraph.text, paragraph.language)
    entities = make_entities(spoken, make_chunks(spoken), vocabulary)
    once = {(mention.surface, mention.type, mention.start) for mention in entities.mentions}
    return Counter((surface, type_) for surface, type_, _ in once)


def score(paragraphs: Iterable[Paragraph], vocabulary: Vocabulary, types: set[str] | None = None) -> Score:
    """Exact surface and type, summed over the paragraphs."""
    right = there = seen = 0
    for paragraph in paragraphs:
        got = only(found(paragraph, vocabulary), types)
        wanted = only(paragraph.entities, types)
        right, seen, there = right + (got & wanted).total(), seen + got.total(), there + wanted.total()
    return Score(right, seen, there)


def only(entities: Counter[tuple[str, str]], types: set[str] | None) -> Counter[tuple[str, str]]:
    """Those of `types`, or all."""
    return entities if types is None else Counter({key: n for key, n in entities.items() if key[1] in types})


def show_errors(paragraphs: Iterable[Paragraph], vocabulary: Vocabulary) -> None:
    """What was missed and what was made up."""
    for paragraph in paragraphs:
        got = found(paragraph, vocabulary)
        print("   missed ", sorted((paragraph.entities - got).elements()))
        print("   made up", sorted((got - paragraph.entities).elements()))


def report_times(episode: Transcript, chunks: Chunks, entities: Entities) -> None:
    """The time to find the seconds of 59 names over an episode of an hour."""
    hour = [chunk for chunk in chunks.chunks if chunk.start < 3600]
    wanted = [mention for mention in entities.mentions if mention.chunk < len(hour)]
    step = max(len(wanted) // NAMES, 1)
    names = wanted[::step][:NAMES]
    clocks = {chunk.index: ChunkClock(chunk, episode.segments) for chunk in hour}

    def ask() -> None:
        for mention in names:
            clocks[mention.chunk].start_of(mention.surface)

    def make() -> None:
        for chunk in hour:
            ChunkClock(chunk, episode.segments)

    print(f"times     {len(names)} names over {len(hour)} chunks: {fastest(ask) * 1000:.2f} ms")
    print(f"          reading the words of all {len(hour)} chunks once: {fastest(make) * 1000:.1f} ms")


def fastest(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of the fastest of a few runs: the others met somebody else's work."""
    taken: list[float] = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


if __name__ == "__main__":
    main()
