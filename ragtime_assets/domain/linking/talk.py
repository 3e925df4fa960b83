"""What an episode says, as far as it tells who is meant: its names, the words around each, its day and its people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.domain.linking.keys import key

NEAR = 5
"""So many words before and after a name say what is said of it."""


@dataclass(frozen=True)
class Said:
    """One name: the words that stood for it, and the sentences in which they stood."""

    name: Name
    surfaces: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """The words of each sentence, folded."""
        return tuple(tuple(folded_words(context)) for context in self.contexts)

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """The words that stand close to the name, without those of the name."""
        surfaces = [tuple(folded_words(surface)) for surface in dict.fromkeys((*self.surfaces, self.name.name))]
        found: list[str] = []
        for words in self.words:
            for surface in surfaces:
                found += _around(words, surface)
        return tuple(found)


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
    also: frozenset[str] = field(default_factory=frozenset[str])
    """Keys of names that those named here have too."""

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
        """Every word around a name, and of the titles, folded, with a space at both ends."""
        words = (word for said in self.said.values() for words in said.words for word in words)
        titles = (word for title in self.about for word in folded_words(title))
        return f" {' '.join((*words, *titles))} "

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the text."""
        return frozenset(self.text.split())

    def names(self, name: str, but: Collection[str]) -> bool:
        """Whether `name` is said, and not as one of the names whose keys are `but`."""
        one = key(name)
        if not one or one in but:
            return False
        if one in self.keys or one in self.also:
            return True
        return " " in one and f" {one} " in self.text

    def knowing(self, names: Iterable[str]) -> Talk:
        """The episode, when it is known that somebody named in it has these names too."""
        also = frozenset(map(key, names))
        return Talk(self.said, self.language, self.year, self.persons, self.about, also)


def _around(words: tuple[str, ...], surface: tuple[str, ...]) -> list[str]:
    size = len(surface)
    found: list[str] = []
    for at in range(len(words) - size + 1) if size else ():
        if words[at : at + size] == surface:
            found += [*words[max(at - NEAR, 0) : at], *words[at + size : at + size + NEAR]]
    return found
