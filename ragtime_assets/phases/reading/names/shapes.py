"""Names nobody listed, told by the words before them, their last word, and their capitals.

What belongs here: the four readings of a run of capitals. What does not: any word of any language; those are
`domain/vocabulary/data/*/rules.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ragtime_assets.domain.language.tokens import SENTENCE, Tokens
from ragtime_assets.domain.language.words import folded
from ragtime_assets.domain.vocabulary.vocabulary import LanguageRules, NameRules, Vocabulary, Words
from ragtime_assets.phases.reading.names.spans import Span

BY_CUE, BY_LAST_WORD, BY_FIRST_NAME, BY_CAPITALS = 0.75, 0.8, 0.7, 0.5
LONGEST_TITLE = 8
LONGEST_NAME = 4
SHORTEST_IN_COMPOUND = 5

Names = Callable[[int], Span | None]
"""The known name that covers a word, if any."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The rules of one language, ready to be looked up."""

    person: str
    people: frozenset[str]
    before: dict[str, str]
    after: dict[str, str]
    compounds: tuple[str, ...]
    called: Words
    stop: Words
    not_last: Words
    plays: Words
    acts: Words
    instrument: str | None
    particles: Words
    joints: Words
    first_names: Words
    trusts_capitals: bool

    @classmethod
    def of(cls, vocabulary: Vocabulary, language: str) -> Shapes:
        """The rules for `language`; types that are switched off have none."""
        rules: NameRules = vocabulary.rules
        own: LanguageRules = rules.of(language)
        active = vocabulary.active
        before = {
            folded(word + ending): key
            for key, words in own.before.items()
            if key in active
            for word in words
            for ending in ("", *own.endings)
        }
        return cls(
            person=rules.person if rules.person in active else "",
            people=vocabulary.people & active.keys(),
            before=before,
            after={folded(word): key for key, words in rules.after.items() if key in active for word in words},
            compounds=tuple(word for word in before if len(word) >= SHORTEST_IN_COMPOUND) if own.compounds else (),
            called=_folded(rules.called),
            stop=_folded(own.stop),
            not_last=_folded(own.not_last),
            plays=_folded(own.plays),
            acts=_folded(own.acts),
            instrument=rules.instrument,
            particles=_folded(rules.particles),
            joints=_folded(rules.joints),
            first_names=_folded(rules.first_names),
            # Where nouns have capitals too, or where we know no stop words, capitals alone prove nothing.
            trusts_capitals=bool(own.stop) and not own.nouns_have_capitals,
        )

    def cue(self, word: str) -> str | None:
        """The type that `word` gives to the name after it."""
        found = self.before.get(word)
        if found is None and self.compounds and word.endswith(self.compounds):
            found = next(self.before[cue] for cue in self.compounds if word.endswith(cue))
        return found

    def cues(self, tokens: Tokens) -> dict[int, str]:
        """For each word that follows a cue: the type that is asked for."""
        asked: dict[int, str] = {}
        for index, word in enumerate(tokens.folded[:-1]):
            type_ = self.cue(word)
            # "a song called X", "ein Stück namens X": one lower-case word may stand between.
            if type_ and tokens.gap[index + 1] != SENTENCE:
                named = index + 1
                if not tokens.capital[named] and named + 1 < len(tokens) and tokens.folded[named] in self.called:
                    named += 1
                asked[named] = type_
        return asked

    def part_of_name(self, tokens: Tokens, span: Span) -> bool:
        """Whether a name of one word is only a piece of a longer one: Ravi Coltrane, Berkeley High School."""
        first, before, after = span.first, span.first - 1, span.end
        if span.words > 1 or not tokens.capital[first]:
            return False
        is_person = self.trusts_capitals and span.type in self.people
        if tokens.joined(first) and tokens.capital[before] and not tokens.possessive[before]:
            word = tokens.folded[before]
            if word in self.first_names or (is_person and not self._says_nothing(word)):
                return True
        if not self.trusts_capitals or not tokens.joined(after) or not tokens.capital[after]:
            return False
        word = tokens.folded[after]
        if tokens.possessive[first] or word in self.after or self._says_nothing(word):
            return False
        return is_person or word in self.not_last

    def find(self, tokens: Tokens, known: Names, cues: dict[int, str]) -> Iterator[Span]:
        """Every unknown name that a run of capitals may be."""
        index, count = 0, len(tokens)
        while index < count:
            if not tokens.capital[index]:
                index += 1
                continue
            end = self._run(tokens, index)
            yield from self._read(tokens, index, end, known, cues)
            index = end

    def find_caseless(self, tokens: Tokens, known: Names, cues: dict[int, str]) -> Iterator[Span]:
        """In a transcript without capitals: what is called a person, and begins with a first name."""
        for index, type_ in cues.items():
            named = type_ in self.people and tokens.folded[index] in self.first_names
            free = tokens.joined(index + 1) and not known(index) and not known(index + 1)
            if named and free and tokens.folded[index + 1] not in self.stop:
                yield _span(tokens, index, index + 2, type_, BY_FIRST_NAME)

    def longer(self, tokens: Tokens, span: Span) -> Iterator[Span]:
        """A known name that a lower-case last word makes another: "Kind of Blue sessions", "Basie band"."""
        if (
            tokens.joined(span.end)
            and not tokens.possessive[span.end - 1]
            and self._ends_in_lower_case(tokens, span.end)
        ):
            type_ = self.after[tokens.folded[span.end]]
            if span.type in self.people or span.words > 2:
                yield _span(tokens, span.first, span.end + 1, type_, BY_LAST_WORD)

    def _says_nothing(self, word: str) -> bool:
        return word in self.stop or self.cue(word) is not None

    def _run(self, tokens: Tokens, first: int) -> int:
        """Where the run of capitals that begins at `first` ends; a stop word inside ends it."""
        end = first + 1
        while tokens.joined(end) and not tokens.possessive[end - 1]:
            word, before = tokens.folded[end], tokens.folded[end - 1]
            if tokens.capital[end]:
                if word in self.stop and before not in self.first_names:
                    break
                end += 1
            elif word in self.particles and tokens.joined(end + 1) and tokens.capital[end + 1]:
                end += 2
            else:
                break
        return end

    def _read(self, tokens: Tokens, first: int, end: int, known: Names, cues: dict[int, str]) -> Iterator[Span]:
        asked = cues.get(first, "")
        while first < end and not self._entitles(asked) and self._says_nothing(tokens.folded[first]):
            first += 1
            asked = cues.get(first) or asked
        if first == end:
            return
        if self._entitles(asked):
            yield from self._title(tokens, first, asked, known)
        for begin, close in self._pieces(tokens, first, end, known):
            yield from self._by_last_word(tokens, begin, close)
        if asked in self.after.values():
            yield from self._called(tokens, first, end, asked, known)
        elif self.people:
            yield from self._people(tokens, first, end, known, asked if asked in self.people else "")

    def _entitles(self, asked: str) -> bool:
        """Whether the name asked for is a title, which may hold any words."""
        return asked not in {"", *self.people, *self.after.values()}

    def _pieces(self, tokens: Tokens, first: int, end: int, known: Names) -> Iterator[tuple[int, int]]:
        """The run, cut behind each word that ends a name; such a word may be lower case behind the run."""
        begin = first
        for index in range(first, end):
            if tokens.folded[index] in self.after and (index + 1 == end or tokens.folded[index + 1] not in self.after):
                yield begin, index + 1
                begin = index + 1
        follows = begin < end and tokens.joined(end) and not tokens.possessive[end - 1] and not known(end - 1)
        if follows and self._ends_in_lower_case(tokens, end):
            yield begin, end + 1

    def _ends_in_lower_case(self, tokens: Tokens, index: int) -> bool:
        """Whether a word without a capital ends a name: the Dunmore quintet, but not "Kohl war da"."""
        word = tokens.folded[index]
        return not tokens.capital[index] and word in self.after and word not in self.stop

    def _by_last_word(self, tokens: Tokens, first: int, end: int) -> Iterator[Span]:
        inside = [word for word in tokens.folded[first:end] if word not in self.after]
        if not all(word in self.not_last for word in inside):
            yield _span(tokens, first, end, self.after[tokens.folded[end - 1]], BY_LAST_WORD)

    def _title(self, tokens: Tokens, first: int, type_: str, known: Names) -> Iterator[Span]:
        """Capitals with small words between them, up to the name of somebody."""
        listed = known(first)
        if listed and (listed.type == type_ or listed.words > 1):
            return
        end = last = first
        while last < len(tokens) and last - first < LONGEST_TITLE and (last == first or tokens.joined(last)):
            covering = known(last)
            if covering and covering.type in self.people and last > first:
                break
            if tokens.capital[last]:
                end = last + 1
            elif tokens.folded[last] not in self.joints:
                break
            last += 1
        if end > first + 1 or (end > first and tokens.folded[first] not in self.stop):
            yield _span(tokens, first, end, type_, BY_CUE if end > first + 1 else BY_CAPITALS)

    def _called(self, tokens: Tokens, first: int, end: int, type_: str, known: Names) -> Iterator[Span]:
        """The label Ultraphone: a run of one or two unknown words right behind the cue."""
        if first < end <= first + 2 and not any(known(index) for index in range(first, end)):
            yield _span(tokens, first, end, type_, BY_CUE - 0.1)

    def _people(self, tokens: Tokens, first: int, end: int, known: Names, asked: str) -> Iterator[Span]:
        """The stretches of the run that no known name covers, as far as they look like people."""
        begin = first
        for index in range(first, end + 1):
            if index < end and known(index) is None and tokens.folded[index] not in self.after:
                continue
            cue = asked if begin == first else ""
            if not cue and index == end and (self._plays(tokens, end, known) or self._acts(tokens, begin, end)):
                cue = self.person
            yield from self._person(tokens, begin, index, cue)
            begin = index + 1

    def _person(self, tokens: Tokens, first: int, end: int, asked: str) -> Iterator[Span]:
        first, end = self._trimmed(tokens, first, end)
        words = tokens.folded[first:end]
        named = sum(tokens.capital[first:end])
        if not words or named > LONGEST_NAME or words[0] in self.not_last or words[-1] in self.not_last:
            return
        if any(word.isdigit() for word in words) or (named > 1 and tokens.slice(first, end).isupper()):
            return
        first_name = words[0] in self.first_names or len(words[0]) == 1
        if asked and (named > 1 or (self.trusts_capitals and not first_name)):
            yield _span(tokens, first, end, asked, BY_CUE)
        elif self.person and named > 1 and (first_name or (self.trusts_capitals and not self._is_title(tokens, first))):
            yield _span(tokens, first, end, self.person, BY_FIRST_NAME if first_name else BY_CAPITALS)

    def _plays(self, tokens: Tokens, end: int, known: Names) -> bool:
        """Whether "on bass" or "am Klavier" follows."""
        if not self.instrument or not tokens.joined(end) or tokens.folded[end] not in self.plays:
            return False
        named = (known(index) for index in (end + 1, end + 2) if index < len(tokens))
        return any(span is not None and span.type == self.instrument for span in named)

    def _acts(self, tokens: Tokens, first: int, end: int) -> bool:
        """Whether a name of several words does what people do: "Terje Rypdal said"."""
        return end - first > 1 and tokens.joined(end) and tokens.folded[end] in self.acts

    def _is_title(self, tokens: Tokens, first: int) -> bool:
        """Whether a capital article stands before: "with The Long Chorus" names no person."""
        before = first - 1
        capital = tokens.joined(first) and tokens.capital[before] and tokens.gap[before] != SENTENCE
        return capital and tokens.folded[before] in self.stop

    def _trimmed(self, tokens: Tokens, first: int, end: int) -> tuple[int, int]:
        """The run without what is no part of a name: a first word of a sentence, nouns around a German name."""
        while first < end and not tokens.capital[first]:
            first += 1
        given = next((index for index in range(first, end) if tokens.folded[index] in self.first_names), None)
        if (
            given is not None
            and first < given < end - 1
            and (tokens.gap[first] == SENTENCE or not self.trusts_capitals)
        ):
            first = given
        if not self.trusts_capitals and given == first:
            surname = first + 1
            while surname < end - 1 and (not tokens.capital[surname] or tokens.folded[surname] in self.first_names):
                surname += 1
            end = min(end, surname + 1)
        while end > first and (not tokens.capital[end - 1] or tokens.folded[end - 1] in self.stop):
            end -= 1
        return first, end


def _folded(words: Words) -> Words:
    return frozenset(folded(word) for word in words)


def _span(tokens: Tokens, first: int, end: int, type_: str, confidence: float) -> Span:
    return Span(first, end, type_, " ".join(tokens.slice(first, end).split()), confidence)
