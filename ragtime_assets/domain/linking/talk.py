"""What an episode says, as far as it tells who is meant: its names, the words around each, its day and its people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from ragtime_assets.domain.language.tokens import APART, TOGETHER, Tokens, folded_words, tokenise
from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.domain.linking.keys import as_in_keys, key, loose_keys
from ragtime_assets.domain.linking.phrases import phrase
from ragtime_assets.domain.linking.places import said_as
from ragtime_assets.domain.linking.roles import roles, topics, words_of

BEFORE, AFTER = 2, 4
"""So many words before and after a name say what is said of it, as far as no comma or other name comes between."""
SOON = 60.0
"""Who is named within so many seconds is of what is talked about there."""
LEAST_COMPANY = 3
"""So few who are known say nothing of others."""
MUCH_OF_EVERYDAY_LIFE = 0.3
"""Of the names, so many."""
_NOTHING: tuple[tuple[str | None, int], ...] = ((None, 0), (None, 0))
_JOINING = frozenset({"and", "or", "with", "by", "for", "und", "oder", "mit", "von", "für"})


class Beside(NamedTuple):
    """The words that stand close to a name, folded."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    is_apposed: bool = False
    """Whether a comma stands after it, as before what says more of it."""


class Acquaintance(NamedTuple):
    """One who or what is named in the episode for sure."""

    name: str
    subjects: frozenset[str]
    related: frozenset[str]
    """The keys of the names that it goes with."""
    seconds: tuple[float, ...] = ()


@dataclass(frozen=True)
class Said:
    """One name: the words that stood for it, and the sentences in which they stood."""

    name: Name
    surfaces: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    seconds: tuple[float, ...] = ()
    """When, where that is known."""

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """The words of each sentence, folded."""
        return tuple(tuple(tokens.folded) for tokens in self._tokens)

    @cached_property
    def text(self) -> str:
        """All these words, with a space at both ends."""
        return f" {' '.join(word for words in self.words for word in words)} "

    @cached_property
    def keyed(self) -> str:
        """The same, spelled as keys are."""
        return f" {' '.join(map(as_in_keys, self.words))} "

    @cached_property
    def clauses(self) -> tuple[tuple[str, ...], ...]:
        """The words from one comma or end of a sentence to the next, folded."""
        return tuple(clause for tokens in self._tokens for clause in _clauses(tokens))

    @cached_property
    def near(self) -> frozenset[str]:
        """All these words."""
        return frozenset(word for words in self.words for word in words)

    @cached_property
    def around(self) -> frozenset[str]:
        """All these words but those of the name itself."""
        return self.near - self.own

    @cached_property
    def own(self) -> frozenset[str]:
        """The words of the name itself."""
        return frozenset(word for surface in (*self.surfaces, self.name.name) for word in folded_words(surface))

    @cached_property
    def is_of_everyday_life(self) -> bool:
        """Whether the talk is of everyday people or places where it is said."""
        return "everyday" in roles(self.around) or phrase("places", self.around, self.text) is not None

    @cached_property
    def beside(self) -> tuple[Beside, ...]:
        """What stands close to the name, wherever it is said."""
        surfaces = dict.fromkeys(tuple(folded_words(surface)) for surface in (*self.surfaces, self.name.name))
        return tuple(
            Beside(_before(tokens, at), _after(tokens, at + len(surface)), _is_apart(tokens, at + len(surface)))
            for tokens in self._tokens
            for surface in surfaces
            for at in _places(tokens.folded, surface)
        )

    @cached_property
    def _tokens(self) -> tuple[Tokens, ...]:
        return tuple(map(tokenise, self.contexts))


@dataclass(frozen=True)
class Talk:
    """One episode."""

    said: Mapping[Name, Said]
    language: str = "en"
    year: int | None = None
    """When it was published."""
    persons: tuple[str, ...] = ()
    """Whom its feed credits."""
    about: tuple[str, ...] = ()
    """Its title, and that of its show."""
    also: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, "tuple[float, ...]"])
    """By the key of a name that those named here have too, when they are named."""
    company: Mapping[str, Acquaintance] = field(default_factory=dict[str, Acquaintance])
    """By id, those that are named here for sure."""

    @property
    def is_peopled(self) -> bool:
        """Whether enough of those named are known to tell who belongs here."""
        return len(self.company) > LEAST_COMPANY

    @cached_property
    def keys(self) -> dict[str, str]:
        """The names that are said or credited, by key."""
        names = (*(name.name for name in self.said), *self.persons)
        return {key(name): name for name in reversed(names)}

    @cached_property
    def credited(self) -> frozenset[str]:
        """The keys of those whom the feed names."""
        return frozenset(map(key, self.persons))

    @cached_property
    def text(self) -> str:
        """Every word around a name, and of the titles, spelled as keys are, with a space at both ends."""
        said = (words for said in self.said.values() for words in said.words)
        return f" {' '.join(map(as_in_keys, (*said, *map(folded_words, self.about))))} "

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the text, folded."""
        said = (word for said in self.said.values() for words in said.words for word in words)
        return frozenset((*said, *(word for title in self.about for word in folded_words(title))))

    @cached_property
    def is_of_everyday_life(self) -> bool:
        """Whether much of it is of everyday life, as in a programme of the neighbourhood."""
        those = sum(one.is_of_everyday_life for one in self.said.values())
        return those >= max(MUCH_OF_EVERYDAY_LIFE * len(self.said), LEAST_COMPANY)

    @cached_property
    def topic(self) -> str | None:
        """What most of the sentences are about; None where they are about nothing more than anything else."""
        found = Counter(topic for said in self.said.values() for topic in topics(said.around))
        (topic, most), (_, second) = (*found.most_common(2), *_NOTHING)[:2]
        return topic if most > second else None

    def names(self, name: str, but: Collection[str]) -> bool:
        """Whether `name` is said, and not as one of the names whose keys are `but`."""
        return key(name) not in but and any(map(self._is_named, said_as(name)))

    def _is_named(self, one: str) -> bool:
        return one in self.keys or one in self.also or (" " in one and f" {one} " in self.text)

    def is_soon(self, said: Said, name: str) -> bool:
        """Whether `name` is said within a minute of `said`."""
        seconds = (second for one in said_as(name) for second in (*self._seconds.get(one, ()), *self.also.get(one, ())))
        return is_within(said.seconds, seconds, SOON)

    @cached_property
    def _seconds(self) -> Mapping[str, tuple[float, ...]]:
        found: defaultdict[str, list[float]] = defaultdict(list)
        for name, said in self.said.items():
            found[key(name.name)] += said.seconds
        return {one: tuple(seconds) for one, seconds in found.items()}

    def is_contested(self, said: Said) -> bool:
        """Whether several are called so in this episode: one name with two types, or talk of the other one."""
        spelled = any(self._spelled[one] > 1 for one in _spellings(said.name))
        return spelled or bool(words_of("other") & said.near)

    @cached_property
    def _spelled(self) -> Counter[str]:
        """By key, how many names have it, of whatever type and spelling."""
        return Counter(one for name in self.said for one in _spellings(name))

    def knowing(self, also: Mapping[str, tuple[float, ...]], company: Mapping[str, Acquaintance]) -> Talk:
        """The episode, when it is known which other names those named in it have, and who they are."""
        return replace(self, also=also, company=company)


def is_within(some: Iterable[float], others: Iterable[float], apart: float) -> bool:
    """Whether one of these seconds is so near to one of those."""
    seconds = tuple(others)
    return any(abs(one - other) <= apart for one in some for other in seconds)


def _clauses(tokens: Tokens) -> Iterator[tuple[str, ...]]:
    ends = [at for at in range(1, len(tokens)) if tokens.gap[at] != TOGETHER]
    return (tuple(tokens.folded[first:end]) for first, end in pairwise((0, *ends, len(tokens))))


def _spellings(name: Name) -> set[str]:
    return {key(name.name), *loose_keys(name.name)}


def _places(words: Sequence[str], surface: tuple[str, ...]) -> Iterator[int]:
    size = len(surface)
    return (at for at in range(len(words) - size + 1) if size and tuple(words[at : at + size]) == surface)


def _before(tokens: Tokens, first: int) -> tuple[str, ...]:
    """Up to the comma before it."""
    at = first
    while at > 0 and first - at < BEFORE and tokens.gap[at] == TOGETHER and tokens.folded[at - 1] not in _JOINING:
        at -= 1
    return tuple(tokens.folded[at:first])


def _after(tokens: Tokens, end: int) -> tuple[str, ...]:
    """Up to the end of what a comma may begin, or to a word that goes on to somebody else."""
    at = end
    while (
        at < len(tokens)
        and at - end < AFTER
        and (tokens.gap[at] == TOGETHER or (at == end and tokens.gap[at] == APART))
    ):
        if tokens.folded[at] in _JOINING:
            break
        at += 1
    return tuple(tokens.folded[end:at])


def _is_apart(tokens: Tokens, end: int) -> bool:
    return end < len(tokens) and tokens.gap[end] == APART
