"""Episode pages: what they say of themselves, deterministic readings only.

What belongs here: weighing JSON-LD against players, OpenGraph and media elements. JSON-LD itself is read
in `json_ld.py`, what is handed to players in `player_json.py`; which feed item a page is about is `feeds.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ragtime_assets.adapters.pages.elements import carried, label_of, place_of, told_people
from ragtime_assets.adapters.pages.json_ld import Episode, episode_of
from ragtime_assets.adapters.pages.markup import parsed, plain_text
from ragtime_assets.adapters.pages.not_episodes import (
    is_at_another_kind_of_address,
    is_beside_the_episode,
    is_foreign,
    says_it_is_gone,
)
from ragtime_assets.adapters.pages.player_json import played_episode
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, AudioOrigin, EpisodeDetails, Source
from ragtime_assets.domain.episode.called import plain, unnumbered
from ragtime_assets.domain.episode.fetched import Document, PageFacts
from ragtime_assets.domain.episode.identity import is_route
from ragtime_assets.domain.episode.media import is_preview
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.lines import decoded, one_line
from ragtime_assets.domain.text.links import same_page, web_url
from ragtime_assets.domain.text.titles import comparable, speaks_of_podcasts

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

AGGREGATORS = {
    "podcasts.apple.com": "Apple Podcasts",
    "open.spotify.com": "Spotify",
    "overcast.fm": "Overcast",
    "pca.st": "Pocket Casts",
    "pocketcasts.com": "Pocket Casts",
    "podcastaddict.com": "Podcast Addict",
    "castbox.fm": "Castbox",
    "castro.fm": "Castro",
    "podchaser.com": "Podchaser",
    "podbay.fm": "Podbay",
    "player.fm": "Player FM",
    "listennotes.com": "Listen Notes",
    "music.amazon.com": "Amazon Music",
    "deezer.com": "Deezer",
    "iheart.com": "iHeart",
    "tunein.com": "TuneIn",
    "youtube.com": "YouTube",
    "podcastindex.org": "Podcast Index",
    "fyyd.de": "fyyd",
}
"""Sites that show other people's episodes, by host."""

_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml"})
_REFRESH = re.compile(r"\s*\d(?:\.\d*)?\s*[;,]\s*url\s*=\s*[\"']?([^\"'\s]+)", re.IGNORECASE)
"""After less than ten seconds; what comes later is for people who read the page first."""
_COMMENTS = re.compile("comment|kommentar|commentaire", re.IGNORECASE)
_MOST_FEEDS = 10
LONGEST_READING = 30_000
_PLAYER_SCRIPTS = ("", "text/javascript", "application/javascript", "application/json", "module")
_DATA = (*_PLAYER_SCRIPTS, "application/ld+json")
_GUID_IN_SCRIPT = re.compile(r'"itunes:episodeGuid"\s*:\s*"([^"\\]{1,500})"')
_URN = re.compile(r"(?:^|/)(urn:[a-z0-9][a-z0-9-]{1,31}:[^/]{1,300})")
_BY_JSON_LD, _BY_OPEN_GRAPH, _BY_ELEMENT, _BY_WORDS = 0.8, 0.5, 0.4, 0.2
_BETWEEN = re.compile(r"\s+[-–—|·•»:]{1,2}\s+|\s*\|\s*")
_FROM_SHOW = (
    re.compile(r"this (?P<kind>episode) from (?P<show>.{1,200}?) on Spotify"),
    re.compile(r"^(?P<show>.{1,200}) · (?P<kind>\w{1,20})$"),
)
"""How Spotify describes an episode: as it did, and as it does."""
_PLAYERS = "[class*=player i], [id*=player i], [class*=podcast i], [aria-label*=play i], iframe[src*=player i], audio"


class EpisodePageReader:
    """Reads episode pages; a `PageReader`."""

    def read(self, page: Document) -> PageFacts:
        """The details if the page is that of one episode, and the feeds it links to."""
        view = _view(page)
        canonical = view.canonical()
        episode = episode_of(view.scripts("application/ld+json"), page.url, (page.url, canonical))
        if episode is None or not episode.audio:
            titles = (episode.title if episode else None, *view.titles())
            played = played_episode(view.scripts(*_PLAYER_SCRIPTS), view.marked(), page.url, titles)
            is_other = episode is None and played is not None and view.is_about_another(played.title)
            episode = _with_player(episode, None if is_other else played)
        feeds = dict.fromkeys(filter(None, (episode.feed_url if episode else None, *view.feeds())))
        return PageFacts(
            _details(view, episode, canonical),
            tuple(feeds)[:_MOST_FEEDS],
            guid=view.guid() or (episode.guid if episode else None),
            titles=view.titles(),
            site=one_line(view.meta("og:site_name")) or None,
            published=moment(view.meta("article:published_time")),
            sends_to=view.sends_to(),
        )

    def text(self, page: Document) -> str:
        """The page for somebody who reads: JSON-LD, text and links, at most 30,000 characters."""
        view = _view(page)
        links = dict.fromkeys(filter(None, (web_url(view.base, link) for link in view.links())))
        told = [f"JSON-LD: {script.strip()}" for script in view.scripts("application/ld+json")]
        told += [one_line(view.heading()), plain_text(view.tree.html, LONGEST_READING)]
        return "\n".join([*(part[: LONGEST_READING // 3] for part in told), "Links:", *links])[:LONGEST_READING]


def _view(page: Document) -> _View:
    declared = _META_CHARSET.search(page.body[:4_096])
    return _View(parsed(decoded(page.body, page.charset, declared and declared[1].decode("ascii"))), page.url)


def _with_player(said: Episode | None, played: Episode | None) -> Episode | None:
    """What the page says, with the audio that it hands to its player."""
    if said is None or played is None:
        return said or played
    gaps = {
        name: getattr(played, name)
        for name in ("show", "published", "duration", "feed_url")
        if getattr(said, name) is None
    }
    return replace(said, audio=played.audio, **gaps)


def source_of(url: str) -> Source:
    """What kind of place `url` is, by its host."""
    provider = AGGREGATORS.get(_site(urlsplit(url).hostname))
    return Source(kind="aggregator", provider=provider) if provider else Source(kind="unknown")


def _site(host: str | None) -> str:
    return (host or "").lower().removeprefix("www.").removeprefix("m.")


class _View:
    """A page's tree, asked by what its tags are for."""

    def __init__(self, tree: LexborHTMLParser, url: str) -> None:
        self.tree = tree
        base = tree.css_first("base[href]")
        self.base = web_url(url, base.attributes.get("href")) or url if base else url
        self.url = url
        self._meta: dict[str, str] = {}
        for node in tree.css("meta"):
            key = node.attributes.get("property") or node.attributes.get("name") or ""
            self._meta.setdefault(key.strip().lower(), (node.attributes.get("content") or "").strip())

    def scripts(self, *kinds: str) -> list[str]:
        """What scripts of these types hold; an empty type is JavaScript's."""
        found = ((node.attributes.get("type") or "", node.text()) for node in self.tree.css("script"))
        return [text for kind, text in found if kind.partition(";")[0].strip().lower() in kinds]

    def links(self) -> Iterator[str | None]:
        """Where the page leads: what it links to, frames, plays and embeds."""
        for node in self.tree.css("a[href], link[href], iframe[src], audio[src], source[src], embed[src]"):
            yield node.attributes.get("href") or node.attributes.get("src")

    def meta(self, *names: str) -> str | None:
        return next(filter(None, (self._meta.get(name) for name in names)), None)

    def link(self, rel: str) -> str | None:
        node = self.tree.css_first(f'link[rel~="{rel}"]')
        return web_url(self.base, node.attributes.get("href")) if node else None

    def title(self) -> str | None:
        return self.meta("og:title", "twitter:title")

    def heading(self) -> str | None:
        """The page's heading: the second one where the first is the show's name, else the title of its window."""
        first, second = (self.tree.css_first(tag) for tag in ("h1", "h2"))
        if first and second and self._is_show(first.text(), second.text()):
            return second.text()
        node = first or self.tree.css_first("title")
        return node.text() if node else None

    def _is_show(self, first: str, second: str) -> bool:
        """Whether a heading names the show and the next the episode, which the title of the window names too."""
        show, episode = unnumbered(first), unnumbered(second)
        is_numbered = plain(first) == show and plain(second) != episode
        is_site = show == plain(self.meta("og:site_name") or "") != ""
        parts = {unnumbered(part) for part in _BETWEEN.split(self.window())}
        return show != episode and episode in parts and (is_site or is_numbered and show in parts)

    def titles(self) -> tuple[str, ...]:
        """What the page is called, as its head, its heading and the title of its window say; and the latter's parts."""
        window = self.window()
        parts = [part for part in _BETWEEN.split(window) if " " in part] if _BETWEEN.search(window) else []
        heading = self.heading() if self.tree.css_first("h1") else None
        named = (self.title(), heading, window, *parts)
        return tuple(dict.fromkeys(filter(None, (one_line(plain_text(title)) for title in named))))

    def is_about_another(self, title: str | None) -> bool:
        """Whether audio of this title is not what the page is about; of none, where the page's own audio is gone."""
        here = " ".join(map(comparable, self.titles()))
        is_named = bool(title) and comparable(title) in here
        return is_foreign(title, self.titles()) or self.is_gone() and not is_named

    def is_gone(self) -> bool:
        """Whether the page says that its audio can no longer be heard."""
        return says_it_is_gone(told_people(self.tree))

    def window(self) -> str:
        """The title of the page's window."""
        node = self.tree.css_first("title")
        return one_line(node.text() if node else None)

    def marked(self) -> Iterator[tuple[str, dict[str, str]]]:
        """What elements carry for scripts and players, where that speaks of audio; and where they stand."""
        return carried(self.tree)

    def canonical(self) -> str | None:
        """The page's own address as it gives it; not another site's, nor the front page's."""
        url = self.link("canonical") or web_url(self.base, self.meta("og:url"))
        here, there = urlsplit(self.url), urlsplit(url or "")
        if not url or _site(here.hostname) != _site(there.hostname):
            return None
        is_front = not there.path.strip("/") and not there.query and not is_route(there.fragment)
        return None if is_front and not same_page(url, self.url) else url

    def sends_to(self) -> str | None:
        """Where it sends who opens it, within seconds; a page that loads itself anew sends nowhere."""
        for node in self.tree.css('meta[http-equiv="refresh" i]'):
            told = _REFRESH.match(node.attributes.get("content") or "")
            url = web_url(self.base, told[1]) if told else None
            if url and not same_page(url, self.url) and not (node.parent and node.parent.tag == "noscript"):
                return url
        return None

    def guid(self) -> str | None:
        """The guid that the page's player, its head or its own address names, if that is one only."""
        named = [node.attributes.get("data-guid") or "" for node in self.tree.css("[data-guid]")]
        named += [self.meta("itunes:episodeguid") or ""] + _GUID_IN_SCRIPT.findall(" ".join(self.scripts(*_DATA)))
        guids = {guid.strip() for guid in named} - {""} or set(_URN.findall(unquote(urlsplit(self.url).path)))
        return guids.pop() if len(guids) == 1 else None

    def language(self) -> str | None:
        root = self.tree.css_first("html")
        return language_code(root.attributes.get("lang") if root else None) or language_code(self.meta("og:locale"))

    def looks_like_an_episode(self) -> bool:
        """Whether the page says that it is about an episode, and has something to play it with: scripts may know more.

        A page of many players is a list.
        """
        if len(self.tree.css("audio")) > 1:
            return False
        said = (self.title(), self.heading(), self.meta("og:description", "description"), self.url)
        is_said = speaks_of_podcasts(" ".join(filter(None, said)))
        return is_said and (bool(self.tree.css_first(_PLAYERS)) or source_of(self.url).kind == "aggregator")

    def feeds(self) -> list[str]:
        """The feeds linked to; those of comments last."""
        found: dict[str, bool] = {}
        for node in self.tree.css('link[rel~="alternate"]'):
            at = node.attributes
            url = web_url(self.base, at.get("href"))
            if url and (at.get("type") or "").partition(";")[0].strip().lower() in _FEED_TYPES:
                found.setdefault(url, bool(_COMMENTS.search(f"{url} {at.get('title') or ''}")))
        return sorted(found, key=lambda url: found[url])

    def shared_audio(self) -> Iterator[AudioCandidate]:
        """The audio that the page gives to those who share it."""
        kind = self.meta("og:audio:type")
        yield from self._audio(self.meta("og:audio:secure_url", "og:audio:url", "og:audio"), kind, "open_graph")
        kind = self.meta("twitter:player:stream:content_type")
        yield from self._audio(self.meta("twitter:player:stream"), kind, "player")

    def played_audio(self) -> Iterator[AudioCandidate]:
        """The audio of the page's one player; several players are a list of episodes."""
        players = [
            node
            for node in self.tree.css("audio")
            if (node.attributes.get("src") or node.css_first("source[src]"))
            and not is_beside_the_episode(place_of(node), label_of(node))
        ]
        if len(players) != 1 or self.is_gone():
            return
        for node in (players[0], *players[0].css("source")):
            yield from self._audio(node.attributes.get("src"), node.attributes.get("type"), "media_element")

    def _audio(self, link: str | None, kind: str | None, origin: AudioOrigin) -> Iterator[AudioCandidate]:
        url = web_url(self.base, link)
        media_type = (kind or "").partition(";")[0].strip().lower() or None
        is_other = (
            is_preview(url or "")
            or is_at_another_kind_of_address(url or "")
            or (media_type or "").startswith(("text/", "application/x-shockwave"))
        )
        if url and not is_other:
            yield AudioCandidate(url=url, origin=origin, media_type=media_type)


def _details(view: _View, episode: Episode | None, canonical: str | None) -> EpisodeDetails | None:
    said = episode or Episode()
    audio: dict[str, AudioCandidate] = {}
    for candidate in (*said.audio, *view.shared_audio(), *view.played_audio()):
        audio.setdefault(candidate.url, candidate)
    source = source_of(view.url)
    title, show = one_line(plain_text(said.title or view.title() or view.heading())), said.show
    if source.kind == "aggregator" and show is None:
        title, show = _of_another(view, title)
    if not title or not (episode or audio or view.looks_like_an_episode()):
        return None
    return EpisodeDetails(
        engine="page",
        url=view.url,
        canonical_url=canonical,
        title=title,
        show=show,
        description=plain_text(said.description or view.meta("og:description", "description")),
        published=said.published or moment(view.meta("article:published_time")),
        language=said.language or view.language(),
        duration=said.duration,
        image=said.image or web_url(view.base, view.meta("og:image")),
        season=said.season,
        episode=said.number,
        audio=tuple(audio.values()),
        transcripts=said.transcripts,
        source=source,
        outcome="ok" if show and audio else "partial",
        confidence=_confidence(view, episode is not None, bool(audio)),
    )


def _confidence(view: _View, has_marks: bool, has_audio: bool) -> float:
    if has_marks:
        return _BY_JSON_LD
    if not has_audio:
        return _BY_WORDS
    return _BY_OPEN_GRAPH if view.title() else _BY_ELEMENT


def _of_another(view: _View, title: str) -> tuple[str, str | None]:
    """Title and show of an episode on a site that shows other people's, in the ways in which these write them."""
    described = view.meta("og:description", "description") or ""
    named = next(filter(None, (form.search(described) for form in _FROM_SHOW)), None)
    if named and speaks_of_podcasts(named["kind"]):
        return title, one_line(named["show"])
    window = re.sub(r"\s*\|[^|]*$", "", view.window())
    if window.startswith(f"{title} - "):
        return title, window.removeprefix(f"{title} - ")
    episode, dash, show = title.rpartition(" \u2014 ")
    return (episode, show) if dash else (title, None)
