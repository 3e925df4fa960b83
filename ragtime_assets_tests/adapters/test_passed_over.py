"""Where somebody speaks and no word was heard: real speech, and what is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ragtime_assets.adapters.audio.stream import SAMPLE_RATE, samples
from ragtime_assets.adapters.speech.passed_over import LEAST_SPEECH, LONGEST_PAUSE, passed_over
from ragtime_assets.samples.server import sample

SECONDS = 20


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The first seconds of an episode, in which somebody speaks all the time."""
    path = tmp_path_factory.mktemp("speech") / "episode.m4a"
    path.write_bytes(sample("kind-of-blue.m4a"))
    return np.concatenate(list(samples(Path(path))))[: SECONDS * SAMPLE_RATE]


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        ([(5.0, 20.0)], (0.0, 5.0)),
        ([(0.0, 6.0), (14.0, 20.0)], (6.0, 14.0)),
        ([(14.0, 20.0), (0.0, 6.0)], (6.0, 14.0)),
        ([(0.0, 12.0)], (12.0, 20.0)),
        ([], (0.0, 20.0)),
    ],
    ids=["at first", "in between", "in another order", "at last", "everywhere"],
)
def test_speech_in_which_nothing_was_heard_is_found(
    speech: np.ndarray, heard: list[tuple[float, float]], found: tuple[float, float]
) -> None:
    ((start, end),) = passed_over(speech, heard)
    assert found[0] <= start <= found[0] + 1.5
    assert found[1] - 1.5 <= end <= found[1]


def test_a_pause_as_people_make_them_is_none(speech: np.ndarray) -> None:
    assert list(passed_over(speech, [(0.0, 8.0), (8.0 + LONGEST_PAUSE - 0.1, 20.0)])) == []


def test_silence_and_music_are_none(speech: np.ndarray) -> None:
    moments = np.arange(10 * SAMPLE_RATE, dtype=np.float32) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * pitch * moments) for pitch in (220, 277, 330)) / 8
    for none in (np.zeros_like(moments), np.asarray(chord, dtype=np.float32)):
        sound = np.concatenate([speech[: 5 * SAMPLE_RATE], none])
        assert list(passed_over(sound, [(0.0, 5.0)])) == []


def test_a_word_in_a_long_silence_is_none(speech: np.ndarray) -> None:
    word = speech[2 * SAMPLE_RATE : round((2 + LEAST_SPEECH - 1) * SAMPLE_RATE)]
    quiet = np.zeros(4 * SAMPLE_RATE, dtype=np.float32)
    assert list(passed_over(np.concatenate([quiet, word, quiet]), [])) == []
