"""What looks odd about an artifact, though not odd enough to stop its episode."""

from __future__ import annotations

from collections.abc import Iterator

from ragtime_assets.domain.audio_file import AudioFile
from ragtime_assets.domain.episode_details import EpisodeDetails
from ragtime_assets.domain.transcript import Transcript
from ragtime_assets.domain.words import clock

DURATION_TOLERANCE = 0.05
LOWEST_SAMPLE_RATE = 16_000
SLOWEST, FASTEST = 40, 260
LEAST_COVERED = 0.4


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
    if audio.facts.sample_rate < LOWEST_SAMPLE_RATE:
        yield f"{audio.facts.sample_rate} samples a second is telephone quality: expect mishearings"


def transcript_warnings(audio: AudioFile, transcript: Transcript) -> Iterator[str]:
    """Where the transcript does not fit the audio."""
    spoken = sum(segment.end - segment.start for segment in transcript.segments)
    if audio.facts.duration and spoken < LEAST_COVERED * audio.facts.duration:
        yield f"speech covers {spoken / audio.facts.duration:.0%} of the audio"
    pace = transcript.word_count / (spoken / 60) if spoken else 0.0
    if not SLOWEST <= pace <= FASTEST:
        yield f"{pace:.0f} words a minute is not how people talk"
