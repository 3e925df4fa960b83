"""Feeds as XML trees: parsed without danger, names brought to one spelling.

What belongs here: syntax. What does not: what an episode is (`items.py`); how what is nearly XML becomes it is
`mending.py`'s. Whatever that gives goes through `defusedxml` again, so what is refused here stays refused.
"""

from __future__ import annotations

import codecs
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError  # an exception class; parsing goes through defusedxml

from ragtime_assets.adapters.feeds.mending import mended, recovered, whole_items
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.media import is_web_page
from ragtime_assets.domain.text.lines import decoded
from ragtime_assets.domain.text.links import web_url
from ragtime_assets.errors import InvalidFeed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOTS = frozenset({"rss", "atom:feed", "rdf:RDF"})
_NAMESPACES = (
    ("itunes.com/dtds/podcast", "itunes:"),
    ("podcastindex.org/namespace", "podcast:"),
    ("podcastindex-org/podcast-namespace", "podcast:"),
    ("www.w3.org/2005/atom", "atom:"),
    ("purl.org/atom/ns#", "atom:"),
    ("purl.org/rss/1.0/modules/content", "content:"),
    ("podlove.org/simple-chapters", "psc:"),
    ("www.w3.org/1999/02/22-rdf-syntax-ns", "rdf:"),
    ("purl.org/rss/1.0/", ""),
    ("my.netscape.com/rdf/simple/", ""),
    ("backend.userland.com/rss", ""),
    ("purl.org/dc/elements/", "dc:"),
)
_DECLARED_CHARSET = re.compile(rb"^\s*<\?xml[^<>]*encoding=[\"'](?!(?i:utf-?(?:16|32)))([\w.:-]{1,40})[\"']")
"""Wide encodings are left out: a declaration that can be read byte by byte is in none of them."""
_SENT_UNASKED = frozenset({"iso8859-1", "ascii"})
"""What servers call everything, and under which everything, or nothing but ASCII, decodes."""
_HAS_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]{0,20}:")
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ADDRESSES = ("url", "href", "uri")


class Node:
    """An element whose children are found by names such as `title` or `itunes:duration`."""

    def __init__(self, element: Element) -> None:
        """Index the children of `element`."""
        self.element = element
        self._children: defaultdict[str, list[Element]] = defaultdict(list)
        for child in element:
            self._children[name(child.tag)].append(child)

    def all(self, *names: str) -> Iterator[Element]:
        """The children with one of these names."""
        for one in names:
            yield from self._children.get(one, ())

    def text(self, *names: str) -> str | None:
        """The text of the first child with one of these names that has any."""
        texts = ("".join(child.itertext()).strip() for child in self.all(*names))
        return next(filter(None, texts), None)

    def attribute(self, child: str, attribute: str) -> str | None:
        """An attribute of the first child of that name that has it."""
        return next(filter(None, (element.get(attribute) for element in self.all(child))), None)


@dataclass(frozen=True)
class Tree:
    """A feed that was read."""

    root: Element
    is_torn: bool = False
    """Whether it ends in the middle, so that nobody knows what else it lists."""


def parse(feed: Document) -> Tree:
    """The tree of an RSS or Atom document; raises InvalidFeed."""
    try:
        tree = Tree(_parsed(feed, _text(feed) if feed.charset else feed.body))
    except (ParseError, ValueError, LookupError) as error:
        if is_web_page(feed.body):
            raise InvalidFeed(f"{feed.url} is a web page, not a feed", url=feed.url) from error
        tree = _mended(feed, error)
    if name(tree.root.tag) not in _ROOTS:
        raise InvalidFeed(f"{feed.url} is XML, but neither RSS nor Atom: <{tree.root.tag[:80]}>", url=feed.url)
    if b"xml:base" in feed.body:
        _rebase(tree.root, feed.url)
    return tree


def _rebase(root: Element, url: str) -> None:
    """Make the addresses absolute that are relative to an `xml:base`; the others are relative to the feed."""
    left = [(root, url)]
    while left:
        element, base = left.pop()
        base = web_url(base, element.get(_BASE)) or base
        for attribute in _ADDRESSES if base != url else ():
            value = element.get(attribute, "")
            if value and not _HAS_SCHEME.match(value):
                element.set(attribute, web_url(base, value) or value)
        if base != url and name(element.tag) == "link" and (link := (element.text or "").strip()):
            element.text = web_url(base, link) or link
        left += [(child, base) for child in element]


@lru_cache(maxsize=1024)
def name(tag: str) -> str:
    """`{namespace}local` as `prefix:local`, with the prefix that everybody uses."""
    if not isinstance(tag, str):
        return "?"  # a comment or processing instruction
    if not tag.startswith("{"):
        return tag
    namespace, _, local = tag[1:].partition("}")
    namespace = namespace.lower()
    return next((prefix + local for part, prefix in _NAMESPACES if part in namespace), f"?:{local}")


def _parsed(feed: Document, source: bytes | str) -> Element:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(source)
    except DefusedXmlException as error:
        raise InvalidFeed(
            f"{feed.url} declares entities, which can harm its readers ({type(error).__name__})", url=feed.url
        ) from error


def _text(feed: Document) -> str:
    """The feed as text: what its server calls it counts before what it calls itself, as far as that can be right."""
    stated = _DECLARED_CHARSET.match(feed.body)
    declared, sent = (stated[1].decode("ascii") if stated else "utf-8"), feed.charset
    names = [_codec(one) for one in (sent, declared)]
    ordered = [sent, declared] if names[0] not in _SENT_UNASKED else [declared, sent]
    if not any(names) and not _is_utf_8(feed.body):
        raise InvalidFeed(f"{feed.url} is in the charset {declared!r}, which cannot be read here", url=feed.url)
    # Text that is valid UTF-8 and called so by either is UTF-8; the other name is a default that nobody looked at.
    return decoded(feed.body, *(["utf-8"] if "utf-8" in names else []), *ordered)


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _codec(charset: str | None) -> str:
    try:
        return codecs.lookup(charset or "").name
    except LookupError:
        return ""


def _mended(feed: Document, error: Exception) -> Tree:
    """Two more tries: the faults mended that feeds in the wild have, then what a tolerant parser makes of it."""
    text = mended(_text(feed))
    with suppress(ParseError, ValueError):
        return Tree(_parsed(feed, text))
    try:
        whole, is_torn = whole_items(text)
        return Tree(_parsed(feed, recovered(whole)), is_torn)
    except (ParseError, ValueError) as again:
        raise InvalidFeed(f"{feed.url} is not well-formed XML: {error}", url=feed.url) from again
