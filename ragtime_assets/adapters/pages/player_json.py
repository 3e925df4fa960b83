"""The episode that a page hands to its player as data: Podlove, Podigee, and what others write in their own ways.

What belongs here: telling audio by what it is (its media type, its ending, a name that says audio) and whose it is: the
nearest object's around it that has a title. A page with several episodes is a list, of which only the one with the
page's own address or title is taken. How data is found in scripts is `scripts.py`'s.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from ragtime_assets.adapters.pages.json_ld import Episode
from ragtime_assets.adapters.pages.not_episodes import (
    as_words,
    is_at_another_kind_of_address,
    is_flagged,
    is_no_episode,
    key_of,
    leads_elsewhere,
    names_a_piece,
    streams_a_station,
)
from ragtime_assets.adapters.pages.scripts import documents, unwrapped
from ragtime_assets.adapters.pages.stores import Holders, Node, entry_of, ids_of, is_named_by, neighbours
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate
from ragtime_assets.domain.episode.called import are_same, holds, unnumbered
from ragtime_assets.domain.episode.media import has_audio_ending, is_preview
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import same_page, web_url
from ragtime_assets.domain.text.numbers import seconds
from ragtime_assets.domain.text.titles import comparable

_TITLES = (
    *("title", "name", "headline", "heading", "titel", "titre", "titulo", "título", "titolo"),
    *("episodeTitle", "episodeName", "itemTitle", "mediaTitle", "audioTitle", "trackTitle", "clipTitle"),
    *("nom", "nombre", "nome", "naam"),
)
_KINDS = ("mimeType", "mime_type", "mimetype", "mime", "type", "encodingFormat", "contentType", "content_type")
_SHOWS = (
    *("show", "podcast", "series", "programSet", "program", "showTitle", "podcastTitle", "showName", "podcastName"),
    *("emission", "émission", "sendung", "reihe", "programa", "programma", "programme"),
)
_ADDRESSES = ("url", "link", "permalink", "href", "webUrl", "canonicalUrl", "canonical_url", "pageUrl", "sharingUrl")
_DAYS = ("publicationDate", "publishedAt", "pubDate", "datePublished")
_LENGTHS = (
    *("duration", "durationSeconds", "durationInSeconds", "durationMs", "durationMillis"),
    *("audioDuration", "mediaDuration", "episodeDuration", "trackDuration", "lengthSeconds"),
    *("dauer", "duree", "durée", "duracion", "duración", "durata", "duracao", "duração", "duur"),
)
_LONGEST_IN_SECONDS = 36 * 3600
"""A longer one is told in milliseconds."""
_CODECS = r"(?<![a-z])(?:aac|opus|og[ga]|vorbis|flac|wav|weba)(?![a-z])"
_LEADS = re.compile(
    r"url|uri|src|source|href|link|file|path|stream|audio|enclosure|media|mp3|m4a|download|"
    rf"fichier|datei|archivo|fichero|arquivo|ficheiro|bestand|adresse|{_CODECS}",
    re.IGNORECASE,
)
_SAYS_AUDIO = re.compile(
    r"\w*?(?:audio|enclosure|mp3|m4a|aac|ogg|vorbis|opus|flac|media(?=[-_]?(?:url|uri|src)))[-_]?"
    r"(?:file|source|stream|download)?[-_]?(?:url|uri|src|href|link)?",
    re.IGNORECASE,
)
_FORMAT = re.compile(
    r"\W*(?:(?:mp3|m4a|mp4|mpeg|aac|ogg|vorbis|opus|flac|audio|video|file|datei|download|high|low|quality|stereo|mono|"
    r"kbps|kbit|s|itunes|feed|default|hq|lq|\d++)\W*)+",
    re.IGNORECASE,
)
"""A title that names what a file is, not what it is about."""
_OTHER_ENDING = re.compile(r"\.(?!com$|org$|net$|php$|aspx?$)[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_MOST_NODES = 20_000
_LONGEST_NAME, _LONGEST_PATH = 40, 400
_NEAREST = 4
"""How many objects around a file are looked at for a title: further off it is that of the page or the site."""

Json = dict[str, Any]


class _Found(NamedTuple):
    """Audio, the object that it is in, and the place of that; and who holds it, if no object around it has a title."""

    audio: AudioCandidate
    node: Node
    place: str
    is_beside: bool
    """Whether it is of an entry beside the page's own in a store."""
    holder: Json | None = None

    @property
    def line(self) -> tuple[Json, ...]:
        """The objects that may tell of the audio, the nearest first."""
        own = (self.node.value, *self.node.around[:_NEAREST])
        return own if self.holder is None else (self.node.value, self.holder)


class _Played(NamedTuple):
    """An episode, the object that tells of it, and whether that stands where others than the page's are listed."""

    episode: Episode
    owner: Json
    ids: frozenset[str]
    is_elsewhere: bool

    def is_called(self, titles: Iterable[str]) -> bool:
        """Whether a page of these titles may speak of it: the same title, or one that holds the other."""
        title = self.episode.title or ""
        return bool(title) and any(
            are_same(title, other) or holds(unnumbered(title), unnumbered(other)) for other in titles
        )


def played_episode(
    scripts: Iterable[str], marked: Iterable[tuple[str, Json]], base: str, titles: Iterable[str | None]
) -> Episode | None:
    """The episode of the page's player; of several the one with the page's address or title, else None."""
    groups: dict[int, list[_Found]] = {}
    held = [*(("", document) for document in documents(scripts) if document is not None), *marked]
    for found in (one for place, document in held for one in _files(document, base, place)):
        groups.setdefault(
            id(_owner(found) or entry_of(found.node) or (*found.node.around, found.node.value)[0]), []
        ).append(found)
    episodes = list(_distinct(groups.values(), base))
    called = [title for title in titles if title]
    here = [one for one in episodes if not one.is_elsewhere]
    if len(here) == 1 and not any(one.is_elsewhere and one.is_called(called) for one in episodes):
        return here[0].episode
    equal = {comparable(title) for title in called} - {""}
    fits: tuple[Callable[[_Played], bool], ...] = (
        lambda one: _is_at(one.owner, base),
        lambda one: is_named_by(base, one.ids),
        lambda one: comparable(one.episode.title or "") in equal,
        lambda one: one.is_called(called),
    )
    for fit in fits:
        own = [one.episode for one in episodes if fit(one)]
        if len(own) == 1:
            return own[0]
    return None


def _distinct(groups: Iterable[list[_Found]], base: str) -> Iterator[_Played]:
    """Each episode once, though scripts may tell of it several times; what has no title counts if nothing else is.

    Several without a title that stand in one place are a list of anything, of which none is the page's.
    """
    episodes: list[_Played] = []
    known: set[str] = set()
    for group in sorted(groups, key=lambda group: _owner(group[0]) is None):
        audio = tuple({found.audio.url: found.audio for found in group}.values())
        if known.isdisjoint(one.url for one in audio):
            episodes.append(_played(group, audio, base))
        known.update(one.url for one in audio)
    titled = [one for one in episodes if one.episode.title]
    here = [one for one in episodes if not one.is_elsewhere]
    yield from titled or (here if len(here) == 1 else (one for one in here if one.ids))


def _played(group: list[_Found], audio: tuple[AudioCandidate, ...], base: str) -> _Played:
    owner = _owner(group[0]) or {}
    is_elsewhere = all(found.is_beside or leads_elsewhere(found.node.path, found.place) for found in group)
    return _Played(_episode(owner, _above(group[0], owner), audio, base), owner, _ids(group[0], owner), is_elsewhere)


def _files(document: Any, base: str, place: str) -> Iterator[_Found]:
    """The audio of a document; what has no title around it is its holder's, if others name it by an id."""
    nodes = list(_nodes(document))
    beside = neighbours(nodes, base)
    holders: Holders | None = None
    for node in nodes:
        for name, link in _links(node.value):
            url = None if link.startswith(("{", "[")) else web_url(base, link)
            if not url or names_a_piece(node.path) or not _is_audio(node.value, name, link, url):
                continue
            found = _Found(AudioCandidate(url=url, origin="player"), node, place, is_beside=False)
            if _owner(found) is None:
                holders = holders or Holders(nodes, _title)
                found = found._replace(holder=holders.of(node))
            is_station = _owner(found) is None and streams_a_station(node.value, name)
            if not is_station and not _is_another_thing(found):
                yield found._replace(is_beside=any(id(one) in beside for one in found.line))


def _nodes(document: Any) -> Iterator[Node]:
    """Every object of a document, also of those that it holds as text."""
    pending: deque[tuple[Any, tuple[Json, ...], tuple[str, ...], str]] = deque([(document, (), ("",), "")])
    for _ in range(_MOST_NODES):
        if not pending:
            return
        value, around, names, path = pending.popleft()
        if isinstance(value, str) and value.startswith(("{", "[")):
            with suppress(ValueError, RecursionError):
                pending.append((unwrapped(json.loads(value, strict=False)), around, names, path))
        elif isinstance(value, list):
            pending.extend((one, around, names, path) for one in value)
        elif isinstance(value, dict):
            yield Node(value, around, names, path)
            holder = (value, *around)[: _NEAREST + 1]
            pending.extend(
                (
                    one,
                    holder,
                    (str(name)[:_LONGEST_NAME], *names)[: _NEAREST + 2],
                    f"{path}/{as_words(str(name)[:_LONGEST_NAME])}"[-_LONGEST_PATH:],
                )
                for name, one in value.items()
                if not _is_plain(one)
            )


def _links(node: Json) -> Iterator[tuple[str, str]]:
    """The texts of an object, each with its name; of a list of texts each."""
    for name, value in node.items():
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str):
                yield str(name), one


def _is_another_thing(found: _Found) -> bool:
    """Whether the objects from the audio to its title say that it is live, sells something, or is far too short."""
    own = found.line[: next((at for at, one in enumerate(found.line) if _title(one)), 0) + 1]
    return any(is_flagged(one) for one in own) or is_no_episode(_title(own[-1]), _length(own[-1]))


def _is_plain(value: Any) -> bool:
    return not (isinstance(value, list | dict) or isinstance(value, str) and value.startswith(("{", "[")))


def _is_audio(node: Json, name: str, link: str, url: str) -> bool:
    if is_preview(url) or is_at_another_kind_of_address(url) or names_a_piece(as_words(name[:_LONGEST_NAME])):
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
    return next((one for one in found.line if _title(one)), None)


def _ids(found: _Found, owner: Json) -> frozenset[str]:
    """What the owner of the audio is named by in its store; without an owner, what the audio is."""
    line = (found.node.value, *found.node.around)
    at = next((number for number, one in enumerate(line) if one is owner), None)
    if found.holder is not None:
        return ids_of(Node(found.holder, (), ("",), ""))
    return ids_of(found.node if at is None else Node(line[at], line[at + 1 :], found.node.names[at:], found.node.path))


def _above(found: _Found, owner: Json) -> Json:
    """The object around the owner."""
    line = (found.node.value, *found.node.around)
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
        published=moment(_text(node, *_DAYS)),
        duration=_length(node),
        audio=audio,
        feed_url=web_url(base, _text(named, "feed", "feedUrl")),
    )


def _length(node: Json) -> float | None:
    told = _text(node, *_LENGTHS) or ""
    in_milliseconds = re.fullmatch(r"\d{6,9}", told) and int(told) > _LONGEST_IN_SECONDS
    return int(told) / 1000 if in_milliseconds else seconds(told)


def _text(node: Json, *keys: str) -> str | None:
    """The first text by one of these names, however its words are joined."""
    named = {key_of(str(name)): value for name, value in node.items()}
    values = (named.get(key_of(key)) for key in keys)
    return next((one_line(str(value)) for value in values if isinstance(value, str | int | float) and value), None)
