"""Words by which people of one name are told apart: what they do, in English and German alike."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ragtime_assets.domain.language.words import folded

_DATA = Path(__file__).parent / "data" / "roles.toml"


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


@cache
def _groups() -> dict[str, tuple[str, str]]:
    """By word, what it means, which is the first word of its line, and the subject that the line is of."""
    lines = [
        (line.split(), subject) for subject, text in _content()["roles"].items() for line in text.strip().splitlines()
    ]
    return {folded(word): (words[0], subject) for words, subject in reversed(lines) for word in words}


@cache
def words_of(kind: str) -> frozenset[str]:
    """The words of this kind, folded: `born`, `died`, `called`, `other`, `not`."""
    return frozenset(map(folded, _content()[kind].split()))


def roles(words: Iterable[str]) -> frozenset[str]:
    """What these folded words say that somebody does."""
    return frozenset(role for word in words if (role := _role(word)[0]))


def subjects(words: Iterable[str]) -> frozenset[str]:
    """The subjects of what these folded words say that somebody does."""
    return frozenset(subject for word in words if (subject := _role(word)[1]))


@lru_cache(maxsize=20_000)
def _role(word: str) -> tuple[str, str]:
    groups = _groups()
    plain = word[:-1] if word[-1:] in ("s", "n") else word
    return groups.get(word) or groups.get(plain) or ("", "")
