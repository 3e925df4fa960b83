"""What looks odd about an artifact, though not odd enough to stop its episode."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.audio_file import AudioFacts, AudioFile
from ragtime_assets.domain.transcript import Transcript
from ragtime_assets.phases.warnings import audio_file_warnings, episode_details_warnings, transcript_warnings
from ragtime_assets_tests.fakes import FACTS, details_of, segments_of


def audio(**changes: object) -> AudioFile:
    """Sixty seconds of audio, with `changes` to its facts."""
    facts = AudioFacts.model_validate(FACTS.model_dump() | changes)
    return AudioFile(engine="av", sha256="a", bytes=1, facts=facts, url="https://a", tier="direct", attempts=())


def transcript(sentence: str, count: int) -> Transcript:
    """`count` segments of four seconds each."""
    return Transcript(
        engine="e", language="en", duration=60, timing_source="audio", segments=segments_of([sentence] * count)
    )


def test_complete_details_are_not_warned_about() -> None:
    assert list(episode_details_warnings(details_of(published="2026-03-01T00:00:00Z"))) == []


def test_what_the_publisher_left_out_is_named() -> None:
    bare = details_of(show=None, language=None, audio=())
    assert list(episode_details_warnings(bare)) == ["not found: show, published, language, audio"]


@pytest.mark.parametrize(
    ("declared", "warned"), [(None, False), (60.0, False), (62.0, False), (63.0, False), (70.0, True), (1.0, True)]
)
def test_audio_of_another_length_than_announced_is_warned_about(declared: float | None, warned: bool) -> None:
    assert bool(list(audio_file_warnings(details_of(duration=declared), audio()))) == warned


def test_the_warning_tells_both_lengths() -> None:
    warning = next(iter(audio_file_warnings(details_of(duration=3_754.0), audio())))
    assert warning == "the publisher says 1:02:34, the audio lasts 1:00"


def test_audio_of_telephone_quality_is_warned_about() -> None:
    assert "8000 samples" in next(iter(audio_file_warnings(details_of(), audio(sample_rate=8_000))))
    assert list(audio_file_warnings(details_of(), audio(sample_rate=16_000))) == []


def test_ordinary_speech_is_not_warned_about() -> None:
    spoken = transcript("one two three four five six seven eight nine ten", 15)
    assert list(transcript_warnings(audio(), spoken)) == []


def test_speech_in_a_small_part_of_the_audio_is_warned_about() -> None:
    spoken = transcript("one two three four five six seven eight nine ten", 3)
    assert list(transcript_warnings(audio(), spoken)) == ["speech covers 20% of the audio"]


@pytest.mark.parametrize(("sentence", "pace"), [("slow", "15"), ("word " * 40, "600")])
def test_a_pace_at_which_nobody_talks_is_warned_about(sentence: str, pace: str) -> None:
    warnings = list(transcript_warnings(audio(), transcript(sentence, 15)))
    assert warnings == [f"{pace} words a minute is not how people talk"]


def test_an_empty_transcript_divides_by_nothing() -> None:
    assert len(list(transcript_warnings(audio(), transcript("", 0)))) == 2
