"""The publisher's captions: which to fetch, and whether they can be trusted to be about this audio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails, PublisherTranscript
from ragtime_assets.domain.artifacts.transcript import Paragraph, Segment, Transcript
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.language.tags import language_code, same_language
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
from ragtime_assets.errors import EngineUnavailable, InvalidCaptions, RagtimeError, TransientError
from ragtime_assets.phases.listening.captions_trust import foreign, long_gaps, misfit
from ragtime_assets.phases.listening.local_audio import local_audio
from ragtime_assets.phases.listening.published_text import Note, PublishedText
from ragtime_assets.phases.listening.speakers import credited
from ragtime_assets.phases.listening.spot_check import (
    MOST_OFFSET,
    SECONDS,
    Verdict,
    found,
    silent_places,
    stretches,
    unsaid,
    verdict,
)
from ragtime_assets.ports import Blobs, CaptionReader, Fetcher, LanguageDetector, SpotListener

Kind = Literal["vtt", "srt", "json", "html", "text"]

MOST = 8
"""How many captions of an episode are fetched; the words of each are compared with the audio."""

_RANKS: tuple[Kind, ...] = ("vtt", "srt", "json", "html", "text")
_TYPES: dict[str, Kind] = {
    "text/vtt": "vtt",
    "application/x-subrip": "srt",
    "application/srt": "srt",
    "application/x-srt": "srt",
    "text/srt": "srt",
    "application/json": "json",
    "text/json": "json",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "application/octet-stream": "text",
    "": "text",
}
_ENDINGS: dict[str, Kind] = {".vtt": "vtt", ".srt": "srt", ".json": "json", ".html": "html", ".htm": "html"}


@dataclass(frozen=True)
class TranscriptTools:
    """What a transcript is made with, beside the engine that listens."""

    fetcher: Fetcher
    captions: CaptionReader
    listener: SpotListener
    languages: LanguageDetector
    blobs: Blobs
    vocabulary: Vocabulary


def published(
    details: EpisodeDetails, audio: AudioFile, tools: TranscriptTools, note: Note, *, insist: bool
) -> tuple[Transcript | None, list[PublishedText]]:
    """The first of the publisher's captions that can be trusted; the words of those that cannot be, for who listens.

    A server that does not answer today stops the phase only when `insist` says that nothing else will do.
    """
    texts: list[PublishedText] = []
    offers = preferred(details.transcripts, details.language, note)
    for offered, kind in offers[:MOST]:
        try:
            document = tools.fetcher.fetch(offered.url)
        except RagtimeError as error:
            if insist and isinstance(error, TransientError):
                raise
            note(f"captions at {offered.url} passed over: {error.message}")
            continue
        try:
            segments = tools.captions.read(document, offered.media_type)
        except InvalidCaptions as error:
            note(f"{offered.url} passed over as captions: {error.message}")
            texts.append(PublishedText(offered.url, tools.captions.paragraphs(document)))
            continue
        trusted = _trusted(segments, offered, kind, details, audio, tools, note)
        if trusted:
            return trusted, []
        words = tuple(Paragraph(text=one.text, speaker=one.speaker) for one in segments)
        texts.append(PublishedText(offered.url, words))
    if len(offers) > MOST:
        note(f"{len(offers) - MOST} more captions were not looked at: the best {MOST} are")
    return None, [text for text in texts if text.paragraphs]


def preferred(
    offered: Sequence[PublisherTranscript], language: str | None, note: Note
) -> list[tuple[PublisherTranscript, Kind]]:
    """The captions worth fetching, best first: in the episode's language before unmarked, VTT before SRT and so on."""
    ranked: list[tuple[tuple[bool, int, bool], PublisherTranscript, Kind]] = []
    passed_over: list[str] = []
    for one in offered:
        kind = kind_of(one)
        translated = bool(one.language and language) and not same_language(one.language, language)
        if kind is None:
            passed_over.append(f"transcript at {one.url} passed over: {one.media_type} is not a kind that can be read")
        elif translated:
            passed_over.append(
                f"captions at {one.url} passed over: they are in {one.language}, the episode is in {language}"
            )
        else:
            ranked.append(((one.language is None, _RANKS.index(kind), one.rel != "captions"), one, kind))
    for told in passed_over[:MOST]:
        note(told)
    if len(passed_over) > MOST:
        note(f"{len(passed_over) - MOST} more captions passed over, for the same reasons")
    return [(one, kind) for _, one, kind in sorted(ranked, key=lambda entry: entry[0])]


def kind_of(offered: PublisherTranscript) -> Kind | None:
    """What kind of captions these are, by their media type, or by their address when that says nothing."""
    by_type = _TYPES.get(offered.media_type.partition(";")[0].strip().lower())
    path = urlsplit(offered.url).path.lower()
    by_address: Kind | None = next((kind for ending, kind in _ENDINGS.items() if path.endswith(ending)), None)
    says_nothing = by_type is None or by_type == "text"
    return (by_address or by_type) if says_nothing else by_type


def _trusted(
    segments: tuple[Segment, ...],
    offered: PublisherTranscript,
    kind: Kind,
    details: EpisodeDetails,
    audio: AudioFile,
    tools: TranscriptTools,
    note: Note,
) -> Transcript | None:
    """The transcript that these captions make; None when they are not about this audio."""
    text = " ".join(segment.text for segment in segments)
    told, probability = tools.languages.detect(text)
    expected = language_code(offered.language) or language_code(details.language)
    duration = audio.facts.duration
    problem = misfit(segments, duration, min(MOST_OFFSET, duration / 2)) or foreign(told, probability, expected)
    result = Verdict(problem) if problem else _heard(segments, audio, tools, expected or told, note)
    moved = _moved(segments, result.offset, duration)
    if problem := result.problem or misfit(moved, duration) or _unsaid(moved, audio, tools, expected or told):
        note(f"captions at {offered.url} passed over: {problem}")
        return None
    return Transcript(
        engine=f"publisher {kind}",
        language=expected or told,
        language_probability=None if expected else probability,
        duration=duration,
        timing_source="publisher_offset" if result.offset else "publisher",
        offset=result.offset or None,
        source_url=offered.url,
        segments=credited(moved, details.persons),
    )


def _heard(segments: Sequence[Segment], audio: AudioFile, tools: TranscriptTools, language: str, note: Note) -> Verdict:
    """What listening to three stretches says of the captions; unchecked when nobody can listen."""
    starts = stretches(segments, audio.facts.duration)
    try:
        with local_audio(tools.blobs, audio) as path:
            heard = tools.listener.words_at(path, starts, SECONDS, language)
    except EngineUnavailable as error:
        note(f"captions not compared with the audio: {error.message}")
        return Verdict()
    findings = [found(start, words, segments) for start, words in zip(starts, heard, strict=True)]
    result = verdict(findings)
    if result.problem is None:
        agreement = min(one.agreement for one in findings if one.words) if findings else 0.0
        moved = f", {result.offset:+.1f} s later" if result.offset else ""
        note(f"captions compared with the audio in {len(findings)} places: {agreement:.0%} or more agree{moved}")
    return result


def _unsaid(segments: Sequence[Segment], audio: AudioFile, tools: TranscriptTools, language: str) -> str | None:
    """Why captions that are silent for long cannot be trusted, in words; None when nobody speaks meanwhile."""
    gaps = long_gaps(segments, audio.facts.duration)
    if not gaps:
        return None
    places = silent_places(gaps)
    try:
        with local_audio(tools.blobs, audio) as path:
            heard = tools.listener.words_at(path, places, SECONDS, language)
    except EngineUnavailable as error:
        where = f"between {clock(gaps[0].start)} and {clock(gaps[0].end)}"
        return f"they say nothing {where}, and nobody can listen whether anybody speaks there: {error.message}"
    return next(filter(None, map(unsaid, places, heard)), None)


def _moved(segments: Sequence[Segment], by: float, duration: float) -> tuple[Segment, ...]:
    """The segments in times of this audio, without what it does not have."""
    if not by:
        return tuple(segments)
    return tuple(segment.moved(by) for segment in segments if segment.end + by > 0 and segment.start + by < duration)
