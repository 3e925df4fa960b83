"""Surnames become the full names they stand for in this episode; in scripts without spaces none is told apart."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence, Set

from ragtime_assets.domain.artifacts.entities import Mention
from ragtime_assets.domain.language.tokens import SENTENCE, Tokens, folded_words
from ragtime_assets.domain.language.words import is_unspaced
from ragtime_assets.phases.reading.names.spans import Span

BY_SURNAME = 0.8
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})

Text = tuple[Tokens, list[Span]]
Place = tuple[int, int]
IsPart = Callable[[Tokens, Span], bool]
"""Whether a word is only a piece of a longer name."""


class Surnames:
    """Which full names were said where, by surname."""

    def __init__(self, texts: Sequence[Text], people: Set[str]) -> None:
        """Gather the full names in `texts`, in the order in which they are said."""
        self._people = people
        self._said: defaultdict[str, list[tuple[Place, str, str]]] = defaultdict(list)
        for number, (_, spans) in enumerate(texts):
            for span in spans:
                words = folded_words(span.name)
                if span.type in people and span.words > 1 and len(words) > 1 and not is_unspaced(span.name):
                    self._said[_surname(words)].append(((number, span.first), span.name, span.type))

    def resolve(self, word: str, place: Place) -> tuple[str, str] | None:
        """The full name said last before `place`, else the first one after it, and its type."""
        said = self._said.get(word) or (self._said.get(word[:-1]) if word[-1:] == "s" else None)
        if not said:
            return None
        before = bisect_right(said, (place, "\U0010ffff", ""))
        return said[max(before - 1, 0)][1:]

    def completed(
        self, number: int, text: Text, stop: frozenset[str], is_part: IsPart, caseless: bool
    ) -> Iterator[Span]:
        """The spans of one text, lone surnames in full, and the surnames that no rule had found."""
        tokens, spans = text
        covered: set[int] = set()
        for span in spans:
            covered.update(range(span.first, span.end))
            yield self._full(span, tokens, number)
        for index, word in enumerate(tokens.folded):
            if index in covered or not (tokens.capital[index] or caseless):
                continue
            if word in stop and (caseless or tokens.gap[index] == SENTENCE):
                continue
            if not (resolved := self.resolve(word, (number, index))):
                continue
            name, type_ = resolved
            span = Span(index, index + 1, type_, name, BY_SURNAME)
            if not is_part(tokens, span):
                yield span

    def _full(self, span: Span, tokens: Tokens, number: int) -> Span:
        """A lone surname in full, unless the known name it stands for is itself said in full."""
        if span.type not in self._people or span.words > 1:
            return span
        word = tokens.folded[span.first]
        said = self._said.get(word) or []
        if any(name == span.name for _, name, _ in said):
            return span
        if not (resolved := self.resolve(word, (number, span.first))):
            return span
        name, type_ = resolved
        return span._replace(name=name, type=type_, confidence=BY_SURNAME)


def in_full(mentions: Sequence[Mention], people: Set[str]) -> tuple[Mention, ...]:
    """The mentions, each lone surname with the full name said last before it, else the first one after it."""
    said: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for mention in mentions:
        words = folded_words(mention.name)
        if mention.type in people and len(words) > 1 and not is_unspaced(mention.name):
            said[_surname(words)].append((mention.start, mention.name))

    def full(mention: Mention) -> Mention:
        words = folded_words(mention.name)
        names = said.get(words[0], []) if mention.type in people and len(words) == 1 else []
        before = [name for start, name in names if start <= mention.start]
        named = before[-1:] or [name for _, name in names[:1]]
        return mention.model_copy(update={"name": named[0]}) if named else mention

    return tuple(map(full, mentions))


def _surname(words: Sequence[str]) -> str:
    """The word by which somebody of this name is called."""
    return words[-2] if words[-1] in _GENERATIONS and len(words) > 2 else words[-1]
