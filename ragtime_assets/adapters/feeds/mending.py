"""What is nearly XML, made into XML: text in, text out.

What belongs here: the faults that feeds in the wild have. What does not: trusting the result; `xml.py` parses it as
strictly as any other feed.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATION = re.compile(r"^\s*<\?xml[^<>]*\?>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_ENTITY = re.compile(r"&(?:#(?:\d{1,7}|x[0-9a-fA-F]{1,6})|(\w{1,40}));|&")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_STRAY = re.compile(r"<(?![A-Za-z_/!?])")
_TEXTS = (
    "title|description|subtitle|summary|itunes:title|itunes:subtitle|itunes:summary|itunes:author|content:encoded|"
    "guid|pubDate|podcast:person"
)
_TEXT = re.compile(rf"(<({_TEXTS})(?:\s[^<>]*)?(?<!/)>)((?:(?!<(?:{_TEXTS})[\s>]|</\2>).)*)(</\2\s*>)", re.DOTALL)
"""An element that holds text and no other element, with what stands in it."""
_ITEM = re.compile(r"<(?:item|entry|atom:entry)(?=[\s>/])")
_ITEM_END = re.compile(r"</(?:item|entry|atom:entry)\s*>")
_END = re.compile(r"</(?:[A-Za-z]\w*:)?(?:rss|feed|RDF)\s*>")
_ENCLOSURE = re.compile(r"<enclosure(?=[\s>/])")
_ENTITIES = re.compile(r"<!(?:ENTITY|DOCTYPE[^<>]*\[)", re.IGNORECASE)
_PREFIXES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "atom10": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "psc": "http://podlove.org/simple-chapters",
}
"""What prefixes mean in feeds that use them without saying so."""


def mended(text: str) -> str:
    """`text` without what XML forbids: characters, bare ampersands, HTML's entities, markup where only text may be."""
    text = _without_cdata(_NOT_XML.sub("", _DECLARATION.sub("", text)).strip())
    return _TEXT.sub(_only_text, _STRAY.sub("&lt;", _ENTITY.sub(_xml_entity, text)))


def whole_items(text: str) -> tuple[str, bool]:
    """`text` without the item in whose middle it ends, and whether it ends too early; ValueError if no item is whole.

    What is left of such an item may be half a title, or half an address.
    """
    if _END.search(text[-200:]):
        return text, False
    if not _ITEM_END.search(text):
        raise ValueError("it ends before its first item does")
    begun = max((found.start() for found in _ITEM.finditer(text)), default=0)
    return (text if _ITEM_END.search(text, begun) else text[:begun]), True


def recovered(text: str) -> str:
    """What a tolerant parser reads in `text`, as XML; ValueError unless each item and enclosure is still in place."""
    from lxml.etree import XMLParser, fromstring, tostring

    if _ENTITIES.search(text):
        raise ValueError("it has a DTD of its own, which is read by the strict parser only")
    parser = XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    root = fromstring(text.encode(), parser)
    if root is None:
        raise ValueError("nothing of it can be read")
    for element in root.iter():
        _declare(element)
    if (len(_ITEM.findall(text)), len(_ENCLOSURE.findall(text))) != _in_place(root):
        raise ValueError("an element is not closed, so nobody knows which item the others belong to")
    return tostring(root, encoding="unicode")


def _in_place(root: _Element) -> tuple[int, int]:
    """How many items are children of the feed or its channel, and how many enclosures with an address are theirs."""
    holders = [root, *(child for child in root if _local(child) == "channel")]
    items = [child for holder in holders for child in holder if _local(child) in {"item", "entry"}]
    return len(items), sum(_local(child) == "enclosure" and bool(child.get("url")) for item in items for child in item)


def _local(element: _Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _declare(element: _Element) -> None:
    """Put a name whose prefix is not declared into the namespace that everybody means by it."""
    if isinstance(element.tag, str):
        element.tag = _qualified(element.tag)
        for attribute in [name for name in element.attrib if _qualified(name) != name]:
            element.set(_qualified(attribute), element.attrib.pop(attribute))


def _qualified(name: str) -> str:
    prefix, colon, local = name.partition(":")
    if name.startswith("{") or not colon:
        return name
    return f"{{{_PREFIXES.get(prefix.lower(), f'urn:undeclared:{prefix}')}}}{local.replace(':', '-')}"


def _without_cdata(text: str) -> str:
    """`text` with what stands in CDATA sections escaped instead; a section without an end stays as it is."""
    parts, at = [], 0
    while (begin := text.find(_CDATA, at)) >= 0 and (end := text.find(_CDATA_END, begin)) >= 0:
        parts += [text[at:begin], html.escape(text[begin + len(_CDATA) : end], quote=False)]
        at = end + len(_CDATA_END)
    return "".join([*parts, text[at:]])


def _only_text(found: re.Match[str]) -> str:
    opening, _, held, closing = found.groups()
    return opening + held.replace("<", "&lt;") + closing


def _xml_entity(found: re.Match[str]) -> str:
    whole, named = found.group(0), found.group(1)
    if whole == "&":
        return "&amp;"
    if named is None or named in _XML_ENTITIES:
        return whole
    meant = html.unescape(whole)
    return f"&amp;{whole[1:]}" if meant == whole else "".join(f"&#{ord(character)};" for character in meant)
