"""Makes the sample show in `ragtime_assets/samples/` from its two scripts (`*.txt`).

For developers only: it needs `flite` with the voices rms and slt on PATH; the files it writes are kept in
the repository. The scripts themselves are written by hand, as is `LICENSE.md`.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import av
import numpy as np

from ragtime_assets.domain.episode.identity import podcast_guid
from ragtime_assets.samples.server import PLACEHOLDER

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.int16]

FOLDER = Path(__file__).resolve().parents[1] / "ragtime_assets" / "samples"
RATE = 16_000
BETWEEN_SENTENCES, BETWEEN_SPEAKERS = 0.15, 0.4
VOICES = {"Clara": "slt", "Martin": "rms"}
NAMES = {"Clara": "Clara Wells", "Martin": "Martin Reed"}
SHOW = "The Long Chorus"
ABOUT = "Two friends, one record or one band at a time: a short show about jazz and the people who made it."


@dataclass(frozen=True)
class Plan:
    """What is to be made of one script."""

    slug: str
    number: int
    title: str
    notes: str
    published: datetime
    host: str
    guest: str
    suffix: str
    media_type: str
    codec: Literal["libmp3lame", "aac"]
    extras: bool
    """Whether captions and chapters are published too."""


PLANS = (
    Plan(
        slug="hot-club-of-paris",
        number=1,
        title="Django Reinhardt, Stéphane Grappelli and the Hot Club of Paris",
        notes="How a guitarist with two damaged fingers and a self-taught violinist made a band of strings only.",
        published=datetime.fromisoformat("2025-03-07T06:00:00+01:00"),
        host="Clara",
        guest="Martin",
        suffix="mp3",
        media_type="audio/mpeg",
        codec="libmp3lame",
        extras=True,
    ),
    Plan(
        slug="kind-of-blue",
        number=2,
        title="Kind of Blue: Miles Davis, John Coltrane and Bill Evans in 1959",
        notes="Two days in a former church in Manhattan, five tunes, and what the players did next.",
        published=datetime.fromisoformat("2025-03-21T06:00:00+01:00"),
        host="Martin",
        guest="Clara",
        suffix="m4a",
        media_type="audio/mp4",
        codec="aac",
        extras=False,
    ),
)


class Cue(NamedTuple):
    """A sentence as it was read aloud."""

    start: float
    end: float
    speaker: str
    text: str


class Reading(NamedTuple):
    """A script as sound, with the times of its sentences and chapters."""

    samples: Samples
    cues: list[Cue]
    chapters: list[tuple[float, str]]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / RATE


def say(sentence: str, voice: str) -> Samples:
    """The sentence in one of flite's voices."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as wav:
        subprocess.run(["flite", "-voice", voice, "-t", sentence, "-o", wav.name], check=True)  # noqa: S603, S607 - fixed words
        with av.open(wav.name) as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
            frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1).astype(np.int16, copy=False) for frame in frames])


def read_aloud(script: str) -> Reading:
    """The whole script, sentence by sentence."""
    parts: list[Samples] = []
    cues: list[Cue] = []
    chapters: list[tuple[float, str]] = []
    now = 0.0

    def pause(seconds: float) -> None:
        nonlocal now
        silence = np.zeros(round(seconds * RATE), dtype=np.int16)
        parts.append(silence)
        now += len(silence) / RATE

    for line in script.splitlines():
        if line.startswith("# "):
            chapters.append((now, line[2:]))
            continue
        speaker, _, speech = line.partition(": ")
        for sentence in re.split(r"(?<=[.?!]) ", speech):
            sound = say(sentence, VOICES[speaker])
            parts.append(sound)
            cues.append(Cue(now, now + len(sound) / RATE, NAMES[speaker], sentence))
            now += len(sound) / RATE
            pause(BETWEEN_SENTENCES)
        pause(BETWEEN_SPEAKERS - BETWEEN_SENTENCES)
    return Reading(np.concatenate(parts), cues, chapters)


def encode(reading: Reading, plan: Plan) -> Path:
    """The reading as a 48 kbit/s mono file."""
    path = FOLDER / f"{plan.slug}.{plan.suffix}"
    options = {"movflags": "+faststart"} if plan.suffix == "m4a" else {}
    with av.open(str(path), "w", options=options) as container:
        container.metadata.update({"title": plan.title, "artist": SHOW, "track": str(plan.number)})
        stream = container.add_stream(plan.codec, rate=44_100)
        stream.layout = "mono"
        stream.bit_rate = 48_000
        for start in range(0, len(reading.samples), RATE):
            piece = reading.samples[start : start + RATE].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def clock(seconds: float) -> str:
    """Seconds as WebVTT writes them."""
    thousandths = round(seconds * 1000)
    return f"{thousandths // 3_600_000:02}:{thousandths // 60_000 % 60:02}:{thousandths / 1000 % 60:06.3f}"


def captions(reading: Reading) -> str:
    """The sentences as WebVTT with speakers."""
    cues = [f"{clock(cue.start)} --> {clock(cue.end)}\n<v {cue.speaker}>{cue.text}" for cue in reading.cues]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def chapter_file(reading: Reading, plan: Plan) -> str:
    """The chapters as Podcasting 2.0 has them."""
    chapters = [{"startTime": round(start, 2), "title": title} for start, title in reading.chapters]
    body = {"version": "1.2.0", "title": plan.title, "podcastName": SHOW, "chapters": chapters}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def page(plan: Plan, audio: Path, seconds: float) -> str:
    """The episode's page for people and for readers of JSON-LD and OpenGraph."""
    url, audio_url = f"{PLACEHOLDER}/{plan.slug}", f"{PLACEHOLDER}/{audio.name}"
    facts = {
        "@context": "https://schema.org",
        "@type": "PodcastEpisode",
        "@id": url,
        "url": url,
        "name": plan.title,
        "description": plan.notes,
        "datePublished": plan.published.isoformat(),
        "episodeNumber": plan.number,
        "inLanguage": "en",
        "timeRequired": f"PT{int(seconds // 60)}M{int(seconds % 60)}S",
        "partOfSeries": {
            "@type": "PodcastSeries",
            "name": SHOW,
            "url": f"{PLACEHOLDER}/",
            "webFeed": f"{PLACEHOLDER}/feed.xml",
        },
        "associatedMedia": {
            "@type": "AudioObject",
            "contentUrl": audio_url,
            "encodingFormat": plan.media_type,
            "contentSize": audio.stat().st_size,
        },
        "actor": [{"@type": "Person", "name": NAMES[name]} for name in (plan.host, plan.guest)],
    }
    title, notes = html.escape(plan.title), html.escape(plan.notes)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} | {SHOW}</title>
<meta name="description" content="{notes}">
<link rel="canonical" href="{url}">
<link rel="alternate" type="application/rss+xml" title="{SHOW}" href="{PLACEHOLDER}/feed.xml">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{SHOW}">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{notes}">
<meta property="og:url" content="{url}">
<meta property="og:audio" content="{audio_url}">
<meta property="og:audio:type" content="{plan.media_type}">
<meta property="article:published_time" content="{plan.published.isoformat()}">
<script type="application/ld+json">
{json.dumps(facts, indent=2, ensure_ascii=False)}
</script>
<style>body {{ font: 18px/1.5 serif; max-width: 38em; margin: 3em auto }} audio {{ width: 100% }}</style>
</head>
<body>
<p><a href="{PLACEHOLDER}/">{SHOW}</a>, episode {plan.number}</p>
<h1>{title}</h1>
<p><time datetime="{plan.published.isoformat()}">{plan.published:%d %B %Y}</time>,
with {NAMES[plan.host]} and {NAMES[plan.guest]}.</p>
<audio controls preload="none" src="{audio_url}"></audio>
<p>{notes}</p>
<p>Read by synthetic voices for the sample show of ragtime_assets.
<a href="{PLACEHOLDER}/feed.xml">Subscribe</a>.</p>
</body>
</html>
"""


def item(plan: Plan, audio: Path, seconds: float) -> str:
    """The episode in the feed."""
    extras = (
        f"""
      <podcast:transcript url="{PLACEHOLDER}/{plan.slug}.vtt" type="text/vtt" language="en" rel="captions"/>
      <podcast:chapters url="{PLACEHOLDER}/{plan.slug}.chapters.json" type="application/json+chapters"/>"""
        if plan.extras
        else ""
    )
    length = audio.stat().st_size
    return f"""    <item>
      <title>{html.escape(plan.title)}</title>
      <link>{PLACEHOLDER}/{plan.slug}</link>
      <guid isPermaLink="false">the-long-chorus-{plan.number}</guid>
      <pubDate>{format_datetime(plan.published)}</pubDate>
      <description>{html.escape(plan.notes)}</description>
      <enclosure url="{PLACEHOLDER}/{audio.name}" length="{length}" type="{plan.media_type}"/>
      <itunes:duration>{round(seconds)}</itunes:duration>
      <itunes:episode>{plan.number}</itunes:episode>
      <itunes:season>1</itunes:season>
      <itunes:episodeType>full</itunes:episodeType>
      <itunes:explicit>false</itunes:explicit>
      <podcast:person role="host">{NAMES[plan.host]}</podcast:person>
      <podcast:person role="guest">{NAMES[plan.guest]}</podcast:person>{extras}
    </item>"""


def feed(items: list[str]) -> str:
    """The whole feed, newest episode first."""
    body = "\n".join(reversed(items))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"
     xmlns:atom="http://www.w3.org/2005/Atom"
     xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
     xmlns:podcast="https://podcastindex.org/namespace/1.0">
  <channel>
    <title>{SHOW}</title>
    <link>{PLACEHOLDER}/</link>
    <atom:link href="{PLACEHOLDER}/feed.xml" rel="self" type="application/rss+xml"/>
    <description>{ABOUT}</description>
    <language>en</language>
    <itunes:author>{NAMES["Clara"]} and {NAMES["Martin"]}</itunes:author>
    <itunes:category text="Music"/>
    <itunes:explicit>false</itunes:explicit>
    <podcast:guid>{podcast_guid(f"{PLACEHOLDER}/feed.xml")}</podcast:guid>
    <podcast:medium>podcast</podcast:medium>
{body}
  </channel>
</rss>
"""


def make(plan: Plan) -> str:
    """Write the files of one episode; its item of the feed."""
    reading = read_aloud((FOLDER / f"{plan.slug}.txt").read_text(encoding="utf-8"))
    audio = encode(reading, plan)
    (FOLDER / f"{plan.slug}.html").write_text(page(plan, audio, reading.seconds), encoding="utf-8")
    if plan.extras:
        (FOLDER / f"{plan.slug}.vtt").write_text(captions(reading), encoding="utf-8")
        (FOLDER / f"{plan.slug}.chapters.json").write_text(chapter_file(reading, plan), encoding="utf-8")
    sys.stdout.write(f"{audio.name}: {reading.seconds:.1f} s, {audio.stat().st_size / 1000:.0f} kB\n")
    return item(plan, audio, reading.seconds)


def main() -> None:
    """Make the whole show."""
    items = [make(plan) for plan in PLANS]
    (FOLDER / "feed.xml").write_text(feed(items), encoding="utf-8")


if __name__ == "__main__":
    main()
