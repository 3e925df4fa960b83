"""Subscription lists as OPML 2.0, which every podcast client reads and writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError  # an exception class; parsing goes through defusedxml
from xml.sax.saxutils import quoteattr

from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import InvalidSubmission

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_BYTES = 10_000_000
_REMEDY = "Export the subscriptions from the podcast client again, as OPML."


@dataclass(frozen=True)
class OpmlFeed:
    """One line of a subscription list; the URL is as the file has it."""

    url: str
    title: str | None


def read_opml(content: bytes, name: str) -> list[OpmlFeed]:
    """The feeds of a list, however deep its folders are, each URL once; `name` is the file's, for errors."""
    if len(content) > MOST_BYTES:
        raise InvalidSubmission(f"{name} is longer than the {MOST_BYTES:,} bytes that a list may have", remedy=_REMEDY)
    root = _parsed(content, name)
    if root.tag.lower() != "opml":
        raise InvalidSubmission(f"{name} is XML, but no OPML: <{one_line(root.tag, 80)}>", remedy=_REMEDY)
    found: dict[str, OpmlFeed] = {}
    for element in root.iter():
        attributes = {key.lower(): value for key, value in element.attrib.items()}
        url = attributes.get("xmlurl", "").strip()
        if url:
            title = one_line(attributes.get("title") or attributes.get("text"))
            found.setdefault(url, OpmlFeed(url, title or None))
    if not found:
        raise InvalidSubmission(f"{name} is OPML, but lists no feed: no outline has an xmlUrl", remedy=_REMEDY)
    return list(found.values())


def write_opml(feeds: Iterable[OpmlFeed]) -> str:
    """A list of these feeds."""
    outlines = (
        f"    <outline type='rss' text={quoteattr(feed.title or feed.url)} xmlUrl={quoteattr(feed.url)}/>\n"
        for feed in feeds
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        "  <head>\n    <title>Podcast subscriptions</title>\n  </head>\n"
        f"  <body>\n{''.join(outlines)}  </body>\n</opml>\n"
    )


def _parsed(content: bytes, name: str) -> Element:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(content)
    except DefusedXmlException as error:
        raise InvalidSubmission(
            f"{name} declares entities, which can harm its readers ({type(error).__name__})", remedy=_REMEDY
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise InvalidSubmission(f"{name} is not well-formed OPML: {error}", remedy=_REMEDY) from error
