"""Sound as Ogg Opus, for sending it somewhere to be heard: speech loses nothing by it that an engine would miss."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ragtime_assets.adapters.audio.stream import SAMPLE_RATE

if TYPE_CHECKING:
    from ragtime_assets.adapters.audio.stream import Samples

BYTES_PER_SECOND = 3_000
_FRAME = SAMPLE_RATE // 50
_BLOCK = 60 * SAMPLE_RATE


def opus(sound: Samples) -> bytes:
    """16 kHz mono as the bytes of a file."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="mono")
        stream.bit_rate = BYTES_PER_SECOND * 8
        cutter = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE, frame_size=_FRAME)
        for at in range(0, len(sound), _BLOCK):
            frame = av.AudioFrame.from_ndarray(sound[at : at + _BLOCK].reshape(1, -1), format="flt", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE, at
            for part in cutter.resample(frame):
                container.mux(stream.encode(part))
        for part in cutter.resample(None):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()
