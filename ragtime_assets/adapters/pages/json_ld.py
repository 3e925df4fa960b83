"""The schema.org episode in a page's JSON-LD.

What belongs here: finding the one node that is the page's episode, and reading it. What does not: the rest of the
page (`reader.py`).
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ragtime_assets.adapters.pages.not_episodes import is_at_another_kind_of_address, is_flagged
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, PublisherTranscript
from ragtime_assets.domain.episode.identity import is_guid
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import same_page, web_url
from ragtime_assets.domain.text.numbers import seconds, whole_number

_EPISODES = frozenset({"podcastepisode", "radioepisode", "episode"})
_AUDIO = "audioobject"
_SHORTEST_NUMBER = 8
_MOST_NODES = 20_000
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$")

Json = dict[str, Any]


@dataclass(frozen=True)
class Episode:
    """What JSON-LD says of the page's episode."""

    title: str | None = None
    show: str | None = None
    description: str | None = None
    published: datetime | None = None
    language: str | None = None
    duration: float | None = None
    image: str | None = None
    season: int | None = None
    number: int | None = None
    audio: tuple[AudioCandidate, ...] = ()
    transcripts: tuple[PublisherTranscript, ...] = ()
    feed_url: str | None = None
    guid: str | None = None


def episode_of(scripts: Iterable[str], base: str, addresses: Collection[str | None]) -> Episode | None:
    """The page's episode; of several the one with an address of the page, None when that is unclear."""
    nodes = [node for script in scripts for node in _nodes(script)]
    for wanted in (_EPISODES, {_AUDIO}):
        found = [node for node in nodes if wanted & _types(node) and not _is_another_thing(node, base)]
        own = [node for node in found if any(same_page(_address(node, base), one) for one in addresses)]
        chosen = own or found
        if chosen and (
            len(chosen) == 1 or wanted is _EPISODES and len({_text(node.get("name")) for node in chosen}) == 1
        ):
            return _episode(chosen[0], base)
        if found:
            return None
    return None


def _is_another_thing(node: Json, base: str) -> bool:
    """Whether an audio object says, or its address does, that it is live, sells something, or reads the page out."""
    at = _link(node.get("contentUrl"), base) or ""
    return _AUDIO in _types(node) and (is_flagged(node) or is_at_another_kind_of_address(at))


def _episode(node: Json, base: str) -> Episode:
    series = _first(node.get("partOfSeries")) or _first(node.get("isPartOf")) or {}
    media = [part for key in ("associatedMedia", "audio", "encoding") for part in _all(node.get(key))]
    audio = [*media, node] if _types(node) & {_AUDIO} or "contentUrl" in node else media
    lengths = (seconds(_text(one.get(key))) for one in (node, *audio) for key in ("duration", "timeRequired"))
    return Episode(
        title=_text(node.get("name")) or _text(node.get("headline")),
        show=_show(series, base),
        description=_text(node.get("description")),
        published=moment(_text(node.get("datePublished"))) or moment(_text(node.get("uploadDate"))),
        language=language_code(_text(node.get("inLanguage"))),
        duration=next(filter(None, lengths), None),
        image=_link(node.get("image"), base),
        season=whole_number(_text((_first(node.get("partOfSeason")) or {}).get("seasonNumber"))),
        number=whole_number(_text(node.get("episodeNumber"))),
        audio=tuple(_candidates(audio, base)),
        transcripts=tuple(_transcripts(audio, base)),
        feed_url=_link(series.get("webFeed"), base),
        guid=_guid(node.get("identifier")),
    )


def _show(series: Json, base: str) -> str | None:
    """The broadcast's name; a site's address in its place is none."""
    name = one_line(_text(series.get("name")))
    host = (urlsplit(base).hostname or "").removeprefix("www.")
    return None if name.lower().removeprefix("www.") in {"", host} else name


def _guid(value: Any) -> str | None:
    """An identifier that can be known outside the site: a short number is a page's, or counts episodes."""
    value = value[0] if isinstance(value, list) and value else value
    text = _text(value.get("value") if isinstance(value, dict) else value) or ""
    return None if not is_guid(text) or text.isdecimal() and len(text) < _SHORTEST_NUMBER else text


def _candidates(media: Iterable[Json], base: str) -> Iterator[AudioCandidate]:
    for part in media:
        url = web_url(
            base, _text(part.get("contentUrl")) or (_text(part.get("url")) if _types(part) & {_AUDIO} else None)
        )
        kind = (_text(part.get("encodingFormat")) or "").lower()
        if url and not kind.startswith("text/"):
            media_type = kind if "/" in kind else None
            yield AudioCandidate(url=url, origin="json_ld", media_type=media_type)


def _transcripts(media: Iterable[Json], base: str) -> Iterator[PublisherTranscript]:
    for part in media:
        for caption in (*_all(part.get("caption")), *_all(part.get("transcript"))):
            url, kind = _link(caption.get("contentUrl"), base), _text(caption.get("encodingFormat"))
            if url and kind:
                language = language_code(_text(caption.get("inLanguage")))
                yield PublisherTranscript(url=url, media_type=kind.lower(), language=language)


def _nodes(script: str) -> Iterator[Json]:
    """Every object of a script that has a type, wherever it is nested, except what is part of an episode."""
    try:
        pending: deque[Any] = deque([json.loads(_WRAPPING.sub("", script), strict=False)])
    except (ValueError, RecursionError):
        return
    for _ in range(_MOST_NODES):
        if not pending:
            return
        value = pending.popleft()
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            if _types(value):
                yield value
            if not _types(value) & (_EPISODES | {_AUDIO}):
                pending.extend(value.values())


def _types(node: Json) -> frozenset[str]:
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return frozenset(re.split(r"[/#:]", name)[-1].lower() for name in names if isinstance(name, str))


def _address(node: Json, base: str) -> str | None:
    return next(filter(None, (_link(node.get(key), base) for key in ("url", "@id", "mainEntityOfPage"))), None)


def _link(value: Any, base: str) -> str | None:
    """A URL that may stand as such, in an object or in a list."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return web_url(base, value) if isinstance(value, str) else None


def _text(value: Any) -> str | None:
    """A text or number, the name of an object, or the first such of a list; None for anything else."""
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str | dict)), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("alternateName")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def _first(value: Any) -> Json | None:
    return next(_all(value), None)


def _all(value: Any) -> Iterator[Json]:
    return (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict))
