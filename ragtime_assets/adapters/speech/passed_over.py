"""Speech that an engine passed over: stretches in which somebody speaks and no word was heard.

Whisper goes on half a minute from wherever it thinks that the speech ended, and with hotwords it thinks so too early
now and then, on this machine or behind an endpoint. What it passes over is nowhere in its output, so it is looked for
where the output is silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.adapters.audio.stream import SAMPLE_RATE, Sound, windows
from ragtime_assets.domain.artifacts.transcript import LeftOut

if TYPE_CHECKING:
    from ragtime_assets.adapters.audio.stream import Samples

PASSED_OVER = "speech in which no words were heard"
LONGEST_PAUSE = 4.0
"""Seconds; whoever talks is hardly ever silent for longer."""
LEAST_SPEECH = 2.0
"""Seconds of a silence in which a voice has to be found, for it to be looked at again."""
_PAUSE_BETWEEN_WORDS = 500
_WINDOW = 300.0

Stretch = tuple[float, float]


def passed_over(sound: Samples, heard: Iterable[Stretch]) -> Iterator[Stretch]:
    """Where in this sound somebody speaks, though none of the stretches in which words were `heard` is there."""
    seconds = len(sound) / SAMPLE_RATE
    for start, end in _silences(heard, seconds):
        voices = _voices(sound[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)])
        if sum(last - first for first, last in voices) >= LEAST_SPEECH:
            yield start + voices[0][0], start + voices[-1][1]


def left_out_of(audio: Path, heard: Sequence[Stretch]) -> Iterator[LeftOut]:
    """The same of a whole file, which is read in bounded memory; for an engine that is not asked twice."""
    for offset, sound in windows(Sound(audio), _WINDOW):
        seconds = len(sound) / SAMPLE_RATE
        near = [(start - offset, end - offset) for start, end in heard if end > offset and start < offset + seconds]
        for start, end in passed_over(sound, near):
            yield LeftOut(start=start, end=end, why=PASSED_OVER).moved(offset)


def _silences(heard: Iterable[Stretch], seconds: float) -> Iterator[Stretch]:
    """Between the stretches, before the first and behind the last: where it is silent for long."""
    reached = 0.0
    for start, end in [*sorted(heard), (seconds, seconds)]:
        if start - reached >= LONGEST_PAUSE:
            yield reached, start
        reached = max(reached, end)


def _voices(sound: Samples) -> list[Stretch]:
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(min_silence_duration_ms=_PAUSE_BETWEEN_WORDS, speech_pad_ms=0)
    return [(one["start"] / SAMPLE_RATE, one["end"] / SAMPLE_RATE) for one in get_speech_timestamps(sound, options)]
