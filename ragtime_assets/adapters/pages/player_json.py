"""The episode that a page hands to its player as JSON: Podlove, Podigee, and what others write in the same way.

What belongs here: finding JSON in scripts, and the one episode in it. A page with several is a list of episodes, of
which only the one with the page's own title is taken.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from ragtime_assets.adapters.pages.json_ld import Episode
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import web_url
from ragtime_assets.domain.text.numbers import seconds
from ragtime_assets.domain.text.titles import comparable

_AUDIO_KEYS = ("audioUrl", "audio_url", "audioURL", "enclosureUrl", "enclosure_url", "mp3Url", "mp3_url", "mediaUrl")
_MEDIA_KINDS = ("mp3", "m4a", "aac", "opus", "ogg", "vorbis", "flac")
_OPENING = re.compile(r"(?:[=(,\[]|^)\s*(?=\{)")
_MOST_TRIES = 60
_MOST_NODES = 20_000
_LONGEST_SCRIPT = 4_000_000

Json = dict[str, Any]


def played_episode(scripts: Iterable[str], base: str, titles: Iterable[str | None]) -> Episode | None:
    """The episode of the page's player; of several the one that is called like the page, else None."""
    found: dict[tuple[str, ...], Episode] = {}
    for script in scripts:
        for document in _documents(script):
            for episode in _episodes(document, base):
                found.setdefault(tuple(audio.url for audio in episode.audio), episode)
    if len(found) == 1:
        return next(iter(found.values()))
    wanted = {comparable(title) for title in titles if title}
    own = [episode for episode in found.values() if episode.title and comparable(episode.title) in wanted]
    return own[0] if len(own) == 1 else None


def _documents(script: str) -> Iterator[Any]:
    """Every JSON object that a script assigns, calls with, or is."""
    decoder, at = json.JSONDecoder(strict=False), 0
    for _ in range(_MOST_TRIES):
        opening = _OPENING.search(script, at, _LONGEST_SCRIPT)
        if opening is None:
            return
        try:
            document, at = decoder.raw_decode(script, opening.end())
        except (ValueError, RecursionError):
            at = opening.end() + 1
            continue
        yield document


def _episodes(document: Any, base: str) -> Iterator[Episode]:
    pending: deque[tuple[Any, Json]] = deque([(document, {})])
    for _ in range(_MOST_NODES):
        if not pending:
            return
        value, parent = pending.popleft()
        if isinstance(value, list):
            pending.extend((one, parent) for one in value)
        elif isinstance(value, dict):
            audio = tuple(_audio(value, base))
            if audio:
                yield _episode(value, parent, audio, base)
            else:
                pending.extend((one, value) for one in value.values())


def _audio(node: Json, base: str) -> Iterator[AudioCandidate]:
    """What a node names as its own audio: Podlove's list, Podigee's formats, or one of the usual keys."""
    named: list[tuple[Any, Any]] = [(node.get(key), None) for key in _AUDIO_KEYS]
    files, media = node.get("audio"), node.get("media")
    if isinstance(files, list):
        named += [(one.get("url"), one.get("mimeType")) for one in files if isinstance(one, dict)]
    if isinstance(media, dict):
        named += [(media.get(kind), f"audio/{kind}") for kind in _MEDIA_KINDS]
    for link, kind in named:
        url = web_url(base, link) if isinstance(link, str) else None
        if url and not (isinstance(kind, str) and kind.startswith(("text/", "image/"))):
            yield AudioCandidate(url=url, origin="player")


def _episode(node: Json, parent: Json, audio: tuple[AudioCandidate, ...], base: str) -> Episode:
    show, podcast = node.get("show"), parent.get("podcast")
    named = show if isinstance(show, dict) else podcast if isinstance(podcast, dict) else {}
    return Episode(
        title=_text(node, "title", "name"),
        show=_text(named, "title", "name") or (one_line(show) or None if isinstance(show, str) else None),
        published=moment(_text(node, "publicationDate", "publishedAt", "pubDate", "published_at")),
        duration=seconds(_text(node, "duration")),
        audio=audio,
        feed_url=web_url(base, _text(named, "feed", "feedUrl")),
    )


def _text(node: Json, *keys: str) -> str | None:
    values = (node.get(key) for key in keys)
    return next((one_line(str(value)) for value in values if isinstance(value, str | int | float) and value), None)
