"""What is said in the episode, timed to the word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.artifacts.episode_details import Chapter
from ragtime_assets.domain.facts import Count, Fact, Moments
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.language.words import count_words

TimingSource = Literal["audio", "publisher", "publisher_offset"]


class Word(Record):
    """One word; `interpolated` when its times were spread over a caption cue, not heard."""

    start: float
    end: float
    text: str
    probability: float | None = None
    interpolated: bool = False


class Segment(Record):
    """A stretch of speech, mostly a sentence."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    language: str | None = None
    words: tuple[Word, ...] = ()

    def moved(self, by: float) -> Segment:
        """The same, `by` seconds later."""
        words = tuple(
            word.model_copy(update={"start": _rounded(word.start + by), "end": _rounded(word.end + by)})
            for word in self.words
        )
        times = {"start": _rounded(self.start + by), "end": _rounded(self.end + by)}
        return self.model_copy(update={**times, "words": words})


class Repair(Record):
    """What was heard, and what stands in its place: `written` words from `place` on, in one segment."""

    segment: int
    place: int
    heard: tuple[Word, ...]
    written: tuple[str, ...]
    name: str
    """The name that it was taken for."""
    rule: int | None = None
    """The rule of a person that says so; None where feed and show notes do."""
    gaps: tuple[str, ...] = ()
    """What stood between the words that were heard; a space where nothing is noted."""


class LeftOut(Record):
    """A stretch without words though an engine wrote some for it, or though somebody speaks; and why."""

    start: float
    end: float
    why: str

    def moved(self, by: float) -> LeftOut:
        """The same, `by` seconds later."""
        return self.model_copy(update={"start": _rounded(self.start + by), "end": _rounded(self.end + by)})


class Paragraph(Record):
    """What somebody says in one go, published without times."""

    text: str
    speaker: str | None = None


def _rounded(second: float) -> float:
    return round(max(second, 0.0), 3)


def _without_overlays(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, "repairs": [], "left_out": []}


def _without_taught_names(payload: dict[str, Any]) -> dict[str, Any]:
    repairs: list[dict[str, Any]] = [{**repair, "rule": None, "gaps": []} for repair in payload["repairs"]]
    return {**payload, "repairs": repairs, "also_spelled": []}


class Transcript(Artifact):
    """All segments in order of time."""

    asset: ClassVar[str] = "transcript"
    schema_version: ClassVar[int] = 3
    upgrades: ClassVar[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {
        1: _without_overlays,
        2: _without_taught_names,
    }
    unfingerprinted: ClassVar[frozenset[str]] = frozenset({"notes", "also_spelled"})
    files: ClassVar[Mapping[str, str]] = {"vtt": "vtt", "srt": "srt", "podcast.json": "podcast.json", "txt": "txt"}

    language: str
    language_probability: float | None = None
    duration: float
    timing_source: TimingSource
    offset: float | None = None
    """Seconds by which the publisher's times were moved to fit this audio; None when they were not."""
    source_url: str | None = None
    """Where the publisher's words are; None when there are none."""
    segments: tuple[Segment, ...]
    repairs: tuple[Repair, ...] = ()
    """Where the segments hold another spelling than was heard, in the order in which they were made."""
    also_spelled: tuple[str, ...] = ()
    """The digests that the same hearing had when its names were spelled otherwise."""
    left_out: tuple[LeftOut, ...] = ()
    """What was heard and not taken for speech."""
    chapters: tuple[Chapter, ...] = ()
    notes: tuple[str, ...] = ()
    """What was passed over on the way, and why."""

    @property
    def text(self) -> str:
        """The whole transcript as one text."""
        return " ".join(segment.text for segment in self.segments)

    @property
    def word_count(self) -> int:
        """How many words were said."""
        return sum(count_words(segment.text) for segment in self.segments)

    def chapter_at(self, second: float) -> Chapter | None:
        """The chapter that is running at `second`."""
        started = [chapter for chapter in self.chapters if chapter.start <= second]
        return max(started, key=lambda chapter: chapter.start, default=None)

    def tells(self) -> Iterator[Fact]:
        """How much was said, in which language, and how it begins."""
        speakers = sorted({segment.speaker for segment in self.segments if segment.speaker})
        yield Fact("words", Count(self.word_count, "word"), brief=True)
        yield Fact("language", self.language, brief=True)
        yield Fact("duration", clock(self.duration), brief=True)
        yield Fact("segments", len(self.segments))
        yield Fact("timing_source", self.timing_source)
        yield Fact("offset_seconds", self.offset or 0.0)
        yield Fact("speakers", ", ".join(speakers) or "unknown")
        yield Fact("names_repaired", len(self.repairs))
        yield Fact("names_taught", sum(repair.rule is not None for repair in self.repairs))
        yield Fact("left_out_seconds", round(sum(one.end - one.start for one in self.left_out), 1))
        yield Fact("chapters", len(self.chapters))
        yield Fact("preview", Moments(tuple((segment.start, segment.text) for segment in self.segments[:6])))


def left_out_by_reason(left_out: Iterable[LeftOut]) -> tuple[str, ...]:
    """How many seconds were left out for each reason, as people read it."""
    seconds: dict[str, float] = {}
    for one in left_out:
        seconds[one.why] = seconds.get(one.why, 0.0) + one.end - one.start
    return tuple(f"{total:.0f} s left out: {why}" for why, total in seconds.items())
