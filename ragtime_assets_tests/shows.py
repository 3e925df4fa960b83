"""A show of as many episodes as a test wants: each with audio of its own and captions, served on loopback."""

from __future__ import annotations

import io
import random
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from ragtime_assets.samples.server import EPISODES, sample, serving
from ragtime_assets.settings import Settings

SECONDS = 30
CUE = 5
"""Seconds of a sentence, and of its cue."""
SLOWLY = 15
"""The same where few words will do: each that is said costs a run as it is embedded, alone and among its neighbours."""
RATE = 8_000
SPOKEN_AGAIN = 2
"""How often an episode of the sample show is said: five minutes, so whoever listens is at it for a while."""
WORDS = "the band played all night and nobody in the room wanted to go home before the last tune was over".split()  # noqa: SIM905


def audio(number: int) -> bytes:
    """Half a minute of noise that no other episode has."""
    noise = random.Random(number)  # noqa: S311
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(noise.randbytes(RATE) * SECONDS)
    return buffer.getvalue()


def captions(number: int, cue: int = CUE) -> str:
    """Captions over the whole length, with a name that only this episode has."""
    starts = range(0, SECONDS, cue)
    cues = [f"{_clock(second)} --> {_clock(second + cue)}\n{sentence(number, second)}" for second in starts]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def sentence(number: int, second: int) -> str:
    """What is said from this second of an episode on."""
    rotated = WORDS[second % len(WORDS) :] + WORDS[: second % len(WORDS)]
    return f"On night {number} the trumpeter Clifford Brown spoke and {' '.join(rotated)}."


def speech() -> bytes:
    """Audio in which somebody speaks."""
    return sample(EPISODES[0].audio) * SPOKEN_AGAIN


def feed(base: str, count: int, spoken: int = 0) -> str:
    """The feed; the last of its items, `spoken` in number, have speech and no captions."""
    items = "".join(
        f"<item><title>Night {number}</title><guid isPermaLink='false'>night-{number}</guid>"
        f"<link>{base}/nights/{number}</link><pubDate>Sat, 21 Nov 2026 10:00:00 +0000</pubDate>"
        f"{_spoken(base, number) if number >= count - spoken else _captioned(base, number)}</item>"
        for number in range(count)
    )
    return (
        "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
        "xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel><title>A Thousand Nights</title>"
        f"<link>{base}</link><language>en</language>{items}</channel></rss>"
    )


def _captioned(base: str, number: int) -> str:
    return (
        f"<itunes:duration>{SECONDS}</itunes:duration>"
        f"<enclosure url='{base}/audio/{number}.wav' type='audio/wav' length='1'/>"
        f"<podcast:transcript url='{base}/captions/{number}.vtt' type='text/vtt'/>"
    )


def _spoken(base: str, number: int) -> str:
    return f"<enclosure url='{base}/spoken/{number}.mp3' type='audio/mpeg' length='1'/>"


@contextmanager
def serve_show(count: int, cue: int = CUE, spoken: int = 0) -> Iterator[str]:
    """Serve it, with a sentence in every `cue` seconds, the last `spoken` without captions; its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            number = int("".join(c for c in path if c.isdigit()) or 0)
            if path == "/feed.xml":
                self._send("application/rss+xml", feed(base, count, spoken).encode())
            elif path.startswith("/audio/") and number < count:
                self._send("audio/wav", audio(number))
            elif path.startswith("/spoken/"):
                self._send("audio/mpeg", speech())
            elif path.startswith("/captions/") and number < count:
                self._send("text/vtt", captions(number, cue).encode())
            else:
                self.send_error(404)

        def _send(self, media_type: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Handler) as base:
        yield base


def no_ears(folder: Path) -> str:
    """A model that cannot be loaded: nobody listens to the noise, so the captions are taken unchecked."""
    empty = folder / "no-ears"
    empty.mkdir(exist_ok=True)
    return str(empty)


def guid(number: int) -> str:
    """The guid of an episode."""
    return f"night-{number}"


def _clock(second: int) -> str:
    return f"00:{second // 60:02}:{second % 60:02}.000"


def settings_for(base: str, home: Path, **more: Any) -> Settings:
    """Settings of a corpus under `home` that hears nothing and fetches from the show at `base` alone."""
    return Settings(
        home=home,
        dagster_home=home / "dagster",
        allow_private_hosts=(base.removeprefix("http://"),),
        podcast_indexes=(),
        browser="off",
        whisper_model=no_ears(home.parent),
        **more,
    )
