"""Real weights on real speech: the first seconds of the sample show."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from ragtime_assets.adapters.audio.probe import AvAudioProbe
from ragtime_assets.adapters.audio.stream import SAMPLE_RATE, samples
from ragtime_assets.adapters.speech.passed_over import PASSED_OVER
from ragtime_assets.adapters.speech.whisper import WhisperTranscriber
from ragtime_assets.adapters.speech.whisper_model import load_model, verify
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.errors import EngineUnavailable, NoSpeech
from ragtime_assets.ports import Hints
from ragtime_assets.samples.server import sample
from ragtime_assets_tests.fakes import FakeJournal
from ragtime_assets_tests.remembered import sounds_heard_once

__all__ = ["sounds_heard_once"]

SECONDS = 11


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The first seconds of an episode."""
    path = tmp_path_factory.mktemp("speech") / "episode.m4a"
    path.write_bytes(sample("kind-of-blue.m4a"))
    return np.concatenate(list(samples(path)))[: SECONDS * SAMPLE_RATE]


@pytest.fixture(scope="module")
def as_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[np.ndarray], Path]:
    def write(sound: np.ndarray) -> Path:
        path = tmp_path_factory.mktemp("sound") / "sound.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes())
        return path

    return write


class Steps:
    """Remembers every progress it hears of."""

    def __init__(self) -> None:
        self.done: list[float] = []

    def __call__(self, done: float, total: float | None, doing: str) -> None:
        self.done.append(done)


def hear(
    path: Path,
    progress: Any = None,
    hints: Hints = Hints(),  # noqa: B008 - frozen
    journal: FakeJournal | None = None,
    **options: Any,
) -> Transcript:
    facts = AvAudioProbe().probe(path)
    return WhisperTranscriber(**options).transcribe(path, facts, hints, progress or Steps(), journal)


def test_speech_becomes_timed_words_in_its_language(speech: np.ndarray, as_file: Callable[[np.ndarray], Path]) -> None:
    steps = Steps()

    transcript = hear(as_file(speech), steps)

    assert {type(done) for done in steps.done} == {float}, "others cannot store the numbers of engines"
    assert "Which record did you bring".lower() in transcript.text.lower()
    assert (transcript.language, transcript.timing_source, transcript.engine) == ("en", "audio", "whisper base int8")
    assert (transcript.language_probability or 0) > 0.8
    words = [word for segment in transcript.segments for word in segment.words]
    assert all(word.text.strip() == word.text and 0 <= (word.probability or 0) <= 1 for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)
    assert all(0 <= word.start <= word.end <= SECONDS for word in words)
    assert all(segment.text == segment.text.strip() for segment in transcript.segments)
    assert steps.done == sorted(steps.done)
    assert steps.done[-1] == pytest.approx(SECONDS, abs=0.1)


@pytest.fixture(scope="module")
def twice(speech: np.ndarray, as_file: Callable[[np.ndarray], Path]) -> Path:
    """The speech two times, with a second between: two windows of 15 seconds."""
    return as_file(np.concatenate([speech, np.zeros(SAMPLE_RATE, dtype=np.float32), speech]))


@pytest.fixture(scope="module")
def undisturbed(twice: Path) -> Transcript:
    """What is heard there in one go."""
    return hear(twice, window_seconds=15)


def test_windows_are_joined_in_times_of_the_whole_file(undisturbed: Transcript) -> None:
    starts = [segment.start for segment in undisturbed.segments]
    questions = [segment.start for segment in undisturbed.segments if "did you bring" in segment.text]

    assert len(questions) == 2
    assert questions[1] - questions[0] == pytest.approx(SECONDS + 1, abs=0.5)
    assert starts == sorted(starts)


class Crash(Exception):
    """The process dies here."""


class CrashAt(Steps):
    """Dies when it hears of this second."""

    def __init__(self, second: float) -> None:
        super().__init__()
        self.second = second

    def __call__(self, done: float, total: float | None, doing: str) -> None:
        super().__call__(done, total, doing)
        if done > self.second:
            raise Crash


def test_after_a_crash_only_the_rest_is_heard(twice: Path, undisturbed: Transcript) -> None:
    journal, resumed = FakeJournal(), Steps()

    with pytest.raises(Crash):
        hear(twice, CrashAt(14), journal=journal, window_seconds=15)
    (kept,) = journal.kept
    again = hear(twice, resumed, journal=journal, window_seconds=15)

    assert kept[0] == "window 0"
    assert again.segments == undisturbed.segments
    assert (again.language, again.language_probability) == (undisturbed.language, undisturbed.language_probability)
    # Nothing is told of the first window but that it is done.
    assert resumed.done[0] > SECONDS


def test_what_was_asked_for_otherwise_is_heard_anew(speech: np.ndarray, as_file: Callable[[np.ndarray], Path]) -> None:
    path, journal, usual = as_file(speech[: 6 * SAMPLE_RATE]), FakeJournal(), {"window_seconds": 4}
    hear(path, journal=journal, **usual)
    for change in ({"hints": Hints(names=("Clara Wells",))}, {"window_seconds": 14}):
        before = len(journal.kept)

        hear(path, journal=journal, **{**usual, **change})

        assert len(journal.kept) > before


def test_speech_in_another_language_than_was_announced_is_heard_in_its_own(
    speech: np.ndarray, as_file: Callable[[np.ndarray], Path]
) -> None:
    transcript = hear(as_file(speech), hints=Hints(language="de"))

    assert transcript.language == "de"
    assert "which record did you bring" in transcript.text.lower()


def test_names_given_as_hints_add_no_words_of_their_own(
    speech: np.ndarray, as_file: Callable[[np.ndarray], Path]
) -> None:
    transcript = hear(as_file(speech), hints=Hints(names=("Martin Reed", "Clara Wells", "Thelonious Monk")))

    assert "Martin Reed" in transcript.text
    assert "Monk" not in transcript.text


class Hasty:
    """The real model, but while names are offered to it, it passes over all behind the first seconds, as it may."""

    def __init__(self, *, is_deaf: bool) -> None:
        self._real = load_model("bundled")
        self._is_deaf = is_deaf

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def transcribe(self, sound: np.ndarray, **asked: Any) -> Any:
        """What the model hears, or the beginning of it."""
        segments, info = self._real.transcribe(sound, **asked)
        if asked["hotwords"] is None:
            return ([] if self._is_deaf else segments), info
        return [segment for segment in segments if segment.end < 6], info


@pytest.mark.parametrize("is_deaf", [False, True], ids=["the second time it hears it", "it hears nothing twice"])
def test_speech_that_the_engine_passes_over_is_heard_again_or_told_of(
    speech: np.ndarray, as_file: Callable[[np.ndarray], Path], monkeypatch: pytest.MonkeyPatch, is_deaf: bool
) -> None:
    monkeypatch.setattr("ragtime_assets.adapters.speech.whisper.load_model", lambda _: Hasty(is_deaf=is_deaf))
    transcript = hear(as_file(speech), hints=Hints(names=("Martin Reed",)))
    assert "martin reed" in transcript.text.lower()
    starts = [segment.start for segment in transcript.segments]
    assert starts == sorted(starts)
    assert ("which record did you bring" in transcript.text.lower()) is not is_deaf
    if is_deaf:
        (missing,) = transcript.left_out
        assert missing.why == PASSED_OVER
        assert missing.start < 6.5
        assert missing.end > 10
        assert PASSED_OVER in transcript.notes[-1]
    else:
        assert transcript.left_out == ()
        (asked,) = (one for one in transcript.segments if "which record" in one.text.lower())
        assert 5 < asked.start < 8


@pytest.mark.parametrize("kind", ["silence", "noise", "chord", "rhythm", "blip"])
def test_sound_without_words_is_never_given_any(as_file: Callable[[np.ndarray], Path], kind: str) -> None:
    moments = np.arange(12 * SAMPLE_RATE) / SAMPLE_RATE
    sound = {
        "silence": np.zeros(len(moments)),
        "noise": np.random.default_rng(3).normal(size=len(moments)) * 0.1,
        "rhythm": np.random.default_rng(5).normal(size=len(moments)) * np.exp(-8 * (moments % 0.5)) * 0.5,
        "blip": np.sin(2 * np.pi * 440 * moments[: SAMPLE_RATE // 5]) / 4,
        "chord": sum(np.sin(2 * np.pi * pitch * moments) for pitch in (220, 277, 330)) / 8,
    }[kind]

    with pytest.raises(NoSpeech):
        hear(as_file(np.asarray(sound)))


def test_other_bytes_than_the_published_weights_are_refused() -> None:
    with pytest.raises(EngineUnavailable, match="sha256"):
        verify(b"not the weights")


def test_a_folder_without_a_model_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        load_model(str(tmp_path))


def test_the_model_is_loaded_once() -> None:
    assert load_model("bundled") is load_model("bundled")


def test_stereo_of_another_rate_is_heard_too(speech: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "stereo.ogg"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="stereo")
        sound = (np.repeat(speech[: 6 * SAMPLE_RATE], 2) * 32_767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(sound, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=48_000, frame_size=960)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))

    assert "Martin Reed" in hear(path).text
