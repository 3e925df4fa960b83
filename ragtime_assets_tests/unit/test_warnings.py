"""What looks odd about an artifact, though not odd enough to stop its episode."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifacts.audio_file import AudioFacts, AudioFile
from ragtime_assets.domain.artifacts.transcript import LeftOut, Transcript
from ragtime_assets.phases.checking.warnings import (
    audio_file_warnings,
    coverage_warnings,
    episode_details_warnings,
    language_warnings,
    pace_warnings,
    repetition_warnings,
)
from ragtime_assets_tests.fakes import FACTS, FakeLanguageDetector, details_of, segments_of
from ragtime_assets_tests.transcripts import transcript_of


def audio(**changes: object) -> AudioFile:
    """Sixty seconds of audio, with `changes` to its facts."""
    facts = AudioFacts.model_validate(FACTS.model_dump() | changes)
    return AudioFile(engine="av", sha256="a", bytes=1, facts=facts, url="https://a", tier="direct", attempts=())


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


TALK = (
    "Django was born in a caravan in Belgium",
    "and he grew up near Paris with his brother",
    "where the two of them played in dance halls",
    "until a fire burned two of his fingers badly",
)


def said(*sentences: str, language: str = "en") -> Transcript:
    """A segment of four seconds for each, in a minute of audio."""
    return transcript_of(*segments_of(sentences), language=language, duration=60)


def test_ordinary_speech_is_not_warned_about() -> None:
    ordinary = said(*TALK * 3)
    english = FakeLanguageDetector("en")
    assert list(coverage_warnings(audio(), ordinary)) == []
    assert list(pace_warnings(ordinary)) == []
    assert list(repetition_warnings(ordinary)) == []
    assert list(language_warnings(details_of(language="en-GB"), ordinary, english)) == []


def test_speech_in_a_small_part_of_the_audio_is_warned_about() -> None:
    assert list(coverage_warnings(audio(), said(*TALK[:3]))) == ["speech covers 20% of the audio"]


def test_speech_that_was_left_out_is_warned_about_with_its_seconds_and_why() -> None:
    missing = (LeftOut(start=0, end=12, why="unclear"), LeftOut(start=20, end=28, why="a loop"))
    thrice = said(*TALK * 3)

    assert list(coverage_warnings(audio(), thrice.model_copy(update={"left_out": missing}))) == [
        "12 s left out: unclear",
        "8 s left out: a loop",
    ]
    assert list(coverage_warnings(audio(), thrice.model_copy(update={"left_out": missing[:1]}))) == []


def test_two_who_speak_at_once_are_counted_once() -> None:
    twice = transcript_of(*segments_of(TALK[:3]) * 2, duration=60)
    assert list(coverage_warnings(audio(), twice)) == ["speech covers 20% of the audio"]


@pytest.mark.parametrize(("sentence", "pace"), [("slow", "15"), ("word " * 40, "600")])
def test_a_pace_at_which_nobody_talks_is_warned_about(sentence: str, pace: str) -> None:
    assert list(pace_warnings(said(*[sentence] * 15))) == [f"{pace} words a minute is not how people talk"]


JAPANESE = "\u4eca\u65e5\u306f\u30b8\u30e3\u30ba\u306e\u8a71\u3092\u3057\u307e\u3059\u3002"
"""Three seconds of speech."""


def test_the_pace_of_speech_is_known_where_no_words_are_written_apart() -> None:
    assert list(pace_warnings(said(JAPANESE, language="ja"))) == []
    assert list(pace_warnings(said(JAPANESE * 8, language="ja"))) == ["720 words a minute is not how people talk"]


@pytest.mark.parametrize(
    ("sentences", "warning"),
    [
        (("Thank you.",) * 6, '"thank you" is said 6 times in a row at 0:00'),
        ((*TALK[:2], "la la la la la la la"), '"la" is said 7 times in a row at 0:08'),
        (
            (TALK[0], *["I am going to the other side of"] * 9),
            '"i am going to the other side of" is said 9 times in a row at 0:04',
        ),
    ],
)
def test_words_that_come_again_and_again_are_warned_about(sentences: tuple[str, ...], warning: str) -> None:
    assert list(repetition_warnings(said(*sentences))) == [warning]


def test_a_refrain_is_not_a_loop() -> None:
    assert list(repetition_warnings(said(*["Yes, yes, yes, yes, yes", TALK[0]] * 4))) == []


def test_another_language_than_announced_or_read_is_warned_about() -> None:
    english, german = FakeLanguageDetector("en"), FakeLanguageDetector("de")
    unsure = FakeLanguageDetector("de", 0.5)
    announced, silent = details_of(language="de-AT"), details_of(language=None)
    assert list(language_warnings(announced, said(*TALK), english)) == ["the feed says de, the transcript is in en"]
    assert list(language_warnings(silent, said(*TALK), german)) == [
        "the transcript is said to be in en, and reads as de"
    ]
    assert list(language_warnings(silent, said(*TALK), unsure)) == []


def test_an_empty_transcript_divides_by_nothing() -> None:
    empty = said()
    assert len([*coverage_warnings(audio(), empty), *pace_warnings(empty), *repetition_warnings(empty)]) == 2
