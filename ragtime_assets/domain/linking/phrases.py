"""Phrases by which talk gives itself away, in English and German: of everyday life, of a speaker who is not sure."""

from __future__ import annotations

import tomllib
from collections.abc import Set
from functools import cache
from pathlib import Path

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.language.words import folded

_DATA = Path(__file__).parent / "data" / "everyday.toml"


def phrase(kind: str, words: Set[str], text: str) -> str | None:
    """The first phrase of this kind among these folded words, or in the text, which has a space at both ends."""
    single, longer = _phrases(kind)
    if found := single & words:
        return min(found)
    return next((one for one in longer if f" {one} " in text), None)


@cache
def listed(kind: str) -> frozenset[str]:
    """The words of this kind, folded."""
    return frozenset(map(folded, tomllib.loads(_DATA.read_text(encoding="utf-8"))[kind].split()))


@cache
def _phrases(kind: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Those of one word, and the longer ones."""
    lines = tomllib.loads(_DATA.read_text(encoding="utf-8"))[kind].strip().splitlines()
    phrases = [" ".join(folded_words(line)) for line in lines]
    return frozenset(one for one in phrases if " " not in one), tuple(one for one in phrases if " " in one)
