"""Names in a sentence of an answer: which words are one, and how one word may stand for another.

A word with a capital is a name unless the language gives capitals to other words too: at the start of a sentence, and
to every noun of German. There the dictionary decides, and the names that the vocabulary knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

from ragtime_assets.domain.answering.calendar_words import is_calendar_word
from ragtime_assets.domain.language.dictionary import is_plain
from ragtime_assets.domain.language.words import folded
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary, country_names

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:;\u2026]|[\"'\u201c\u201e\u00ab\u00bb\u2018\u201a(\u2013\u2014*\]])\s*$")
"""What stands before a word that has its capital from its place."""
_NO_NAMES = "i mr mrs ms dr prof herr herrn frau sir lady lord saint st podcast okay ok"
_TITLES = """king queen emperor empress prince princess duke count pope president chancellor professor doctor captain
    konig konigin kaiser kaiserin furst furstin prinz prinzessin herzog graf grafin papst prasident kanzler professor
    doktor kapitan herr herrn frau mr mrs ms dr prof sir lady lord"""
_OF_PEOPLES = "ischen ischem ischer isches ische isch ians ian eans ean ans an ese ish er ern"
_ENDINGS = ("'s", "s", "es", "n", "en", "e", "er", "ern", "schen", "sche", "scher", "sches", "schem", "sch")
_LONG = 6
"""From so many letters on a letter that was heard wrong leaves a name the same."""
_ALIKE = 86


class _Word(NamedTuple):
    """A word of a sentence."""

    text: str
    opens: bool
    """Whether it has its capital from its place."""
    is_followed: bool
    """Whether a word with a capital follows it."""


@dataclass(frozen=True)
class NameSense:
    """What the vocabulary knows of names."""

    vocabulary: Vocabulary

    def names(self, sentence: str, language: str, same_language: bool) -> list[str]:
        """The words of a sentence that are names, each once; `same_language` is that of its passage."""
        rules = self.vocabulary.rules.of(language)
        by_dictionary = rules.nouns_have_capitals or not same_language
        found, before = list[str](), ""
        for word in _words(sentence):
            if self.may_be(word.text) and (
                self._leads(before, language)
                or self._is_known(word, language)
                or (not (word.opens or by_dictionary) or _is_no_word(word.text, language))
            ):
                found.append(word.text)
            before = word.text if word.is_followed else ""
        return list(dict.fromkeys(found))

    def may_be(self, word: str) -> bool:
        """Whether a word may be a name at all: it has a capital, and is none of those that often have one."""
        plain = folded(word)
        is_initial = len(plain) < 2  # noqa: PLR2004
        is_other = plain in _NO_NAMES.split() or plain in self._stop or is_calendar_word(word)
        return word[0].isupper() and not is_initial and not is_other

    def _leads(self, before: str, language: str) -> bool:
        """Whether a name follows this word: a first name, or what somebody is."""
        leading = self.vocabulary.rules.of(language).before.get(self.vocabulary.rules.person or "", frozenset())
        return before[:1].isupper() and (
            folded(before) in self._first_names or before.lower() in leading or folded(before) in _TITLES.split()
        )

    def _is_known(self, word: _Word, language: str) -> bool:
        """Whether it is a first name or a place; what opens a sentence may be any other word."""
        plain = folded(word.text)
        is_name = plain in self._first_names or plain in self._places
        return is_name and (not word.opens or word.is_followed or _is_no_word(word.text, language))

    def same_place(self, word: str) -> str | None:
        """The name that a place has in English, where this is one of its names."""
        return self._places.get(folded(word))

    @cached_property
    def _stop(self) -> frozenset[str]:
        return frozenset(folded(word) for one in self.vocabulary.rules.languages.values() for word in one.stop)

    @cached_property
    def _first_names(self) -> frozenset[str]:
        return frozenset(map(folded, self.vocabulary.rules.first_names))

    @cached_property
    def _places(self) -> dict[str, str]:
        """Places of one word, by each way to spell them."""
        known = [(one.name, one.spellings) for one in self.vocabulary.known if one.type in ("city", "place", "country")]
        return {
            folded(spelling.lstrip("~")): folded(name)
            for name, spellings in (*known, *country_names("de"))
            for spelling in (name, *spellings)
            if " " not in spelling.strip()
        }


def alike(one: str, other: str) -> bool:
    """Whether two folded words are one name: inflected, or heard a letter wrong."""
    if one == other or _inflected(one, other) or _inflected(other, one):
        return True
    if min(len(one), len(other)) < _LONG or one[0] != other[0]:
        return False
    from rapidfuzz import fuzz

    return fuzz.ratio(one, other) >= _ALIKE


def of_a_people(word: str) -> set[str]:
    """What may be left of a word for a people or its language, to be compared: french, deutschen, wiener."""
    return {
        word.removesuffix(ending)
        for ending in _OF_PEOPLES.split()
        if word.endswith(ending) and len(word) - len(ending) > 2
    }  # noqa: PLR2004 - of a place something must be left


def is_compound(word: str, language: str) -> bool:
    """Whether a German word is two or three others in one."""
    if language != "de":
        return False
    for cut in range(3, len(word) - 3):
        first, rest = word[:cut], word[cut:]
        if any(_is_word(one, language) for one in (first, first.removesuffix("s"), first.removesuffix("n"))) and (
            _is_word(rest, language) or is_compound(rest, language)
        ):
            return True
    return False


def _is_word(word: str, language: str) -> bool:
    spelled = word.replace("\u2019", "'")
    forms = [
        spelled,
        *(spelled.removesuffix(ending) for ending in ("'s", "s", "es", "n", "en", "e") if len(spelled) > 4),
    ]  # noqa: PLR2004 - of shorter ones too little is left
    return any(is_plain(form, language) for form in forms)


def _inflected(long: str, short: str) -> bool:
    return len(short) > 2 and long.startswith(short) and long[len(short) :] in _ENDINGS  # noqa: PLR2004


def _is_no_word(word: str, language: str) -> bool:
    return not _is_word(word, language) and not is_compound(word.lower(), language)


def _words(sentence: str) -> Iterator[_Word]:
    found = list(_WORD.finditer(sentence))
    for one, following in zip_longest(found, found[1:]):
        text = re.sub(r"['\u2019]s?$", "", one.group())
        is_followed = (
            following is not None and sentence[one.end() : following.start()] == " " and following.group()[0].isupper()
        )
        if text:
            yield _Word(text, bool(_OPENS.search(sentence[: one.start()])), is_followed)
