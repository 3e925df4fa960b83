"""Words by which those of one name are told apart: what people do and what things are, in English and German alike."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ragtime_assets.domain.language.words import folded

_DATA = Path(__file__).parent / "data" / "roles.toml"
_SHORTEST_PART = 6
"""The last part of a German word says what it is: a Jazzsaxophonist is a saxophonist."""
_NO_TOPIC = "other"
_NOTHING: frozenset[tuple[str, str]] = frozenset()

_Groups = Mapping[str, frozenset[tuple[str, str]]]


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


@cache
def _groups(table: str) -> _Groups:
    """By word, what it may mean, which is the first word of its line, and the subject that the line is of."""
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for subject, text in _content()[table].items():
        for line in text.strip().splitlines():
            words = line.split()
            for word in words:
                found[folded(word)].add((words[0], subject))
    return {word: frozenset(meanings) for word, meanings in found.items()}


@cache
def words_of(kind: str) -> frozenset[str]:
    """The words of this kind, folded: `born`, `died`, `called`, `other`, `not`, `ours`, `guest`, `somebody`."""
    return frozenset(map(folded, _content()[kind].split()))


def roles(words: Iterable[str]) -> frozenset[str]:
    """What these folded words say that somebody does."""
    return frozenset(role for word in words for role, _ in _meanings("roles", word))


def subjects(words: Iterable[str]) -> frozenset[str]:
    """The subjects of what these folded words say that somebody does."""
    return frozenset(subject for word in words for _, subject in _meanings("roles", word))


def kinds(words: Iterable[str]) -> frozenset[str]:
    """What these folded words say that something is."""
    return frozenset(kind for word in words for kind, _ in _meanings("kinds", word))


def kinsfolk(words: Iterable[str]) -> frozenset[str]:
    """What these folded words say that somebody is to somebody else: a son, a sister."""
    return frozenset(one for word in words for one, _ in _meanings("kinsfolk", word))


def topics(words: Iterable[str]) -> frozenset[str]:
    """The subjects that these folded words are of, of things as of what somebody does."""
    known = list(words)
    return (subjects(known) | topics_of_things(known)) - {_NO_TOPIC}


def topics_of_things(words: Iterable[str]) -> frozenset[str]:
    """The subjects of the things that these folded words name."""
    return frozenset(topic for word in words for topic in _topics().get(word, ()))


@cache
def _topics() -> Mapping[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for subject, text in _content()["topics"].items():
        for word in text.split():
            found[folded(word)].add(subject)
    return {word: frozenset(some) for word, some in found.items()}


@lru_cache(maxsize=20_000)
def _meanings(table: str, word: str) -> frozenset[tuple[str, str]]:
    groups = _groups(table)
    plain = word[:-1] if word[-1:] in ("s", "n") else word
    parts = (word[at:] for at in range(2, len(word) - _SHORTEST_PART + 1))
    return next((groups[one] for one in (word, plain, *parts) if one in groups), _NOTHING)
