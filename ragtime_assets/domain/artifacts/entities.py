"""Who and what is mentioned, where, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.facts import Count, Fact, Table

MOST_NAMED = 15


class Candidate(NamedTuple):
    """Something an engine says it found in a chunk; `place` is where in the chunk's text, as far as it knows."""

    type: str
    name: str
    surface: str
    chunk: int
    confidence: float | None = None
    place: int = 0


class Mention(Record):
    """One mention in one chunk; `surface` stands in the chunk as it is, `name` is its full form."""

    type: str
    name: str
    surface: str
    chunk: int
    start: float
    context: str
    confidence: float | None = None


class Entities(Artifact):
    """All mentions in order of time; `dropped` counts those that were not in the text."""

    asset: ClassVar[str] = "entities"
    unfingerprinted: ClassVar[frozenset[str]] = frozenset({"vocabulary"})

    language: str
    mentions: tuple[Mention, ...]
    dropped: int = 0
    vocabulary: str | None = None
    """The version of the vocabulary that it was made in; None where that was not written down yet."""

    def tells(self) -> Iterator[Fact]:
        """How many there are, and who is named most."""
        counts = Counter((mention.name, mention.type) for mention in self.mentions)
        most = tuple((name, kind, str(count)) for (name, kind), count in counts.most_common(MOST_NAMED))
        yield Fact("mentions", Count(len(self.mentions), "mention"), brief=True)
        yield Fact("names", Count(len(counts), "name"), brief=True)
        yield Fact("dropped", self.dropped)
        yield Fact("preview", Table(("name", "type", "mentions"), most), heading="Most named")
