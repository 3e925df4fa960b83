"""Which nations words are of, in English and German alike."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from ragtime_assets.domain.language.words import folded

_DATA = Path(__file__).parent / "data" / "nations.toml"
_ENDINGS = ("", "e", "n", "er", "en", "em", "es", "in", "innen", "s")


def nations(words: Iterable[str]) -> frozenset[str]:
    """The nations that these folded words are of."""
    return frozenset(nation for word in words for nation in _of(word))


@lru_cache(maxsize=20_000)
def _of(word: str) -> frozenset[str]:
    known = _nations()
    return frozenset(nation for end in _ENDINGS for nation in known.get(word.removesuffix(end), ()))


@cache
def _nations() -> Mapping[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in tomllib.loads(_DATA.read_text(encoding="utf-8"))["nations"].strip().splitlines():
        nation, *others = line.split()
        for word in (nation, *others):
            found[folded(word)].add(nation)
    return {word: frozenset(some) for word, some in found.items()}
