"""What passages hold that a sentence may name: words, names, numbers, dates; the episode's title counts as its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from ragtime_assets.domain.answering.amounts import values_in, worked_out, years_between
from ragtime_assets.domain.answering.calendar_words import DayOfMonth, calendar_words, days_of_months, months_in_figures
from ragtime_assets.domain.answering.number_words import SPELLED
from ragtime_assets.domain.answering.numerals import Numeral
from ragtime_assets.domain.answering.proper_names import NameSense, alike, of_a_people
from ragtime_assets.domain.answering.quotes import stands_in
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.language.words import folded

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_STEM = 5
"""Two words that begin with so many letters alike are taken for one; a word that says much has as many."""
_CENTURY = 1900
_YEARS_IN_SHORT = range(1910, 2000)
"""Years that are said without their century."""
_SMALL = 13
"""Below this a number is spoken as a word, in a language of which none is known."""
_PEOPLES = """
    french france frankreich franzos francais
    german deutsch allemagne allemand
    english england engl
    british britain brit grossbritannien
    americ amerik usa u.s. us
    spain spanis spani espan
    austria osterreich
    swiss switzerland schweiz
    brazil brasil
    cuba kuba
    dutch netherlands holland niederland
    greek greece griech
    czech tschech
    hungar ungar
    jewish jews jud
    polish poland pole pol
    danish denmark dan
    swedish sweden schwed
    turkish turkey turk
    welsh wales walis
    irish ireland irland
    scottish scotland schott
    belgian belgium belg
    norweg norway norw
    finnish finland finn
    portug
    soviet sowjet
    vienna viennese wien
    munich munch
    cologne koln
    rome roman rom
    european europ"""
_KIN = tuple(tuple(line.split()) for line in _PEOPLES.strip().splitlines())
"""How words for one country, its people and its language begin, in English and German; short ones are whole words."""


@dataclass(frozen=True)
class Evidence:
    """The passages that one sentence cites."""

    passages: Sequence[Passage]
    sense: NameSense

    @cached_property
    def text(self) -> str:
        """All that counts as said."""
        return "\n".join(part for passage in self.passages for part in own_words(passage))

    @property
    def languages(self) -> frozenset[str]:
        """The languages that are spoken in them."""
        return frozenset(passage.language for passage in self.passages)

    def has_quotation(self, quotation: str) -> bool:
        """Whether one of the passages says this, word for word."""
        return any(stands_in(quotation, "\n".join(own_words(passage))) for passage in self.passages)

    def has_number(self, number: Numeral) -> bool:
        """Whether the number stands there, in figures or in words; of a decade, a year will do."""
        if number.values & self._values:
            return True
        if number.is_decade:
            return any(value // 10 * 10 in number.values for value in self._values)
        if any(value - _CENTURY in self._values for value in number.values if value in _YEARS_IN_SHORT):
            return True
        spelled = self.languages <= SPELLED
        return not spelled and all(value < _SMALL for value in number.values)

    def has_worked_out(self, number: Numeral) -> bool:
        """Whether the number is the sum or the difference of two that stand there."""
        return not number.values.isdisjoint(worked_out("\n".join(passage.text for passage in self.passages)))

    def has_years_between(self, number: Numeral) -> bool:
        """Whether so many years lie between two years that stand there."""
        return not number.values.isdisjoint(years_between(self.text))

    def has_year_of_century(self, number: Numeral) -> bool:
        """Whether a year of this century stands there: the 19th has 1801 to 1900."""
        return any((value + 99) // 100 in number.values for value in self._values)

    def has_date(self, meant: str) -> bool:
        """Whether the month or the day of the week is named."""
        return meant in self._calendar

    def contradicts(self, day: DayOfMonth) -> bool:
        """Whether the month stands there with other days only."""
        days = {one.day for one in self._days if one.month == day.month}
        return bool(days) and day.day not in days

    def has_name(self, name: str) -> bool:
        """Whether the name stands there, inflected, in another language's form, or a letter wrong."""
        word = folded(name)
        place = self.sense.same_place(name)
        return (
            any(alike(word, said) for said in self._words)
            or (place is not None and place in self._places)
            or any(said.startswith(stem) for stem in of_a_people(word) for said in self._words if len(stem) > 3)  # noqa: PLR2004
            or any(_is_of(word, kin) and any(_is_of(said, kin) for said in self._words) for kin in _KIN)
        )

    def shared(self, sentence: str) -> float:
        """Which part of the words that say much stands there too, from 0 to 1; 1 where the sentence has none."""
        wanted = stems(sentence)
        return len(wanted & self._stems) / len(wanted) if wanted else 1.0

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(words_of(self.text))

    @cached_property
    def _places(self) -> frozenset[str]:
        return frozenset(filter(None, map(self.sense.same_place, self._words)))

    @cached_property
    def _stems(self) -> frozenset[str]:
        return stems(self.text)

    @cached_property
    def _values(self) -> frozenset[Decimal]:
        return values_in(self.text)

    @cached_property
    def _days(self) -> frozenset[DayOfMonth]:
        return frozenset(days_of_months(self.text))

    @cached_property
    def _calendar(self) -> frozenset[str]:
        return frozenset((*calendar_words(self.text), *months_in_figures(self.text)))


def own_words(passage: Passage) -> Iterator[str]:
    """What counts as said in a passage: its text, and what is known of its episode."""
    known = (passage.text, passage.episode_title, passage.show, passage.chapter, passage.published)
    yield from filter(None, known)
    yield from (*passage.speakers, *passage.entities)
    yield from (clock(passage.start), clock(passage.end))


def words_of(text: str) -> Iterator[str]:
    """The words of a text as they are compared; what belongs to somebody is his."""
    for word in _WORD.findall(text):
        owner = re.sub(r"['\u2019]s?$", "", word)
        yield folded(owner)
        yield from (folded(part) for part in re.split(r"['\u2019]", owner) if part != owner)


def stems(text: str) -> frozenset[str]:
    """How the words begin that say much."""
    return frozenset(word[:_STEM] for word in words_of(text) if len(word) >= _STEM)


def _is_of(word: str, kin: Sequence[str]) -> bool:
    return any(
        word.startswith(stem) if len(stem) > 3 else word.replace(".", "") == stem.replace(".", "") for stem in kin
    )  # noqa: PLR2004
