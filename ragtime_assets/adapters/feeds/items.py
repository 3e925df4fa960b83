"""What one item of a feed says of its episode.

Pure functions of the item and its channel; finding the item is `feeds.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from ragtime_assets.adapters.feeds.xml import LANGUAGE, Node
from ragtime_assets.adapters.pages.markup import plain_text
from ragtime_assets.domain.artifacts.episode_details import (
    MOST_CHAPTERS,
    AudioCandidate,
    Chapter,
    EpisodeDetails,
    Person,
    PublisherTranscript,
    Source,
)
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.identity import is_guid, podcast_guid
from ragtime_assets.domain.episode.media import has_audio_ending
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import web_url
from ragtime_assets.domain.text.numbers import seconds, whole_number
from ragtime_assets.errors import ExtractionFailed

_TITLES = ("title", "itunes:title", "atom:title")
_NOTES = ("content:encoded", "description", "atom:content", "itunes:summary", "atom:summary", "itunes:subtitle")
_DATES = ("pubDate", "atom:published", "atom:issued", "atom:created", "atom:updated", "atom:modified", "dc:date")
_DOCUMENTS = frozenset({"application/pdf", "application/epub+zip", "application/json", "application/xml"})
_BARE_TYPES = {"mp3": "audio/mpeg", "mpeg": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg"}
"""What stands where a media type belongs, without the half that says audio."""
_CAPTION_TYPES = {
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".json": "application/json",
    ".html": "text/html",
    ".txt": "text/plain",
}
_MOST_PERSONS = 100


def item_details(
    feed: Document, channel: Node, item: Node, *, guid: str | None, page: str | None, confidence: float
) -> EpisodeDetails:
    """The details of `item`, which is called `guid` and has a `page` of its own; ExtractionFailed without a title."""
    title = item_title(item)
    if not title:
        raise ExtractionFailed(f"the item of {feed.url} has no title", remedy="Ask its publisher for a title.")
    show = one_line(plain_text(channel.text("title", "itunes:title", "atom:title"))) or None
    audio = audio_candidates(item, feed.url)
    return EpisodeDetails(
        engine="rss",
        url=page or feed.url,
        canonical_url=page,
        show_url=item_link(channel, feed.url),
        feed_url=feed.url,
        podcast_guid=channel.text("podcast:guid") or podcast_guid(feed.url),
        guid=guid,
        title=title,
        show=show,
        description=next(filter(None, (plain_text(item.text(tag)) for tag in _NOTES)), ""),
        published=item_published(item),
        language=_language(channel),
        duration=seconds(item.text("itunes:duration")),
        image=_image(item, feed.url) or _image(channel, feed.url),
        season=whole_number(item.text("podcast:season", "itunes:season")),
        episode=whole_number(item.text("podcast:episode", "itunes:episode")),
        audio=audio,
        transcripts=_transcripts(item, feed.url),
        chapters=_chapters(item, feed.url),
        chapters_url=web_url(feed.url, item.attribute("podcast:chapters", "url")),
        persons=_persons(item, feed.url) or _persons(channel, feed.url),
        source=Source(kind="canonical"),
        outcome="ok" if show and audio else "partial",
        confidence=confidence,
    )


def item_guid(item: Node) -> str | None:
    """The guid, opaque as it is, if it is one."""
    guid = item.text("guid", "atom:id")
    return guid if guid and is_guid(guid) else None


def item_title(item: Node) -> str:
    """The title, harmless and on one line; one that is all in brackets is no markup."""
    title = item.text(*_TITLES)
    return one_line(plain_text(title)) or one_line(title)


def item_link(item: Node, base: str) -> str | None:
    """Where it links to, or a guid that says it is a link."""
    link = item.text("link") or next(
        (at.get("href") for at in item.all("atom:link") if at.get("rel", "alternate") == "alternate"), None
    )
    if link:
        return web_url(base, link)
    guid = next((at for at in item.all("guid") if at.get("isPermaLink", "true").lower() == "true"), None)
    text = (guid.text or "").strip() if guid is not None else ""
    return web_url(base, text) if text.startswith(("http://", "https://")) else None


def item_published(item: Node) -> datetime | None:
    """When it was published, by the first date that is one."""
    return next(filter(None, (moment(item.text(tag)) for tag in _DATES)), None)


def audio_candidates(item: Node, base: str) -> tuple[AudioCandidate, ...]:
    """Enclosures first, then the alternates, each address once."""
    found: dict[str, AudioCandidate] = {}
    for candidate in (*_enclosures(item, base), *_alternates(item, base)):
        found.setdefault(candidate.url, candidate)
    return tuple(found.values())


def _enclosures(item: Node, base: str) -> Iterator[AudioCandidate]:
    links = (at for at in item.all("atom:link") if at.get("rel") == "enclosure")
    for at in (*item.all("enclosure"), *links):
        url = web_url(base, at.get("url") or at.get("href"))
        media_type = _media_type(at.get("type"))
        if url and _may_be_audio(url, media_type):
            length = whole_number(at.get("length")) or None
            yield AudioCandidate(url=url, origin="enclosure", media_type=media_type, length=length)


def _alternates(item: Node, base: str) -> Iterator[AudioCandidate]:
    for at in item.all("podcast:alternateEnclosure"):
        media_type = _media_type(at.get("type"))
        length = whole_number(at.get("length")) or None
        for source in Node(at).all("podcast:source"):
            url = web_url(base, source.get("uri"))
            if url and _may_be_audio(url, _media_type(source.get("contentType")) or media_type):
                yield AudioCandidate(url=url, origin="alternate", media_type=media_type, length=length)


def _may_be_audio(url: str, media_type: str | None) -> bool:
    if not media_type or media_type.startswith(("audio/", "video/")) or media_type == "application/ogg":
        return True
    is_other = media_type.startswith(("image/", "text/")) or media_type in _DOCUMENTS
    return not is_other and (has_audio_ending(url) or urlsplit(url).path.lower().endswith(".mp4"))


def _transcripts(item: Node, base: str) -> tuple[PublisherTranscript, ...]:
    found: list[PublisherTranscript] = []
    for at in item.all("podcast:transcript"):
        url = web_url(base, at.get("url"))
        if not url:
            continue
        by_name = next((kind for end, kind in _CAPTION_TYPES.items() if urlsplit(url).path.lower().endswith(end)), "")
        found.append(
            PublisherTranscript(
                url=url,
                media_type=_media_type(at.get("type")) or by_name,
                language=language_code(at.get("language")),
                rel=one_line(at.get("rel"), 40) or None,
            )
        )
    return tuple(found)


def _chapters(item: Node, base: str) -> tuple[Chapter, ...]:
    found: list[Chapter] = []
    for at in (at for chapters in item.all("psc:chapters") for at in Node(chapters).all("psc:chapter")):
        start, title = at.get("start", ""), one_line(at.get("title"))
        begin = 0.0 if start and not start.strip("0:.") else seconds(start)
        if begin is not None and title:
            url, image = web_url(base, at.get("href")), web_url(base, at.get("image"))
            found.append(Chapter(start=begin, title=title, url=url, image=image))
    return tuple(sorted(found[:MOST_CHAPTERS], key=lambda chapter: chapter.start))


def _persons(node: Node, base: str) -> tuple[Person, ...]:
    persons = (
        Person(
            name=one_line(at.text, 128),
            role=one_line(at.get("role"), 128).lower() or "host",
            group=one_line(at.get("group"), 128).lower() or "cast",
            href=web_url(base, at.get("href")),
            img=web_url(base, at.get("img")),
        )
        for at in node.all("podcast:person")
    )
    return tuple(person for person in persons if person.name)[:_MOST_PERSONS]


def _language(channel: Node) -> str | None:
    return language_code(channel.text("language")) or language_code(channel.element.get(LANGUAGE))


def _image(node: Node, base: str) -> str | None:
    picture = node.attribute("itunes:image", "href") or node.text("atom:logo")
    if not picture:
        picture = next((Node(image).text("url") for image in node.all("image")), None)
    return web_url(base, picture)


def _media_type(value: str | None) -> str | None:
    named = (value or "").partition(";")[0].strip().lower()
    return named if "/" in named else _BARE_TYPES.get(named.removeprefix("."))
