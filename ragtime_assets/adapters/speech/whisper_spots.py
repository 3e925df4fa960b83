"""Listens to a few short stretches of a file with Whisper, to check what others say is said there.

The stretches are laid one after the other into the thirty seconds that Whisper always computes, so that three
cost as much as one. Listening to whole files is `whisper.py`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.adapters.audio.stream import SAMPLE_RATE, samples
from ragtime_assets.adapters.speech.whisper import BUNDLED, load_model
from ragtime_assets.domain.artifacts.transcript import Word

if TYPE_CHECKING:
    from faster_whisper.transcribe import Word as HeardWord

    from ragtime_assets.adapters.audio.stream import Samples

_PAUSE = 0.5
"""Seconds of silence after each stretch, so that no sentence runs from one into the next."""
_NOT_SPEECH = 0.6


@dataclass(frozen=True)
class WhisperSpotListener:
    """`ports.SpotListener` over faster-whisper; the model is the one that `WhisperTranscriber` loads."""

    model: str = BUNDLED

    def words_at(
        self, audio: Path, starts: Sequence[float], seconds: float, language: str | None
    ) -> list[tuple[Word, ...]]:
        """The words of each stretch, in times of the whole file; raises EngineUnavailable."""
        model = load_model(self.model)
        heard, _ = model.transcribe(
            _laid_out(audio, starts, seconds),
            language=language if language in model.supported_languages else None,
            beam_size=1,
            word_timestamps=True,
            condition_on_previous_text=False,
        )
        found: list[list[Word]] = [[] for _ in starts]
        for segment in heard:
            for word in segment.words or () if segment.no_speech_prob <= _NOT_SPEECH else ():
                middle = (word.start + word.end) / 2
                place = min(int(middle / (seconds + _PAUSE)), len(starts) - 1)
                found[place].append(_moved(word, starts[place] - place * (seconds + _PAUSE)))
        return [tuple(words) for words in found]


def _moved(word: HeardWord, by: float) -> Word:
    return Word(
        start=round(word.start + by, 3),
        end=round(word.end + by, 3),
        text=word.word.strip(),
        probability=round(word.probability, 3),
    )


def _laid_out(audio: Path, starts: Sequence[float], seconds: float) -> Samples:
    """The sound after each start, `seconds` long, each followed by a pause."""
    import numpy as np

    length, stride = round(seconds * SAMPLE_RATE), round((seconds + _PAUSE) * SAMPLE_RATE)
    firsts = [round(start * SAMPLE_RATE) for start in starts]
    sound = np.zeros(stride * len(starts), dtype=np.float32)
    at = 0
    for piece in samples(audio):
        for place, first in enumerate(firsts):
            begin, end = max(at, first), min(at + len(piece), first + length)
            if begin < end:
                to = place * stride - first
                sound[to + begin : to + end] = piece[begin - at : end - at]
        at += len(piece)
        if at >= max(firsts) + length:
            break
    return sound
