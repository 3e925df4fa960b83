"""How fast Whisper base listens on this machine, and in how much memory.

    python -m benchmarks listening

The episode of the sample show that has no captions, in a process of its own; loading the model is not counted.
`transcription.py` measures more: word error rates, an hour of audio.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.measurement import Measurement, python

MOST_OF_REAL_TIME = 0.15
MOST_MEMORY = 1_000.0
_LISTEN = """
import json
from importlib import resources
from benchmarks.measurement import most_megabytes
from benchmarks.transcription import listen
from ragtime_assets.adapters.speech.whisper_model import BUNDLED, load_model
from ragtime_assets.ports import Hints
from ragtime_assets.samples.server import EPISODES

load_model(BUNDLED)
with resources.as_file(resources.files("ragtime_assets.samples") / EPISODES[1].audio.removeprefix("/")) as path:
    transcript, seconds = listen(path, Hints())
print(json.dumps([seconds, transcript.duration, most_megabytes()]))
"""


def measure() -> Iterator[Measurement]:
    """Its share of real time, and its peak memory."""
    _, printed = python("-c", _LISTEN)
    seconds, duration, peak = json.loads(printed.splitlines()[-1])
    yield Measurement(
        "Whisper base listens",
        seconds / duration,
        MOST_OF_REAL_TIME,
        unit="of real time",
        note=f"{seconds:.0f} s for {duration:.0f} s of audio",
    )
    yield Measurement("its peak memory", peak, MOST_MEMORY, unit="MB")
