"""Real ears on the real sample show: which of its captions are believed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from ragtime_assets.adapters.captions.reader import PublisherCaptionReader
from ragtime_assets.adapters.speech.whisper_spots import WhisperSpotListener
from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.errors import EngineUnavailable
from ragtime_assets.phases.listening.spot_check import SECONDS, Verdict, found, stretches, verdict
from ragtime_assets.samples.server import sample
from ragtime_assets_tests.remembered import sounds_heard_once

__all__ = ["sounds_heard_once"]

CAPTIONED, OTHER = "hot-club-of-paris.mp3", "kind-of-blue.m4a"
DURATION = {CAPTIONED: 158.8, OTHER: 140.2}


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("show")
    for name in (CAPTIONED, OTHER):
        (folder / name).write_bytes(sample(name))
    return folder


@pytest.fixture(scope="module")
def captions() -> tuple[Segment, ...]:
    name = "hot-club-of-paris.vtt"
    return PublisherCaptionReader().read(Document(name, sample(name), "text/vtt"), "text/vtt")


@cache
def heard_at(audio: Path, start: float) -> tuple[Word, ...]:
    (heard,) = WhisperSpotListener().words_at(audio, [start], SECONDS, "en")
    return heard


def checked(audio: Path, captions: tuple[Segment, ...]) -> Verdict:
    starts = stretches(captions, DURATION[audio.name])
    heard = [heard_at(audio, start) for start in starts]
    return verdict([found(start, words, captions) for start, words in zip(starts, heard, strict=True)])


def text(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def test_each_stretch_is_heard_apart_in_times_of_the_whole_file(show: Path) -> None:
    starts = [13.8, 80.0, 140.0]

    heard = WhisperSpotListener().words_at(show / CAPTIONED, starts, SECONDS, "en")

    assert "two men in the middle" in text(heard[0])
    assert "Americans came to visit" in text(heard[1])
    assert "John Lewis and the" in text(heard[2])
    for start, words in zip(starts, heard, strict=True):
        assert all(start - 0.5 <= word.start <= word.end <= start + SECONDS + 1 for word in words)


def test_the_right_captions_are_believed_as_they_are(show: Path, captions: tuple[Segment, ...]) -> None:
    assert checked(show / CAPTIONED, captions) == Verdict()


def test_captions_that_are_seven_seconds_early_are_moved_by_seven_seconds(
    show: Path, captions: tuple[Segment, ...]
) -> None:
    early = tuple(segment.moved(-7) for segment in captions if segment.start >= 7)

    result = checked(show / CAPTIONED, early)

    assert result.problem is None
    assert result.offset == pytest.approx(7, abs=0.5)


def test_captions_of_another_episode_are_refused(show: Path, captions: tuple[Segment, ...]) -> None:
    assert "not what is heard" in (checked(show / OTHER, captions).problem or "")


def test_captions_that_do_not_know_of_an_advertisement_in_the_middle_are_refused(
    show: Path, captions: tuple[Segment, ...]
) -> None:
    unaware = tuple(one if one.start < 95 else one.moved(-15) for one in captions if not 95 <= one.start < 110)

    assert "move against the audio" in (checked(show / CAPTIONED, unaware).problem or "")


def test_a_stretch_past_the_end_is_silent(show: Path) -> None:
    first, second = WhisperSpotListener().words_at(show / CAPTIONED, [13.8, 500.0], SECONDS, "en")

    assert "two men in the middle" in text(first)
    assert second == ()


def test_a_model_that_is_not_there_is_said_to_be_unavailable(show: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        WhisperSpotListener(str(tmp_path)).words_at(show / CAPTIONED, [0.0], SECONDS, None)
