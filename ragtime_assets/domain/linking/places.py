"""How a place is named in English and in German, and what is of it: Wien is Vienna, and a Wiener is from there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from ragtime_assets.domain.linking.keys import key

_DATA = Path(__file__).parent / "data" / "nations.toml"
_SHORTEST = 4


@lru_cache(maxsize=20_000)
def said_as(name: str) -> tuple[str, ...]:
    """The keys under which `name` may be said: its own, and those of the place that it is, in the other language."""
    own = key(name)
    return tuple(dict.fromkeys(filter(None, (own, *_places().get(own, ())))))


def is_of(name: str, words: frozenset[str]) -> bool:
    """Whether one of these folded words says that something is of this place: Berliner, Münchner, Bremer."""
    return any(one in words for place in said_as(name) if " " not in place for one in _people(place))


def _people(place: str) -> Iterator[str]:
    if len(place) >= _SHORTEST:
        yield f"{place}er"
    if place.endswith("en"):
        yield f"{place[:-2]}er"
        yield f"{place[:-2]}ner"


@cache
def _places() -> Mapping[str, tuple[str, ...]]:
    lines = tomllib.loads(_DATA.read_text(encoding="utf-8"))["places"].strip().splitlines()
    same = (tuple(key(name) for name in line.split(",")) for line in lines)
    return {name: names for names in same for name in names}
