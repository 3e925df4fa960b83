"""Names in a sentence of an answer: which words are one, and how one word may stand for another.

A word with a capital is a name unless the language gives capitals to other words too: at the start of a sentence, and
to every noun of German. There the dictionary decides, and the names that the vocabulary knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ragtime_assets.domain.answering.calendar_words import is_calendar_word
from ragtime_assets.domain.language.dictionary import is_plain
from ragtime_assets.domain.language.words import folded
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary, country_names

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:;\u2026]|[\"'\u201c\u201e\u00ab\u00bb\u2018\u201a(\u2013\u2014*\]])\s*$")
"""What stands before a word that has its capital from its place."""
_NO_NAMES = "i mr mrs ms dr prof herr herrn frau sir lady lord saint st podcast okay ok"
_OF_PEOPLES = "ischen ischem ischer isches ische isch ians ian eans ean ans an ese ish er ern"
_ENDINGS = ("'s", "s", "es", "n", "en", "e", "er", "ern", "schen", "sche", "scher", "sches", "schem", "sch")
_LONG = 6
"""From so many letters on a letter that was heard wrong leaves a name the same."""
_ALIKE = 86


@dataclass(frozen=True)
class NameSense:
    """What the vocabulary knows of names."""

    vocabulary: Vocabulary

    def names(self, sentence: str, language: str, same_language: bool) -> list[str]:
        """The words of a sentence that are names, each once; `same_language` is that of its passage."""
        words = list(_words(sentence))
        found = [
            word
            for word, opens in words
            if self._is_name(word, opens=opens, language=language, translated=not same_language)
        ]
        return list(dict.fromkeys(found))

    def _is_name(self, word: str, *, opens: bool, language: str, translated: bool) -> bool:
        plain = folded(word)
        if not word[0].isupper() or len(plain) < 2 or plain in _NO_NAMES.split() or is_calendar_word(word):  # noqa: PLR2004 - an initial
            return False
        if plain in self._stop:
            return False
        if plain in self._first_names or plain in self._places:
            return not opens or not _is_word(word, language)  # what opens a sentence may be any word
        rules = self.vocabulary.rules.of(language)
        if opens or rules.nouns_have_capitals or translated:
            return not _is_word(word, language) and not is_compound(plain, language)
        return True

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
    for cut in range(4, len(word) - 3):
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
        *(spelled.removesuffix(ending) for ending in ("'s", "s", "es", "n", "en", "e") if len(spelled) > 5),
    ]  # noqa: PLR2004 - of shorter ones too little is left
    return any(is_plain(form, language) for form in forms)


def _inflected(long: str, short: str) -> bool:
    return len(short) > 2 and long.startswith(short) and long[len(short) :] in _ENDINGS  # noqa: PLR2004


def _words(sentence: str) -> Iterator[tuple[str, bool]]:
    """The words of a sentence, and whether each has its capital from its place."""
    for found in _WORD.finditer(sentence):
        word = re.sub(r"['\u2019]s?$", "", found.group())
        if word:
            yield word, bool(_OPENS.search(sentence[: found.start()]))
