"""Transcripts, as short as a test can say them."""

from __future__ import annotations

from ragtime_assets.domain.artifacts.episode_details import Chapter
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word


def transcript_of(
    *segments: Segment, language: str = "en", duration: float | None = None, chapters: tuple[Chapter, ...] = ()
) -> Transcript:
    """A transcript of these segments, as long as they are unless the audio is longer."""
    return Transcript(
        engine="test",
        language=language,
        duration=duration or max((segment.end for segment in segments), default=1.0),
        timing_source="audio",
        segments=segments,
        chapters=chapters,
    )


def spoken(*sentences: str, language: str = "en", words: bool = True, chapters: tuple[Chapter, ...] = ()) -> Transcript:
    """A segment for each sentence and a second for each word; without `words` only segments have times."""
    segments: list[Segment] = []
    second = 0
    for sentence in sentences:
        said = sentence.split()
        timed = tuple(Word(start=second + n, end=second + n + 0.9, text=f" {word}") for n, word in enumerate(said))
        segments.append(Segment(start=second, end=second + len(said), text=sentence, words=timed if words else ()))
        second += len(said)
    return transcript_of(*segments, language=language, chapters=chapters)


def recognized(*sentences: str, language: str = "en") -> Transcript:
    """A transcript as speech recognition gives it, of a minute: each sentence from its beginning, each word likely."""
    return transcript_of(*map(_recognized, sentences), language=language, duration=60)


def _recognized(sentence: str) -> Segment:
    words = tuple(
        Word(start=float(place), end=place + 0.9, text=word, probability=0.9)
        for place, word in enumerate(sentence.split())
    )
    return Segment(start=0, end=float(len(words)), text=sentence, words=words)
