"""Feeds as XML trees: parsed without danger, mended when they are nearly XML, names brought to one spelling.

What belongs here: syntax. What does not: what an episode is (`feeds.py`).
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError  # an exception class; parsing goes through defusedxml

from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.media import is_web_page
from ragtime_assets.domain.text.lines import decoded
from ragtime_assets.errors import InvalidFeed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOTS = frozenset({"rss", "atom:feed", "rdf:RDF"})
_NAMESPACES = (
    ("itunes.com/dtds/podcast", "itunes:"),
    ("podcastindex.org/namespace", "podcast:"),
    ("podcastindex-org/podcast-namespace", "podcast:"),
    ("www.w3.org/2005/atom", "atom:"),
    ("purl.org/rss/1.0/modules/content", "content:"),
    ("podlove.org/simple-chapters", "psc:"),
    ("www.w3.org/1999/02/22-rdf-syntax-ns", "rdf:"),
    ("purl.org/rss/1.0/", ""),
    ("backend.userland.com/rss", ""),
)
_DECLARATION = re.compile(r"^\s*<\?xml[^<>]*\?>")
_DECLARED_CHARSET = re.compile(rb"^\s*<\?xml[^<>]*encoding=[\"'](?!(?i:utf-?(?:16|32)))([\w.:-]{1,40})[\"']")
"""Wide encodings are left out: a declaration that can be read byte by byte is in none of them."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ENTITY = re.compile(r"&(?:#(?:\d{1,7}|x[0-9a-fA-F]{1,6})|(\w{1,40}));|&")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


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


def parse(feed: Document) -> Element:
    """The root element of an RSS or Atom document; raises InvalidFeed."""
    try:
        root = _parsed(feed, feed.body)
    except (ParseError, ValueError, LookupError) as error:
        if is_web_page(feed.body):
            raise InvalidFeed(f"{feed.url} is a web page, not a feed", url=feed.url) from error
        root = _mended(feed, error)
    if name(root.tag) not in _ROOTS:
        raise InvalidFeed(f"{feed.url} is XML, but neither RSS nor Atom: <{root.tag[:80]}>", url=feed.url)
    return root


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


def _mended(feed: Document, error: Exception) -> Element:
    """One more try, with the faults mended that feeds in the wild have: encodings, bare ampersands, HTML entities."""
    declared = _DECLARED_CHARSET.match(feed.body)
    text = decoded(feed.body, declared and declared[1].decode("ascii"), feed.charset)
    text = _ENTITY.sub(_xml_entity, _NOT_XML.sub("", _DECLARATION.sub("", text)))
    try:
        return _parsed(feed, text.strip())
    except (ParseError, ValueError) as again:
        raise InvalidFeed(f"{feed.url} is not well-formed XML: {error}", url=feed.url) from again


def _xml_entity(found: re.Match[str]) -> str:
    whole, named = found.group(0), found.group(1)
    if whole == "&":
        return "&amp;"
    if named is None or named in _XML_ENTITIES:
        return whole
    meant = html.unescape(whole)
    return f"&amp;{whole[1:]}" if meant == whole else "".join(f"&#{ord(character)};" for character in meant)
