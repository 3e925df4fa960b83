"""Stores of references in a page's data: objects that stand under their ids, and name each other by them.

What belongs here: whose an object without a title is when others name it, as in the caches of Apollo and Relay, in
normalised states and in JSON:API. What is audio, and which episode is the page's, is `player_json.py`'s.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from ragtime_assets.adapters.pages.not_episodes import as_words, key_of

Json = dict[str, Any]

_IDS = frozenset({"id", "uuid", "guid", "uid", "slug", "key", "episodeid", "clipid", "itemid", "mediaid", "audioid"})
_REFERENCES = frozenset({"id", "ref", "refs", "$ref", "data"})
_MEDIA = re.compile(r"audio|media|enclosure|file|asset|sound|track|clip|stream|player")
_KEY = re.compile(r"\d{4,}|[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9a-f]{12,}|[A-Za-z]\w*:\S+", re.IGNORECASE)
"""A name that is an id: of a store's entry, not of a thing's part."""
_MOST_REFERENCES, _LONGEST_NAME = 10, 40
_SHORTEST = 3
"""Signs of an id that an address may tell: shorter ones count seasons and pages."""


class Node(NamedTuple):
    """An object of a document, those around it, the nearest first, the names of all these, and what leads there."""

    value: Json
    around: tuple[Json, ...]
    names: tuple[str, ...]
    path: str


def entry_of(node: Node) -> Json | None:
    """The entry of a store that an object is, or is part of: the nearest that stands under an id."""
    line = zip((node.value, *node.around), node.names, strict=False)
    return next((one for one, name in line if _KEY.fullmatch(name)), None)


def neighbours(nodes: Iterable[Node], address: str) -> frozenset[int]:
    """The `id()` of each entry that stands beside the one that an address names, and is of its kind."""
    stores: dict[tuple[int, str], list[Node]] = defaultdict(list)
    for node in nodes:
        if node.around and _KEY.fullmatch(node.names[0]):
            stores[id(node.around[0]), node.names[0].rpartition(":")[0]].append(node)
    found: set[int] = set()
    for entries in stores.values():
        own = [node for node in entries if is_named_by(address, node.names[:1])]
        if len(own) == 1:
            found.update(id(node.value) for node in entries if node is not own[0])
    return frozenset(found)


def ids_of(node: Node) -> frozenset[str]:
    """What an object, or the nearest around it that has any, is named by: its own ids, and the one it stands under."""
    for one, name in zip((node.value, *node.around), node.names, strict=False):
        found = {str(value) for key, value in one.items() if key_of(str(key)) in _IDS and isinstance(value, str | int)}
        if found := {*found, *([name] if _KEY.fullmatch(name) else [])} - {""}:
            return frozenset(found)
    return frozenset()


class Holders:
    """Whose the objects of a document are that have no title around them."""

    def __init__(self, nodes: Sequence[Node], title: Callable[[Json], str | None]) -> None:
        """Of these objects; `title` tells what one is called."""
        self._titled = dict(_titled(nodes, title))
        self._named = _references(nodes)

    def of(self, node: Node) -> Json | None:
        """The object with a title that names this one, by an id of it."""
        own = {id(one) for one in (node.value, *node.around)}
        kinds = {_kind(one) for one in (node.value, *node.around[:1])}
        for name in sorted(ids_of(node)):
            for kind, other in self._named.get(name, ()):
                line = (other.value, *other.around)
                if kind not in (None, *kinds) or id(other.value) in own:
                    continue
                found = next((id(one) for one in line if id(one) in self._titled and id(one) not in own), None)
                if found is not None:
                    return self._titled[found]
        return None


def _kind(node: Json) -> str | None:
    kind = node.get("type")
    return kind if isinstance(kind, str) else None


def _titled(nodes: Iterable[Node], title: Callable[[Json], str | None]) -> Iterator[tuple[int, Json]]:
    """The objects with a title, by their `id()`; those whose title stands in their `attributes` with these."""
    for node in nodes:
        attributes = node.value.get("attributes")
        if title(node.value):
            yield id(node.value), node.value
        elif isinstance(attributes, dict) and title(attributes):
            yield id(node.value), {**node.value, **attributes}


def _references(nodes: Iterable[Node]) -> dict[str, list[tuple[str | None, Node]]]:
    """By what may be an id, the objects that refer to it, each with the kind that it says is meant."""
    found: dict[str, list[tuple[str | None, Node]]] = defaultdict(list)
    for node in nodes:
        for name, value in node.value.items():
            is_reference = key_of(str(name)) in _REFERENCES
            if not is_reference and not _MEDIA.search(as_words(str(name)[:_LONGEST_NAME])):
                continue
            kind = _kind(node.value) if is_reference else None
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str | int) and len(found[str(one)]) < _MOST_REFERENCES:
                    found[str(one)].append((kind, node))
    return found


def is_named_by(address: str, ids: Iterable[str]) -> bool:
    """Whether an address ends with one of these ids, or asks for it."""
    parts = urlsplit(address)
    asked = {value for _, value in parse_qsl(parts.query)}
    last = unquote(parts.path).rstrip("/").rpartition("/")[2]
    told = {*asked, *_pieces(last)}
    return any(bare in told for bare in map(_bare, ids) if len(bare) >= _SHORTEST)


def _pieces(last: str) -> Iterator[str]:
    """A name, without its ending too, and its first and last word."""
    stem = last.partition(".")[0]
    yield from (last, stem, stem.rpartition("-")[2], stem.rpartition("_")[2], stem.partition("-")[0])


def _bare(name: str) -> str:
    """An id without the kind before it: `Item:9921` is `9921`."""
    return name.rpartition(":")[2]
