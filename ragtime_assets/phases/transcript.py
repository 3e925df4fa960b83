"""The transcript: the publisher's captions when they are good, else what is heard.

Captions are checked against the measured audio before they are trusted. What is passed over, and why, goes
into the transcript's notes. How captions are read and how speech is heard are adapters' business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from ragtime_assets.domain.audio_file import AudioFile
from ragtime_assets.domain.episode_details import Chapter, EpisodeDetails, PublisherTranscript
from ragtime_assets.domain.transcript import Segment, Transcript
from ragtime_assets.errors import (
    ArtifactCorrupt,
    InvalidCaptions,
    NoSpeech,
    OutputInvalid,
    RagtimeError,
    TransientError,
)
from ragtime_assets.ports import Blobs, CaptionReader, Fetcher, Hints, Progress, Transcriber

Mode = Literal["auto", "publisher", "whisper"]
Kind = Literal["vtt", "srt"]

UNKNOWN_LANGUAGE = "und"
MAX_NAMES = 15
_KINDS: dict[str, Kind] = {
    "text/vtt": "vtt",
    "application/x-subrip": "srt",
    "application/srt": "srt",
    "application/x-srt": "srt",
    "text/srt": "srt",
}
_OVERHANG = 5.0
"""Seconds that captions may go on after the audio, for rounding."""
_CAPITALISED = r"[A-Z\u00c0-\u00de][\w'\u2019-]*"
_NAME_RUN = re.compile(rf"{_CAPITALISED}(?: (?:(?:de|du|van|von|der|la|le) )?{_CAPITALISED})*")


def make_transcript(
    details: EpisodeDetails,
    audio: AudioFile,
    *,
    mode: Mode,
    fetcher: Fetcher,
    captions: CaptionReader,
    blobs: Blobs,
    transcriber: Transcriber,
    progress: Progress,
) -> Transcript:
    """What is said in the episode, in order of time; raises NoSpeech when nothing is."""
    notes: list[str] = []

    def note(what: str) -> None:
        notes.append(what)
        progress(0, audio.facts.duration, what)

    found = None
    if mode != "whisper":
        found = _published(details, audio, fetcher, captions, note, insist=mode == "publisher")
        if found is None and mode == "publisher":
            raise InvalidCaptions(
                "no captions of the publisher can be used: " + ("; ".join(notes) or "none are offered")
            )
    if found is None:
        found = _heard(details, audio, blobs, transcriber, progress)
    if not found.word_count:
        raise NoSpeech(f"{found.engine} found no words in {audio.facts.duration:.0f} seconds of audio")
    chapters = _chapters(details, audio, fetcher, note)
    return found.model_copy(update={"chapters": chapters, "notes": (*found.notes, *notes)})


def _heard(
    details: EpisodeDetails, audio: AudioFile, blobs: Blobs, transcriber: Transcriber, progress: Progress
) -> Transcript:
    try:
        with blobs.local_copy(audio.sha256) as path:
            return in_order(transcriber.transcribe(path, audio.facts, Hints(names=names(details)), progress))
    except ArtifactCorrupt as error:
        raise ArtifactCorrupt(
            f"the audio cannot be heard: {error.message}", remedy="ragtime redo KEY --from audio_file"
        ) from error


def _published(
    details: EpisodeDetails,
    audio: AudioFile,
    fetcher: Fetcher,
    captions: CaptionReader,
    note: Callable[[str], None],
    *,
    insist: bool,
) -> Transcript | None:
    """The first of the publisher's captions that can be trusted; None when there are none.

    A server that does not answer today stops the phase only when `insist` says that nothing else will do.
    """
    duration = audio.facts.duration
    for offered, kind in preferred(details.transcripts, details.language, note):
        try:
            document = fetcher.fetch(offered.url)
            segments = captions.read(document, offered.media_type)
        except RagtimeError as error:
            if insist and isinstance(error, TransientError):
                raise
            note(f"captions at {offered.url} passed over: {error.message}")
            continue
        if problem := misfit(segments, duration):
            note(f"captions at {offered.url} passed over: {problem}")
            continue
        return Transcript(
            engine=f"publisher {kind}",
            language=primary(offered.language) or primary(details.language) or UNKNOWN_LANGUAGE,
            duration=duration,
            timing_source="publisher",
            source_url=offered.url,
            segments=segments,
        )
    return None


def preferred(
    offered: Sequence[PublisherTranscript], language: str | None, note: Callable[[str], None]
) -> list[tuple[PublisherTranscript, Kind]]:
    """The captions worth fetching, best first: in the episode's language before unmarked, VTT before SRT."""
    ranked: list[tuple[tuple[bool, bool], PublisherTranscript, Kind]] = []
    for one in offered:
        kind = kind_of(one)
        translated = bool(one.language and language) and primary(one.language) != primary(language)
        if kind is None:
            note(f"transcript at {one.url} passed over: {one.media_type} has no times that can be read")
        elif translated:
            note(f"captions at {one.url} passed over: they are in {one.language}, the episode is in {language}")
        else:
            ranked.append(((one.language is None, kind == "srt"), one, kind))
    return [(one, kind) for _, one, kind in sorted(ranked, key=lambda entry: entry[0])]


def kind_of(offered: PublisherTranscript) -> Kind | None:
    """What kind of captions these are, by their media type, else by the end of their address."""
    by_type = _KINDS.get(offered.media_type.partition(";")[0].strip().lower())
    path = urlsplit(offered.url).path.lower()
    return by_type or ("vtt" if path.endswith(".vtt") else "srt" if path.endswith(".srt") else None)


def misfit(segments: Sequence[Segment], duration: float) -> str | None:
    """Why captions cannot belong to audio of this length, in words; None when they can."""
    if _disordered(segments):
        return "their times go backwards"
    last = max((segment.end for segment in segments), default=0.0)
    if last > duration + _OVERHANG:
        return f"they go on until {last:.0f} s, but the audio ends at {duration:.0f} s"
    if duration - last > max(60.0, duration * 0.2):
        return f"they end at {last:.0f} s, but the audio goes on until {duration:.0f} s"
    covered = _covered(segments)
    if covered < duration / 2:
        return f"they cover only {covered:.0f} s of {duration:.0f} s of audio"
    return None


def in_order(transcript: Transcript) -> Transcript:
    """The transcript, or OutputInvalid when its times go backwards."""
    if _disordered(transcript.segments):
        raise OutputInvalid(
            f"the times that {transcript.engine} gave go backwards",
            remedy="ragtime redo KEY --from transcript, or set another RAGTIME_TRANSCRIBER.",
        )
    return transcript


def names(details: EpisodeDetails) -> tuple[str, ...]:
    """Names that will probably be said: the people credited, then runs of capitals in the title."""
    runs = _NAME_RUN.findall(details.title)
    likely = [run for run in runs if " " in run or not details.title.startswith(run)]
    distinct: dict[str, str] = {}
    for name in [*(person.name for person in details.persons), *likely]:
        distinct.setdefault(name.casefold(), name)
    return tuple(distinct.values())[:MAX_NAMES]


def primary(language: str | None) -> str | None:
    """The language of a tag such as `de-AT`, without its region."""
    return (language or "").strip().lower().replace("_", "-").partition("-")[0] or None


def _disordered(segments: Sequence[Segment]) -> bool:
    timed = [*segments, *(word for segment in segments for word in segment.words)]
    ends_early = any(one.end < one.start for one in timed)
    return ends_early or any(after.start < before.start for before, after in pairwise(segments))


def _covered(segments: Iterable[Segment]) -> float:
    """Seconds in which something is said, overlaps counted once."""
    covered, reached = 0.0, 0.0
    for segment in segments:
        covered += max(0.0, segment.end - max(segment.start, reached))
        reached = max(reached, segment.end)
    return covered


_Second = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _FileChapter(BaseModel):
    """A chapter as Podcasting 2.0 writes it."""

    start: _Second = Field(alias="startTime")
    end: _Second | None = Field(None, alias="endTime")
    title: str | None = None
    url: str | None = None
    img: str | None = None
    toc: bool = True


class _ChapterFile(BaseModel):
    chapters: list[_FileChapter]


def _chapters(
    details: EpisodeDetails, audio: AudioFile, fetcher: Fetcher, note: Callable[[str], None]
) -> tuple[Chapter, ...]:
    """The feed's own chapters, else its chapter file, else the audio's; a broken file costs only itself."""
    if details.chapters:
        return details.chapters
    if details.chapters_url:
        try:
            return read_chapters(fetcher.fetch(details.chapters_url).body)
        except RagtimeError as error:
            note(f"chapters at {details.chapters_url} passed over: {error.message}")
        except ValidationError as error:
            note(f"chapters at {details.chapters_url} passed over: {error.error_count()} mistakes in the file")
    return audio.facts.chapters


def read_chapters(body: bytes) -> tuple[Chapter, ...]:
    """The visible chapters of a Podcasting 2.0 chapter file; raises pydantic's ValidationError."""
    entries = _ChapterFile.model_validate_json(body).chapters
    visible = sorted((entry for entry in entries if entry.toc and entry.title), key=lambda entry: entry.start)
    return tuple(
        Chapter(start=entry.start, title=entry.title or "", end=entry.end, url=entry.url, image=entry.img)
        for entry in visible
    )
