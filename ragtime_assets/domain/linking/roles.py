"""Words by which people of one name are told apart: what they do, in English and German alike."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ragtime_assets.domain.language.words import folded

_DATA = Path(__file__).parent / "data" / "roles.toml"


@cache
def _content() -> dict[str, str]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


@cache
def _groups() -> dict[str, str]:
    """By word, what it means: the first word of its line."""
    lines = (line.split() for line in _content()["roles"].splitlines() if line.strip())
    return {folded(word): words[0] for words in reversed(list(lines)) for word in words}


@cache
def words_of(kind: str) -> frozenset[str]:
    """The words for `born` or `died`, folded."""
    return frozenset(map(folded, _content()[kind].split()))


def roles(words: Iterable[str]) -> frozenset[str]:
    """What these folded words say that somebody does."""
    groups = _groups()
    found = (groups.get(word) or (groups.get(word[:-1]) if word[-1:] in ("s", "n") else None) for word in words)
    return frozenset(filter(None, found))
