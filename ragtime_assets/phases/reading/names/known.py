"""Names that are known beforehand, found by one walk through the words.

What belongs here: the tree of spellings, and when a spelling counts as the name. What does not: names nobody
listed (`shapes`), and the lists themselves (`domain/vocabulary/data`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from ragtime_assets.domain.language.tokens import APART, SENTENCE, Tokens, tokenise
from ragtime_assets.domain.vocabulary.vocabulary import EVERYDAY, Spelling, Vocabulary, country_names
from ragtime_assets.phases.reading.names.spans import Span

EXACT, ALIAS = 0.95, 0.85
IGNORED = ""
"""The type of known names of what nobody looks for: found, so that no other rule takes them for something."""
_YEAR = re.compile(r"1[89]\d\d|20[0-4]\d")


class Spelled(NamedTuple):
    """One way to spell a known name, and what has to be true of the text for it to count."""

    type: str
    name: str
    kind: Spelling
    capitals: tuple[bool, ...]
    everyday: bool
    upper: bool
    confidence: float


@cache  # the same lists are read for every episode
def _tokens_of(spelling: str) -> Tokens:
    return tokenise(spelling)


@dataclass(slots=True)
class _Node:
    follows: dict[str, _Node] = field(default_factory=dict[str, "_Node"])
    ends: list[Spelled] = field(default_factory=list[Spelled])


@dataclass(frozen=True, slots=True)
class Reading:
    """How capitals are to be read in a transcript."""

    caseless: bool = False
    nouns_have_capitals: bool = False


class _Same:
    """A vocabulary as the key of a cache: none is changed, and to compare two word by word takes long."""

    __slots__ = ("vocabulary",)

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.vocabulary is self.vocabulary

    def __hash__(self) -> int:
        return id(self.vocabulary)


def known_names(vocabulary: Vocabulary, language: str) -> KnownNames:
    """All known names in this language; gathered once, then for every episode."""
    return _gathered(_Same(vocabulary), language)


def without_subject(vocabulary: Vocabulary, subject: str) -> Vocabulary:
    """`Vocabulary.beside`, made once."""
    return _beside(_Same(vocabulary), subject)


@lru_cache(maxsize=16)
def _gathered(same: _Same, language: str) -> KnownNames:
    return KnownNames(same.vocabulary, language)


@lru_cache(maxsize=16)
def _beside(same: _Same, subject: str) -> Vocabulary:
    return same.vocabulary.beside(subject)


class KnownNames:
    """All known names of the active types, ready to be looked up."""

    def __init__(self, vocabulary: Vocabulary, language: str) -> None:
        """Gather the names; countries in English, German and `language`."""
        self._root = _Node()
        self._types = vocabulary.active
        self._year = vocabulary.rules.year if vocabulary.rules.year in self._types else None
        for known in vocabulary.known:
            if known.type in self._types:
                for spelling in known.spellings:
                    self._add(known.type, known.name, spelling)
        for name in vocabulary.rules.ignored:
            self._add(IGNORED, name, name)
        country = vocabulary.rules.country
        if country in self._types:
            for name, spellings in country_names(language):
                for spelling in spellings:
                    self._add(country, name, spelling)

    def find(self, tokens: Tokens, reading: Reading, cues: dict[int, str]) -> Iterator[Span]:
        """The longest known name at each place; `cues` says which type the word before a place asks for."""
        index, count = 0, len(tokens)
        while index < count:
            span = self._at(tokens, index, reading, cues.get(index))
            if span:
                yield span
            index = span.end if span else index + 1

    def _add(self, type_: str, name: str, spelling: str) -> None:
        plain = spelling.removeprefix(EVERYDAY)
        tokens = _tokens_of(plain)
        node = self._root
        for word, possessive in zip(tokens.folded, tokens.possessive, strict=True):
            node = node.follows.setdefault(word + "'s" if possessive else word, _Node())
        if node is self._root:
            return
        spelled = Spelled(
            type=type_,
            name=name,
            kind=self._types[type_].spelling if type_ else "name",
            capitals=tuple(tokens.capital),
            everyday=spelling.startswith(EVERYDAY),
            upper=len(tokens) == 1 and len(plain) > 1 and plain.isupper(),
            confidence=EXACT if plain == name else ALIAS,
        )
        if all((other.type, other.name) != (type_, name) for other in node.ends):
            node.ends.append(spelled)

    def _at(self, tokens: Tokens, index: int, reading: Reading, cue: str | None) -> Span | None:
        word = tokens.folded[index]
        if self._year and _YEAR.fullmatch(word):
            return Span(index, index + 1, self._year, word, EXACT)
        node = self._step(self._root, tokens, index)
        best: Span | None = None
        end = index + 1
        while node:
            if node.ends and (spelled := _chosen(node.ends, tokens, index, end, reading, cue)):
                best = Span(index, end, spelled.type, spelled.name, spelled.confidence)
            if end == len(tokens) or tokens.gap[end] == SENTENCE:
                break
            node = self._step(node, tokens, end)
            end += 1
        return best

    @staticmethod
    def _step(node: _Node, tokens: Tokens, index: int) -> _Node | None:
        word, follows = tokens.folded[index], node.follows
        if tokens.possessive[index] and (owner := follows.get(word + "'s")):
            return owner
        # "Djangos", "saxophones", "Mintons": an s that grammar put there.
        return follows.get(word) or (follows.get(word[:-1]) if word[-1] == "s" and len(word) > 3 else None)


def _chosen(
    ends: list[Spelled], tokens: Tokens, first: int, end: int, reading: Reading, cue: str | None
) -> Spelled | None:
    fitting = [spelled for spelled in ends if _fits(spelled, tokens, first, end, reading, cue)]
    return next((spelled for spelled in fitting if spelled.type == cue), fitting[0] if fitting else None)


def _fits(spelled: Spelled, tokens: Tokens, first: int, end: int, reading: Reading, cue: str | None) -> bool:
    if spelled.upper and not tokens.slice(first, end).isupper():
        return False
    if spelled.kind == "word":
        return not spelled.everyday or _stands_out(tokens, first)
    if reading.caseless:
        return not spelled.everyday and end - first >= (3 if spelled.kind == "title" else 1)
    capitals = tokens.capital[first:end]
    if spelled.kind == "name":
        return (
            _begins_a_name(tokens, first)
            and _begins_a_name(tokens, end - 1)
            and (not spelled.everyday or _stands_out(tokens, first))
        )
    if not all(has for has, wanted in zip(capitals, spelled.capitals, strict=True) if wanted):
        return False
    if end - first > 1 or spelled.type == cue:
        return True
    return _stands_out(tokens, first) and not reading.nouns_have_capitals


def _begins_a_name(tokens: Tokens, index: int) -> bool:
    """Whether the word has a capital, or is of a script that has none."""
    word = tokens.folded[index]
    return tokens.capital[index] or (word.isalpha() and word.lower() == word.upper())


def _stands_out(tokens: Tokens, index: int) -> bool:
    """Whether the capital of a word says something: there is one, and no sentence begins with it."""
    return tokens.capital[index] and tokens.gap[index] <= APART
