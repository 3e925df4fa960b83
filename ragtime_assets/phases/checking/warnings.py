"""What looks odd about an artifact, though not odd enough to stop its episode."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript, left_out_by_reason
from ragtime_assets.domain.figures import clock, plural
from ragtime_assets.domain.language.tags import SURE, language_code, reads_alike, same_language
from ragtime_assets.domain.language.words import count_words, letters
from ragtime_assets.domain.money.spending import Total
from ragtime_assets.domain.reading.summary_faults import (
    FEWEST_WORDS,
    copy_fault,
    language_fault,
    length_fault,
    moments_fault,
)
from ragtime_assets.phases.listening.captions_trust import covered
from ragtime_assets.ports import LanguageDetector

DURATION_TOLERANCE = 0.05
LOWEST_SAMPLE_RATE = 16_000
SLOWEST, FASTEST = 40, 260
LEAST_COVERED = 0.4
MOST_LEFT_OUT = 15.0
"""Seconds; a title tune on which words are made up is shorter."""
MOST_REPEATS = 6
LONGEST_PHRASE = 24
FEWEST_OPEN, MOST_OPEN = 3, 0.3
"""Of names that may mean several."""
MOST_DROPPED = 0.2
"""The share of mentions that are not in the text, above which the others are doubtful too."""
LONG = 500
"""In so many words something is named."""


def episode_details_warnings(details: EpisodeDetails) -> Iterator[str]:
    """What the publisher left out."""
    needed = {
        "show": details.show,
        "published": details.published,
        "language": details.language,
        "audio": details.audio,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        yield f"not found: {', '.join(missing)}"


def audio_file_warnings(details: EpisodeDetails, audio: AudioFile) -> Iterator[str]:
    """Where the audio is not what was announced."""
    declared, measured = details.duration, audio.facts.duration
    if declared and abs(declared - measured) > max(declared * DURATION_TOLERANCE, 2.0):
        yield f"the publisher says {clock(declared)}, the audio lasts {clock(measured)}"
    if audio.low_confidence:
        yield f"it may be another episode's: {audio.recognised}"
    if audio.facts.sample_rate < LOWEST_SAMPLE_RATE:
        yield f"{audio.facts.sample_rate} samples a second is telephone quality: expect mishearings"


def coverage_warnings(audio: AudioFile, transcript: Transcript) -> Iterator[str]:
    """Where little of the audio is speech."""
    spoken = covered(transcript.segments)
    if audio.facts.duration and spoken < LEAST_COVERED * audio.facts.duration:
        yield f"speech covers {spoken / audio.facts.duration:.0%} of the audio"
    missing = sum(one.end - one.start for one in transcript.left_out)
    if missing > MOST_LEFT_OUT:
        yield from left_out_by_reason(transcript.left_out)


def repetition_warnings(transcript: Transcript) -> Iterator[str]:
    """Where a few words come again and again, as they do when an engine hears what nobody says."""
    spoken = [(letters(text), segment.start) for segment in transcript.segments for text in segment.text.split()]
    words = [word for word, _ in spoken]
    for size in range(1, LONGEST_PHRASE + 1):
        again = (mine == later for mine, later in zip(words, words[size:], strict=False))
        reached = 0
        for same, run in groupby(again):
            length = len(list(run))
            if same and length >= size * (MOST_REPEATS - 1):
                phrase = " ".join(words[reached : reached + size])
                yield f'"{phrase}" is said {length // size + 1} times in a row at {clock(spoken[reached][1])}'
                return
            reached += length


def language_warnings(details: EpisodeDetails, transcript: Transcript, languages: LanguageDetector) -> Iterator[str]:
    """Where feed, engine and text disagree on the language."""
    announced = language_code(details.language)
    if announced and not same_language(announced, transcript.language):
        yield f"the feed says {announced}, the transcript is in {transcript.language}"
    told, probability = languages.detect(transcript.text)
    if probability >= SURE and not reads_alike(told, transcript.language):
        yield f"the transcript is said to be in {transcript.language}, and reads as {told}"


def pace_warnings(transcript: Transcript) -> Iterator[str]:
    """Where more or fewer words are said than people say."""
    spoken = covered(transcript.segments)
    pace = transcript.word_count / (spoken / 60) if spoken else 0.0
    if not SLOWEST <= pace <= FASTEST:
        yield f"{pace:.0f} words a minute is not how people talk"


def summary_language_warnings(summary: Summary, transcript: Transcript, languages: LanguageDetector) -> Iterator[str]:
    """Where the summary is not in the episode's language."""
    yield from _said(language_fault(summary.text, transcript, languages.detect))


def summary_length_warnings(summary: Summary, transcript: Transcript) -> Iterator[str]:
    """Where the summary is too short, unless the episode is shorter, or too long."""
    yield from _said(length_fault(summary.text, min(FEWEST_WORDS, count_words(transcript.text))))


def key_moment_warnings(summary: Summary, audio: AudioFile) -> Iterator[str]:
    """Where a key moment is outside the audio, or before the one that it follows."""
    yield from _said(moments_fault(summary.key_moments, 0, audio.facts.duration))


def copy_warnings(summary: Summary, told: str) -> Iterator[str]:
    """Where the summary repeats what the model was told to do."""
    titles = (moment.title for moment in summary.key_moments)
    yield from _said(copy_fault("\n".join((summary.line, summary.text, *titles)), told))


def grounding_warnings(entities: Entities) -> Iterator[str]:
    """Where an engine named much that nobody said."""
    named = len(entities.mentions) + entities.dropped
    if named and entities.dropped > MOST_DROPPED * named:
        yield f"{entities.dropped} of {named} mentions were dropped: they are not in the text, or of no type"


def open_link_warnings(links: EntityLinks) -> Iterator[str]:
    """Where many names stay open: each with those who may be meant."""
    open_ = [one for one in links.decisions if one.outcome == "ambiguous"]
    if len(open_) >= FEWEST_OPEN and len(open_) > MOST_OPEN * len(links.decisions):
        yield f"{len(open_)} of {plural(len(links.decisions), 'name')} may mean several"
        yield from (f"{one.name} ({one.type}): {one.sentence}" for one in open_)


def later_link_warnings(links: EntityLinks) -> Iterator[str]:
    """Where there was no time to look names up."""
    later = [one.name for one in links.decisions if one.later]
    if later:
        yield f"{plural(len(later), 'name')} could not be looked up in MusicBrainz in time: {', '.join(later)}"


def silence_warnings(entities: Entities, transcript: Transcript) -> Iterator[str]:
    """Where nothing at all is named in a long episode."""
    words = count_words(transcript.text)
    if not entities.mentions and words >= LONG:
        yield f"nobody and nothing is named in {words:,} words"


def _said(fault: str | None) -> Iterator[str]:
    if fault:
        yield fault


def spend_warnings(total: Total) -> Iterator[str]:
    """What of an episode's spending is not known."""
    if total.unpriced:
        yield f"{plural(total.unpriced, 'model call')} cost nobody knows what: name their prices in RAGTIME_PRICES"
    if total.open:
        yield f"{plural(total.open, 'model call')} never ended: it may have been paid for nothing"
