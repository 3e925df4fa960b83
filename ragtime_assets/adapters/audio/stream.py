"""Audio files opened safely, and their sound as a stream of 16 kHz mono.

What belongs here: PyAV's containers and frames, and where a long stream may be cut. What the file says of
itself is `probe.py`; what is said in it is `speech/whisper.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ragtime_assets.errors import InvalidAudio

if TYPE_CHECKING:
    import av
    import numpy as np
    import numpy.typing as npt
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

    Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
_QUIET_SECONDS = 0.2
_ROUGHLY = 1.0
_KNOWS_ITS_LENGTH = ("mov", "matroska", "flac", "wav")
"""Formats that state how long they are; of the others, FFmpeg guesses it from the size."""

# Only formats that hold sound themselves: a playlist (HLS, concat) would make FFmpeg open what it names.
_FORMATS = "mp3,aac,mov,ogg,wav,w64,flac,matroska,mpegts,mpeg,asf,aiff,caf,amr,ac3,eac3,avi,flv,au,wv,ape,tta,mpc,mpc8"


class Lost(NamedTuple):
    """Sound that could not be decoded."""

    seconds: float


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, av.AudioStream]]:
    """The file and its best audio stream; raises InvalidAudio, also for what goes wrong while it is open."""
    import av
    from av.error import FFmpegError

    try:
        options = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
        with av.open(str(path), options=options, metadata_errors="replace") as container:
            stream = container.streams.best("audio")
            if not isinstance(stream, av.AudioStream):
                raise InvalidAudio(f"the {container.format.long_name} file has no sound in it")
            stream.codec_context.thread_type = "AUTO"
            yield container, stream
    except FFmpegError as error:
        raise InvalidAudio(f"the file cannot be read as audio: {error.strerror}") from error


def decoded(container: InputContainer, stream: av.AudioStream) -> Iterator[AudioFrame | Lost]:
    """Each frame, and in place of a packet that cannot be decoded, what is lost with it."""
    from av.error import FFmpegError

    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except FFmpegError:
            yield Lost(float((packet.duration or 0) * (stream.time_base or 0)))
            continue
        yield from frames


class Sound:
    """The sound of one file as 16 kHz mono, a frame at a time, and what of it could not be had.

    Damage is silence of the same length, so that later times stay right.
    """

    def __init__(self, path: Path) -> None:
        """Nothing is opened yet."""
        self._path = path
        self._damaged, self._missing = 0.0, 0.0

    @property
    def notes(self) -> tuple[str, ...]:
        """What a listener should know of it, once it was read to its end."""
        damaged = f"{self._damaged:.2f} s of the audio cannot be decoded and count as silence"
        missing = f"the file ends {self._missing:.0f} s before the end that it announces"
        return (*((damaged,) if self._damaged else ()), *((missing,) if self._missing else ()))

    def __iter__(self) -> Iterator[Samples]:
        import av
        import numpy as np

        resampler, shape, heard, reached = None, None, 0.0, 0.0
        self._damaged = 0.0
        with opened(self._path) as (container, stream):
            for frame in decoded(container, stream):
                if isinstance(frame, Lost):
                    self._damaged += frame.seconds
                    yield np.zeros(round(frame.seconds * SAMPLE_RATE), dtype=np.float32)
                    continue
                # Inserted advertisements may change rate and channels in the middle of a file.
                if shape != (frame.format.name, frame.layout.name, frame.sample_rate):
                    yield from _resampled(resampler, None)
                    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
                    shape = (frame.format.name, frame.layout.name, frame.sample_rate)
                heard += frame.samples / frame.sample_rate
                reached = max(reached, frame.time or 0.0)
                # Timestamps in podcasts are often broken; the sound itself is the clock.
                frame.pts = None
                yield from _resampled(resampler, frame)
            yield from _resampled(resampler, None)
            missing = _announced(container, stream) - max(heard + self._damaged, reached)
            self._missing = missing if missing > max(_ROUGHLY, 0.01 * heard) else 0.0


def samples(path: Path) -> Iterator[Samples]:
    """The sound of a file, a frame at a time."""
    return iter(Sound(path))


def windows(pieces: Iterable[Samples], longest: float, search: float = 20.0) -> Iterator[tuple[float, Samples]]:
    """The stream in windows of at most `longest` seconds with their offsets, cut where their end is quietest."""
    import numpy as np

    limit, length, offset = round(longest * SAMPLE_RATE), 0, 0
    kept: list[Samples] = []
    for piece in pieces:
        kept.append(piece)
        length += len(piece)
        while length >= limit:
            gathered = np.concatenate(kept)
            cut = quietest_cut(gathered[:limit], search)
            yield offset / SAMPLE_RATE, gathered[:cut]
            kept, length, offset = [gathered[cut:]], length - cut, offset + cut
    if length:
        yield offset / SAMPLE_RATE, np.concatenate(kept)


def quietest_cut(sound: Samples, search: float) -> int:
    """The middle of the quietest 0.2 seconds in the last `search` seconds of `sound`; of several, the last."""
    import numpy as np

    span = round(_QUIET_SECONDS * SAMPLE_RATE)
    first = max(0, len(sound) - round(search * SAMPLE_RATE))
    if len(sound) - first <= span:
        return len(sound)
    energy = np.concatenate(([0.0], np.cumsum(np.square(sound[first:], dtype=np.float64))))
    loudness = energy[span:] - energy[:-span]
    return first + len(loudness) - 1 - int(np.argmin(loudness[::-1])) + span // 2


def _announced(container: InputContainer, stream: av.AudioStream) -> float:
    """Seconds that the file says it lasts, 0 when it does not."""
    if container.format.name.partition(",")[0] not in _KNOWS_ITS_LENGTH:
        return 0.0
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / 1_000_000


def _resampled(resampler: av.AudioResampler | None, frame: AudioFrame | None) -> Iterator[Samples]:
    import numpy as np

    if resampler is not None:
        for part in resampler.resample(frame):
            yield part.to_ndarray().reshape(-1).astype(np.float32, copy=False)
