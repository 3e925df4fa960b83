"""What the elements of a page carry for scripts and players, how they are called, and what they say to people.

What belongs here: attributes, microdata and the addresses of frames. What data means is `player_json.py`'s.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from ragtime_assets.adapters.pages.not_episodes import as_words, is_beside_the_episode
from ragtime_assets.domain.text.lines import one_line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_MOST_ELEMENTS = 50_000
_WHOLE_PAGE = ("html", "body", "main", None)
_FEW_AROUND, _LONGEST_PLACE, _LONGEST_LABEL = 4, 1_000, 100
_MOST_LABELS = 100
"""Elements around which text is looked at: all in one place would be read as often as there are."""
_AUDIO_MARK = re.compile(r"audio|enclosure|mp3|\.(?:m4a|aac|ogg|oga|opus|flac|wav)\b", re.IGNORECASE)
_UNSEEN = ("script", "style", "template", "noscript")
_MOST_PROPERTIES = 30
_CODED = re.compile(r"ey[JA][A-Za-z0-9+/_-]{30,200000}={0,2}")
"""A JSON object in base64 begins so."""


def carried(tree: LexborHTMLParser) -> Iterator[tuple[str, dict[str, str]]]:
    """What elements carry for scripts and players, where that speaks of audio; and where they stand."""
    labels = iter(range(_MOST_LABELS))
    for node in islice(tree.css("*"), _MOST_ELEMENTS):
        held = dict(_carried(node))
        if held and _AUDIO_MARK.search(" ".join((*held, *held.values()))):
            place = place_of(node)
            label = "" if next(labels, None) is None else label_of(node)
            if not is_beside_the_episode(place, label):
                yield place, held


def place_of(node: LexborNode) -> str:
    """How an element and the few around it are called."""
    words: list[str] = []
    around: LexborNode | None = node
    while around is not None and around.tag not in _WHOLE_PAGE and len(words) < _FEW_AROUND:
        at = around.attributes
        words.append(" ".join(filter(None, (around.tag, at.get("class"), at.get("id")))))
        around = around.parent
    return as_words(" ".join(words)[:_LONGEST_PLACE])


def label_of(node: LexborNode) -> str:
    """What an element is called for people: by itself, or by the little text that stands around it."""
    at, around = node.attributes, node.parent
    named = at.get("aria-label") or at.get("title")
    told = around.text(separator=" ").strip() if around is not None and around.tag not in _WHOLE_PAGE else ""
    return one_line(named or (told if len(told) <= _LONGEST_LABEL else ""))


def told_people(tree: LexborHTMLParser) -> str:
    """What a page says to people: neither its scripts nor what it hides."""
    nodes = tree.body.traverse(include_text=True) if tree.body else ()
    told = (
        node.text_content for node in islice(nodes, _MOST_ELEMENTS) if node.tag == "-text" and _is_shown(node.parent)
    )
    return " ".join(" ".join(filter(None, told)).split())


def _is_shown(node: LexborNode | None) -> bool:
    return node is not None and node.tag not in _UNSEEN and "hidden" not in node.attributes


def _carried(node: LexborNode) -> Iterator[tuple[str, str]]:
    """What an element says to scripts: its `data-` attributes, any that is JSON, and all of one that is not HTML's.

    A frame says it in the query of its address, and an audio object of microdata in the properties within it.
    """
    at = node.attributes
    if node.tag == "iframe":
        yield from parse_qsl(urlsplit(at.get("src") or "").query)
    if (at.get("itemtype") or "").lower().endswith("/audioobject"):
        yield from _properties(node)
    is_own = "-" in (node.tag or "")
    for name, value in at.items():
        if value and (is_own or name.startswith("data-") or value.startswith(("{", "["))):
            yield name.removeprefix("data-"), _decoded(value)


def _properties(node: LexborNode) -> Iterator[tuple[str, str]]:
    """The properties of an item of microdata."""
    for one in islice(node.css("[itemprop]"), _MOST_PROPERTIES):
        at = one.attributes
        value = at.get("content") or at.get("href") or at.get("src") or one.text().strip()
        if value and "itemscope" not in at:
            yield at.get("itemprop") or "", value


def _decoded(value: str) -> str:
    """A value that is JSON in base64, as JSON; any other as it is."""
    if not _CODED.fullmatch(value):
        return value
    try:
        return b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if set("-_") & set(value) else None).decode()
    except ValueError:
        return value
