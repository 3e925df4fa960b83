"""Real weights on real speech: the first seconds of the sample show."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from ragtime_assets.adapters.audio_probe import AvAudioProbe
from ragtime_assets.adapters.audio_stream import SAMPLE_RATE, samples
from ragtime_assets.adapters.whisper import WhisperTranscriber, load_model, really_heard, sentences, verify
from ragtime_assets.domain.transcript import Transcript
from ragtime_assets.errors import EngineUnavailable, NoSpeech
from ragtime_assets.ports import Hints
from ragtime_assets.samples.server import sample

SECONDS = 11


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The first seconds of an episode."""
    path = tmp_path_factory.mktemp("speech") / "episode.m4a"
    path.write_bytes(sample("kind-of-blue.m4a"))
    return np.concatenate(list(samples(path)))[: SECONDS * SAMPLE_RATE]


@pytest.fixture
def as_file(tmp_path: Path) -> Callable[[np.ndarray], Path]:
    def write(sound: np.ndarray) -> Path:
        path = tmp_path / "sound.wav"
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


def hear(path: Path, progress: Any = None, hints: Hints = Hints(), **options: Any) -> Transcript:  # noqa: B008 - frozen
    facts = AvAudioProbe().probe(path)
    return WhisperTranscriber(**options).transcribe(path, facts, hints, progress or Steps())


def test_speech_becomes_timed_words_in_its_language(speech: np.ndarray, as_file: Callable[[np.ndarray], Path]) -> None:
    steps = Steps()

    transcript = hear(as_file(speech), steps)

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


def test_windows_are_joined_in_times_of_the_whole_file(
    speech: np.ndarray, as_file: Callable[[np.ndarray], Path]
) -> None:
    twice = as_file(np.concatenate([speech, np.zeros(SAMPLE_RATE, dtype=np.float32), speech]))

    transcript = hear(twice, window_seconds=15)

    questions = [segment.start for segment in transcript.segments if "did you bring" in segment.text]
    assert len(questions) == 2
    assert questions[1] - questions[0] == pytest.approx(SECONDS + 1, abs=0.5)
    assert [segment.start for segment in transcript.segments] == sorted(
        segment.start for segment in transcript.segments
    )


def test_names_given_as_hints_add_no_words_of_their_own(
    speech: np.ndarray, as_file: Callable[[np.ndarray], Path]
) -> None:
    transcript = hear(as_file(speech), hints=Hints(names=("Martin Reed", "Clara Wells", "Thelonious Monk")))

    assert "Martin Reed" in transcript.text
    assert "Monk" not in transcript.text


@pytest.mark.parametrize("kind", ["silence", "noise", "chord"])
def test_sound_without_words_is_never_given_any(as_file: Callable[[np.ndarray], Path], kind: str) -> None:
    moments = np.arange(12 * SAMPLE_RATE) / SAMPLE_RATE
    sound = {
        "silence": np.zeros(len(moments)),
        "noise": np.random.default_rng(3).normal(size=len(moments)) * 0.1,
        "chord": sum(np.sin(2 * np.pi * pitch * moments) for pitch in (220, 277, 330)) / 8,
    }[kind]

    with pytest.raises(NoSpeech):
        hear(as_file(np.asarray(sound)))


def heard(**changes: Any) -> Any:
    words = changes.pop("words", [SimpleNamespace(word=" Hello", probability=0.9)])
    usual = {"start": 0.0, "end": 1.0, "text": " Hello", "no_speech_prob": 0.0, "avg_logprob": -0.2, "words": words}
    return SimpleNamespace(**{**usual, **changes})


@pytest.mark.parametrize(
    "made_up",
    [
        {"no_speech_prob": 0.8, "avg_logprob": -0.7},
        {"avg_logprob": -1.6},
        {"words": [SimpleNamespace(word=" You", probability=0.07)]},
        {"text": " ..."},
        {"text": " C.E.R.E.R.E.R.E.", "end": 0.1},
        {"words": []},
    ],
)
def test_what_whisper_makes_up_is_left_out(made_up: dict[str, Any]) -> None:
    assert really_heard(heard())
    assert not really_heard(heard(**made_up))


def test_long_segments_are_cut_into_sentences() -> None:
    said = "Good ear. That is Wynton Kelly. Listen to him again"
    words = [SimpleNamespace(word=f" {text}") for text in said.split()]

    found = ["".join(word.word for word in piece).strip() for piece in sentences(words)]

    assert found == ["Good ear. That is Wynton Kelly.", "Listen to him again"]


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
