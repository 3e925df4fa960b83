"""The episode that a page hands to its player as data: Podlove, Podigee, and what others write in their own ways.

What belongs here: telling audio by what it is (its media type, its ending, a name that says audio) and whose it is: the
nearest object's around it that has a title. A page with several episodes is a list, of which only the one with the
page's own address or title is taken. How data is found in scripts is `scripts.py`'s.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from ragtime_assets.adapters.pages.json_ld import Episode
from ragtime_assets.adapters.pages.scripts import documents
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate
from ragtime_assets.domain.episode.media import has_audio_ending, is_preview
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import same_page, web_url
from ragtime_assets.domain.text.numbers import seconds
from ragtime_assets.domain.text.titles import comparable

_TITLES = ("title", "name", "headline", "episodeTitle", "episode_title", "episodeName")
_KINDS = ("mimeType", "mime_type", "mimetype", "mime", "type", "encodingFormat", "contentType", "content_type")
_SHOWS = ("show", "podcast", "series", "programSet", "program", "showTitle", "podcastTitle", "showName", "podcastName")
_ADDRESSES = ("url", "link", "permalink", "href", "webUrl", "canonicalUrl", "canonical_url", "pageUrl", "sharingUrl")
_LEADS = re.compile(
    r"url|uri|src|source|href|link|file|path|stream|audio|enclosure|media|mp3|m4a|download", re.IGNORECASE
)
_SAYS_AUDIO = re.compile(
    r"\w*?(?:audio|enclosure|mp3|m4a|aac|ogg|vorbis|opus|flac|media(?=[-_]?(?:url|uri|src)))[-_]?"
    r"(?:file|source|stream|download)?[-_]?(?:url|uri|src|href|link)?",
    re.IGNORECASE,
)
_PIECE = re.compile(r"preview|teaser|trailer|snippet|jingle|sample", re.IGNORECASE)
_FORMAT = re.compile(
    r"\W*(?:(?:mp3|m4a|mp4|mpeg|aac|ogg|vorbis|opus|flac|audio|video|file|datei|download|high|low|quality|stereo|mono|"
    r"kbps|kbit|s|itunes|feed|default|hq|lq|\d+)\W*)+",
    re.IGNORECASE,
)
"""A title that names what a file is, not what it is about."""
_OTHER_ENDING = re.compile(r"\.(?!com$|org$|net$|php$|aspx?$)[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_MOST_NODES = 20_000
_NEAREST = 4
"""How many objects around a file are looked at for a title: further off it is that of the page or the site."""

Json = dict[str, Any]


class _Found(NamedTuple):
    """Audio, the object that it is in, and those around that, the nearest first."""

    audio: AudioCandidate
    node: Json
    around: tuple[Json, ...]


def played_episode(
    scripts: Iterable[str], marked: Iterable[Json], base: str, titles: Iterable[str | None]
) -> Episode | None:
    """The episode of the page's player; of several the one with the page's address or title, else None."""
    groups: dict[int, list[_Found]] = {}
    held = [document for document in (*documents(scripts), *marked) if document is not None]
    for found in (one for document in held for one in _files(document, base)):
        groups.setdefault(id(_owner(found) or (*found.around, found.node)[0]), []).append(found)
    episodes = list(_distinct(groups.values(), base))
    if len(episodes) == 1:
        return episodes[0][0]
    wanted = {comparable(title) for title in titles if title}
    for own in (
        [episode for episode, owner in episodes if _is_at(owner, base)],
        [episode for episode, _ in episodes if episode.title and comparable(episode.title) in wanted],
    ):
        if len(own) == 1:
            return own[0]
    return None


def _distinct(groups: Iterable[list[_Found]], base: str) -> Iterator[tuple[Episode, Json]]:
    """Each episode once, though scripts may tell of it several times; what has no title counts if nothing else is."""
    known: set[str] = set()
    owned = sorted(groups, key=lambda group: _owner(group[0]) is None)
    for group in owned:
        audio = tuple({found.audio.url: found.audio for found in group}.values())
        if _owner(group[0]) is None and known:
            return
        if known.isdisjoint(one.url for one in audio):
            owner = _owner(group[0]) or {}
            yield _episode(owner, _above(group[0], owner), audio, base), owner
        known.update(one.url for one in audio)


def _files(document: Any, base: str) -> Iterator[_Found]:
    pending: deque[tuple[Any, tuple[Json, ...]]] = deque([(document, ())])
    for _ in range(_MOST_NODES):
        if not pending:
            return
        value, around = pending.popleft()
        if isinstance(value, str) and value.startswith(("{", "[")):
            with suppress(ValueError, RecursionError):
                pending.append((json.loads(value, strict=False), around))
        elif isinstance(value, list):
            pending.extend((one, around) for one in value)
        elif isinstance(value, dict):
            for name, link in value.items():
                url = web_url(base, link) if isinstance(link, str) and not link.startswith(("{", "[")) else None
                if url and _is_audio(value, str(name), link, url):
                    yield _Found(AudioCandidate(url=url, origin="player"), value, around)
            pending.extend((one, (value, *around)[: _NEAREST + 1]) for one in value.values() if not _is_plain(one))


def _is_plain(value: Any) -> bool:
    return not (isinstance(value, list | dict) or isinstance(value, str) and value.startswith(("{", "[")))


def _is_audio(node: Json, name: str, link: str, url: str) -> bool:
    if is_preview(url) or _PIECE.search(name):
        return False
    if has_audio_ending(url):
        return bool(_LEADS.search(name)) or bool(_title(node))
    if not link.startswith(("http://", "https://", "/")) or _OTHER_ENDING.search(url.partition("?")[0]):
        return False
    kind = next((value for value in (node.get(key) for key in _KINDS) if isinstance(value, str)), "")
    if kind.lower().startswith(("text/", "image/", "application/json", "video/")):
        return False
    return kind.lower().startswith("audio/") and bool(_LEADS.search(name)) or bool(_SAYS_AUDIO.fullmatch(name))


def _owner(found: _Found) -> Json | None:
    return next((one for one in (found.node, *found.around[:_NEAREST]) if _title(one)), None)


def _above(found: _Found, owner: Json) -> Json:
    """The object around the owner."""
    line = [found.node, *found.around]
    at = next((number for number, one in enumerate(line) if one is owner), len(line))
    return line[at + 1] if at + 1 < len(line) else {}


def _title(node: Json) -> str | None:
    title = _text(node, *_TITLES)
    return None if title is None or _FORMAT.fullmatch(title) else title


def _is_at(owner: Json, base: str) -> bool:
    links = (owner.get(key) for key in _ADDRESSES)
    return any(same_page(web_url(base, link), base) for link in links if isinstance(link, str) and link.strip("#"))


def _episode(node: Json, parent: Json, audio: tuple[AudioCandidate, ...], base: str) -> Episode:
    shows = [one for holder in (node, parent) for one in (holder.get(key) for key in _SHOWS) if one]
    named: Json = next((one for one in shows if isinstance(one, dict)), {})
    show = next((one for one in shows if isinstance(one, str)), "")
    return Episode(
        title=_title(node),
        show=_text(named, "title", "name") or one_line(show) or None,
        published=moment(_text(node, "publicationDate", "publishedAt", "pubDate", "published_at", "datePublished")),
        duration=seconds(_text(node, "duration")),
        audio=audio,
        feed_url=web_url(base, _text(named, "feed", "feedUrl")),
    )


def _text(node: Json, *keys: str) -> str | None:
    values = (node.get(key) for key in keys)
    return next((one_line(str(value)) for value in values if isinstance(value, str | int | float) and value), None)
