"""What tells a name from a plain word: the dictionary of the language, its stop words, known first names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ragtime_assets.domain.language.dictionary import is_plain
from ragtime_assets.domain.language.words import folded
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary

_SHORTEST = 4
"""Letters of a word inside a compound."""

_SHORTEST_STEM = 5
"""Letters of a word without its ending."""


@dataclass(frozen=True)
class Lexicon:
    """The words of one language, and those that an episode uses in lower case."""

    language: str
    first_names: frozenset[str]
    particles: frozenset[str]
    stop: frozenset[str]
    articles: frozenset[str]
    endings: frozenset[str]
    nouns_have_capitals: bool
    compounds: bool
    said: frozenset[str] = frozenset()

    def is_first_name(self, word: str) -> bool:
        """Whether people are called so."""
        return folded(word) in self.first_names

    def is_stop(self, word: str) -> bool:
        """Whether a capital means nothing on it."""
        return folded(word) in self.stop

    def is_plain(self, word: str) -> bool:
        """Whether it may be a plain word: in the dictionary, made of two that are, or said in lower case."""
        plain = word.lower()
        if plain in self.said or self.is_stop(word) or is_plain(word, self.language):
            return True
        stems = (plain.removesuffix(ending) for ending in self.endings if plain.endswith(ending))
        if any(len(stem) >= _SHORTEST_STEM and is_plain(stem, self.language) for stem in stems):
            return True
        return self.compounds and self._is_compound(plain)

    def is_inflected(self, one: str, other: str) -> bool:
        """Whether one of two words is the other with an ending of the language, or with another word behind it."""
        short, long = sorted((one.lower(), other.lower()), key=len)
        more = long[len(short) :]
        return long.startswith(short) and (more in self.endings or len(more) >= _SHORTEST)

    def _is_compound(self, word: str) -> bool:
        cuts = range(_SHORTEST, len(word) - _SHORTEST + 1)
        return any(
            is_plain(word[cut:], self.language)
            and (is_plain(word[:cut], self.language) or is_plain(word[:cut].removesuffix("s"), self.language))
            for cut in cuts
        )


def lexicon_of(language: str, vocabulary: Vocabulary, said: frozenset[str] = frozenset()) -> Lexicon:
    """What vocabulary and dictionary say of the words of `language`."""
    rules = vocabulary.rules
    own = rules.of(language)
    return Lexicon(
        language=language,
        first_names=frozenset(map(folded, (*rules.first_names, *_first_names(vocabulary, language)))),
        particles=rules.particles,
        stop=frozenset(map(folded, own.stop)),
        articles=own.articles,
        endings=own.endings,
        nouns_have_capitals=own.nouns_have_capitals,
        compounds=own.compounds,
        said=said,
    )


def _first_names(vocabulary: Vocabulary, language: str) -> Iterator[str]:
    """How the people of the vocabulary are called, but for those who are called by a plain word (Count, King)."""
    for known in vocabulary.known:
        first, _, rest = known.name.partition(" ")
        if known.type == vocabulary.rules.person and rest and not is_plain(first, language):
            yield first
