"""How well and how fast the rules find entities: F1 on labelled paragraphs, words per second, time per name.

    python -m benchmarks.entities [--errors]

Two sets, both read as transcripts of one paragraph with the default packs:

- `entities.toml`, jazz: every mention with its exact type. Errors of its held-out paragraphs were printed once while
  the rules were mended.
- `data/entities_domains.toml`, six domains, written without sight of the rules: each name once a paragraph with its
  kind (person, organisation, place, work, event). What `either` lists counts as nothing, nor does a surname alone of a
  listed person. The first half of the paragraphs of each domain and language was used to tune; of the second only
  numbers were looked at while tuning. But whoever wrote the lists of names had read the second half of jazz, cooking,
  science and most of German history before, and some names in them (Svalbard, Norwich, Ilona) stand there: those
  figures flatter. Technology, sport and English history were unread: precision .92 (24 of 26) in English, .94 (16 of
  17) in German. The lower-case variants are counted by themselves, together.

Precision / recall of the rules of the core and the jazz pack ("rules 3"):

    entities.toml, F1       tuning en .96, de .96; held out en .94, de .87; held out 2 en .80, de .88
    six domains             en tuning     en held out    de tuning     de held out
      jazz                  1.00 / .88    1.00 / .84     1.00 / .80     .93 / .81
      technology            1.00 / .64    1.00 / .56     1.00 / .77    1.00 / .50
      sport                  .92 / .75     .90 / .53     1.00 / .87     .90 / .60
      history               1.00 / .72     .86 / .40     1.00 / .79    1.00 / .50
      cooking               1.00 / .50     .75 / .50     1.00 / .43    1.00 / .60
      science               1.00 / .67    1.00 / .86     1.00 / 1.00   1.00 / .50
      beyond jazz            .97 / .68     .92 / .54     1.00 / .79     .97 / .54
    lower case, all          .98 / .44

A held-out domain has 3 to 17 names in a language: one wrong name of four is the .75. So few paragraphs are a smoke
test, not a proof. Times compare on one machine only.
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
DOMAINS = Path(__file__).parent / "data" / "entities_domains.toml"
JAZZ = "jazz"
_MARKED = re.compile(r"\[([^|\]]+)\|([a-z_]+)\]")
NAMES = 59
KINDS = frozenset({"person", "organisation", "place", "work", "event"})


class Paragraph(NamedTuple):
    """A text and what is in it."""

    language: str
    use: str
    text: str
    entities: Counter[tuple[str, str]]


class DomainParagraph(NamedTuple):
    """A text of a domain, the kinds of names in it, and the names that may be found or not."""

    domain: str
    language: str
    lower_case: bool
    held_out: bool
    text: str
    entities: frozenset[tuple[str, str]]
    either: frozenset[str]


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
    report_jazz(vocabulary)
    report_domains(vocabulary)
    if "--errors" not in sys.argv:
        report_speed(vocabulary)


def report_jazz(vocabulary: Vocabulary) -> None:
    """Exact types on the paragraphs of jazz, in which only the types of the jazz pack and its places are marked."""
    paragraphs = list(read_paragraphs())
    marked = {type_ for paragraph in paragraphs for _, type_ in paragraph.entities}
    for use in ("tuning", "held out", "held out 2"):
        for language in ("en", "de"):
            some = [paragraph for paragraph in paragraphs if (paragraph.language, paragraph.use) == (language, use)]
            print(f"{use:10} {language}  {score(some, vocabulary, marked)}")
            print(f"{'':10} {language}  {score(some, vocabulary, {'musician'})}  musicians only")
            if "--errors" in sys.argv:
                show_errors(some, vocabulary, marked)


def report_domains(vocabulary: Vocabulary) -> None:
    """The five kinds, on the paragraphs of six domains: the first half of each for tuning, the second held out."""
    paragraphs = [paragraph for paragraph in read_domains() if not paragraph.lower_case]
    lower = [paragraph for paragraph in read_domains() if paragraph.lower_case]
    for held_out in (False, True):
        half = [paragraph for paragraph in paragraphs if paragraph.held_out == held_out]
        print("held out half" if held_out else "tuning half")
        for language in ("en", "de"):
            for domain in dict.fromkeys(paragraph.domain for paragraph in half):
                some = [paragraph for paragraph in half if (paragraph.domain, paragraph.language) == (domain, language)]
                print(f"{domain:12} {language}  {score_kinds(some, vocabulary)}")
                if "--errors" in sys.argv:
                    show_kind_errors(some, vocabulary)
            some = [paragraph for paragraph in half if paragraph.language == language and paragraph.domain != JAZZ]
            print(f"{'beyond jazz':12} {language}  {score_kinds(some, vocabulary)}")
    print(f"{'lower case':12}     {score_kinds(lower, vocabulary)}")


def report_speed(vocabulary: Vocabulary) -> None:
    """Words per second and time per name."""
    texts = [paragraph.text for paragraph in read_paragraphs() if paragraph.language == "en"]
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


def read_domains() -> Iterable[DomainParagraph]:
    """The labelled paragraphs of six domains; of those of one domain and language, the first half is for tuning."""
    entries = tomllib.loads(DOMAINS.read_text(encoding="utf-8"))["paragraph"]
    sizes = Counter((entry["domain"], entry["language"]) for entry in entries)
    seen: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        group = entry["domain"], entry["language"]
        seen[group] += 1
        names = frozenset((name["name"], name["type"]) for name in entry["entities"] if name["type"] in KINDS)
        held_out = seen[group] > (sizes[group] + 1) // 2
        yield DomainParagraph(*group, entry["lower_case"], held_out, entry["text"], names, frozenset(entry["either"]))


def found_kinds(paragraph: DomainParagraph, vocabulary: Vocabulary) -> set[tuple[str, str]]:
    """The names that are found with their kind; left out is what may be either, and a surname of a name in full."""
    spoken = transcript(paragraph.text, paragraph.language)
    kinds = {type_.key: type_.kind_of or type_.key for type_ in vocabulary.types}
    mentions = make_entities(spoken, make_chunks(spoken), vocabulary).mentions
    named = {(mention.surface, kinds[mention.type]) for mention in mentions if kinds[mention.type] in KINDS}
    surnames = {name.split()[-1] for name, kind in paragraph.entities if kind == "person"}
    short = {(name, kind) for name, kind in named if kind == "person" and name in surnames} - paragraph.entities
    return {(name, kind) for name, kind in named - short if name not in paragraph.either}


def score_kinds(paragraphs: Iterable[DomainParagraph], vocabulary: Vocabulary) -> Score:
    """Exact surface and kind, each name once a paragraph."""
    right = there = seen = 0
    for paragraph in paragraphs:
        got = found_kinds(paragraph, vocabulary)
        right, seen, there = right + len(got & paragraph.entities), seen + len(got), there + len(paragraph.entities)
    return Score(right, seen, there)


def show_kind_errors(paragraphs: Iterable[DomainParagraph], vocabulary: Vocabulary) -> None:
    """What was missed and what was made up; of the held-out half only the numbers are for tuning."""
    for paragraph in paragraphs:
        if not paragraph.held_out:
            got = found_kinds(paragraph, vocabulary)
            print("   missed ", sorted(paragraph.entities - got))
            print("   made up", sorted(got - paragraph.entities))


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


def show_errors(paragraphs: Iterable[Paragraph], vocabulary: Vocabulary, types: set[str]) -> None:
    """What was missed and what was made up."""
    for paragraph in paragraphs:
        got = only(found(paragraph, vocabulary), types)
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
