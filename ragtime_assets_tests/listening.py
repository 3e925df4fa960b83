"""An episode to be listened to, with its captions, its audio and the ears that hear it in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ragtime_assets.domain.artifacts.audio_file import AudioFacts, AudioFile
from ragtime_assets.domain.artifacts.episode_details import Chapter, EpisodeDetails, PublisherTranscript, Source
from ragtime_assets.domain.artifacts.transcript import Paragraph, Segment, Transcript
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.errors import RagtimeError
from ragtime_assets.phases.listening.captions import TranscriptTools
from ragtime_assets.phases.transcript import make_transcript
from ragtime_assets.ports import Account, Hints, Journal, Progress
from ragtime_assets_tests.fakes import FakeFetcher, FakeLanguageDetector, FakeSpotListener, segments_of

DURATION = 300.0
VTT = PublisherTranscript(url="http://show.example/1.vtt", media_type="text/vtt", language="en")


def said(start: float, end: float, text: str = "some words") -> Segment:
    return Segment(start=start, end=end, text=text)


GOOD = segments_of([f"Now we come to tune number{number} of all the tunes they played." for number in range(74)])
"""Until 296 seconds."""


def moved(by: float, since: float = 0.0) -> tuple[Segment, ...]:
    """What the audio says when something of `by` seconds was put in before `since`."""
    return tuple(segment.moved(by) if segment.start >= since else segment for segment in GOOD)


class Captions:
    """Reads the same cues from everything, or refuses; the words of a text it reads all the same."""

    def __init__(self, answer: tuple[Segment, ...] | RagtimeError = GOOD, *words: Paragraph) -> None:
        self.answer = answer
        self.words = words

    def read(self, captions: Document, media_type: str) -> tuple[Segment, ...]:
        if isinstance(self.answer, RagtimeError):
            raise self.answer
        return self.answer

    def paragraphs(self, captions: Document) -> tuple[Paragraph, ...]:
        return self.words


class Shelf:
    """Holds one file."""

    def put(self, path: Path, digest: str) -> None:
        raise AssertionError("the transcript keeps no blob")

    def put_bytes(self, content: bytes) -> str:
        raise AssertionError("the transcript keeps no blob")

    @contextmanager
    def local_copy(self, digest: str) -> Iterator[Path]:
        yield Path(digest)


class Ears:
    """Hears the same segments in everything, and remembers the hints."""

    engine = "ears"
    place: str | None = None

    def __init__(self, *segments: Segment, language: str = "en", probability: float = 0.9) -> None:
        self.segments = segments or (said(1, 2, "heard words"),)
        self.language, self.probability = language, probability
        self.hints: list[Hints] = []

    def transcribe(
        self,
        audio: Path,
        facts: AudioFacts,
        hints: Hints,
        progress: Progress,
        journal: Journal | None = None,
        account: Account | None = None,
    ) -> Transcript:
        self.hints.append(hints)
        return Transcript(
            engine=self.engine,
            language=self.language,
            language_probability=self.probability,
            duration=facts.duration,
            timing_source="audio",
            segments=self.segments,
            notes=("heard with care",),
        )


def details(**changes: Any) -> EpisodeDetails:
    usual: dict[str, Any] = {
        "engine": "test",
        "url": "http://show.example/1",
        "title": "An evening with Bill Evans",
        "language": "en-US",
        "source": Source(kind="canonical"),
        "outcome": "ok",
        "confidence": 1.0,
    }
    return EpisodeDetails(**{**usual, **changes})


def made(
    of: EpisodeDetails,
    mode: Any = "auto",
    web: FakeFetcher | None = None,
    captions: Captions | None = None,
    ears: Ears | None = None,
    chapters: tuple[Chapter, ...] = (),
    progress: list[str] | None = None,
    audible: tuple[Segment, ...] = GOOD,
    reads_as: tuple[str, float] = ("en", 0.99),
) -> Transcript:
    facts = AudioFacts(
        container="mp3", codec="mp3", duration=DURATION, sample_rate=44_100, channels=1, chapters=chapters
    )
    audio = AudioFile(
        engine="test",
        sha256="a" * 64,
        bytes=1,
        facts=facts,
        url="http://show.example/1.mp3",
        tier="direct",
        attempts=(),
    )
    said_aloud = progress if progress is not None else []
    return make_transcript(
        of,
        audio,
        mode=mode,
        tools=TranscriptTools(
            fetcher=web or FakeFetcher({one.url: b"" for one in of.transcripts}),
            captions=captions or Captions(),
            listener=FakeSpotListener(audible),
            languages=FakeLanguageDetector(*reads_as),
            blobs=Shelf(),
            vocabulary=load_vocabulary(),
        ),
        transcriber=ears or Ears(),
        progress=lambda done, total, doing: said_aloud.append(doing),
    )
