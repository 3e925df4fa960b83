"""What English and German words mean as numbers, one word at a time."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

SPELLED = frozenset({"en", "de"})
"""Languages whose words for numbers are known."""

_ENGLISH = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"""
_ENGLISH_ORDINAL_TENS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
_ENGLISH_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties"
_GERMAN = """null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn
    siebzehn achtzehn neunzehn"""
_GERMAN_TENS = "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig"
_GERMAN_ORDINAL_ENDINGS = "e en er es em ens"
_GERMAN_ENDINGS = "sten ster stes stem ste ten ter tes tem te"
_GERMAN_DECADE_ENDINGS = "erjahren erjahre ern er"
_COUNTED_IN_ONE = """mal malig fach jahrig kopfig stundig tagig wochig monatig minutig teilig seitig stimmig stellig
    stufig prozentig"""
"""What German writes in one word with its number, as in achtzehnjahrig."""
_OTHERS = {"nil": 0, "nought": 0, "zwo": 2, "hundredth": 100, "thousandth": 1_000}


def _counted(words: str, first: int = 0, step: int = 1) -> dict[str, int]:
    return {word: number * step for number, word in enumerate(words.split(), first)}


_NUMBERS = (
    _OTHERS
    | _counted(_ENGLISH)
    | _counted(_ENGLISH_TENS, 2, 10)
    | _counted(_ENGLISH_ORDINALS, 1)
    | _counted(_ENGLISH_ORDINAL_TENS, 2, 10)
)
_DECADES = _counted(_ENGLISH_DECADES, 2, 10)
_ONES = _counted(_GERMAN) | _counted(_GERMAN_TENS, 2, 10)
_GERMAN_FIRST = {"ein": 1, "eine": 1, "zwo": 2}
"""How a number begins that is written in one word with what it counts."""
_IRREGULAR = {
    f"{stem}{ending}": value
    for stem, value in {"erst": 1, "dritt": 3, "siebt": 7, "acht": 8}.items()
    for ending in _GERMAN_ORDINAL_ENDINGS.split()
}
_LONGEST_ENDING = 3
SCALES = {
    "hundred": 100,
    "hundreds": 100,
    "hundert": 100,
    "thousand": 1_000,
    "thousands": 1_000,
    "tausend": 1_000,
    "million": 1_000_000,
    "millions": 1_000_000,
    "millionen": 1_000_000,
    "mio": 1_000_000,
    "billion": 1_000_000_000,
    "milliarde": 1_000_000_000,
    "milliarden": 1_000_000_000,
    "mrd": 1_000_000_000,
}
BEGINNING_SCALES = frozenset({"hundred", "thousand", "tausend", "hundert"})
"""Those with which a number may begin."""
ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12}
_COUNTING = {
    "0.25": "quarter viertel",
    "0.5": "half halb halbe halben halber halbes halfte",
    "0.75": "dreiviertel",
    "1.5": "anderthalb eineinhalb",
    "2": "both pair couple duo duet twice double beide beiden paar zweimal doppelt doppelte doppelten",
    "2.5": "zweieinhalb",
    "3": "trio dreimal drittel",
    "4": "quartet quartett viermal viertel quarter",
    "5": "quintet quintett",
    "6": "sextet sextett",
    "7": "septet septett",
    "8": "octet oktett",
    "10": "decade jahrzehnt",
    "12": "dozen dutzend",
    "14": "fortnight",
    "15": "quarter viertel",
    "25": "quarter viertel",
    "30": "half halb",
    "33": "third drittel",
    "45": "quarter viertel dreiviertel",
    "50": "half halfte",
    "75": "dreiviertel",
    "100": "century jahrhundert",
}
COUNTS = {
    word: frozenset(Decimal(value) for value, words in _COUNTING.items() if word in words.split())
    for words in _COUNTING.values()
    for word in words.split()
}
"""Words that say how many without being a number, or what a clock shows."""


class WordValue(NamedTuple):
    """What a word means as a number."""

    value: int
    is_decade: bool = False


@lru_cache(maxsize=20_000)
def word_value(word: str) -> WordValue | None:
    """What a folded word means as a number; None when it is none."""
    if word in _DECADES:
        return WordValue(_DECADES[word], is_decade=True)
    for value in (_NUMBERS.get(word), _IRREGULAR.get(word), _german(word)):
        if value is not None:
            return WordValue(value)
    return _inflected(word) or _counted_in_one(word)


def counts(word: str) -> frozenset[Decimal]:
    """How many a folded word may say that is no number: both, a dozen, half past; zweieinhalb."""
    whole = _german(word.removesuffix("einhalb")) if word.endswith("einhalb") else None
    return COUNTS.get(word, frozenset()) | ({whole + Decimal("0.5")} if whole is not None else frozenset[Decimal]())


def _counted_in_one(word: str) -> WordValue | None:
    for unit in _COUNTED_IN_ONE.split():
        before, there, behind = word.partition(unit)
        if there and len(behind) <= _LONGEST_ENDING and (value := _GERMAN_FIRST.get(before) or _german(before)):
            return WordValue(value)
    return None


def _inflected(word: str) -> WordValue | None:
    for ending in _GERMAN_ENDINGS.split():
        stem = word.removesuffix(ending)
        if stem != word and (value := _german(stem)) is not None:
            return WordValue(value)
    for ending in _GERMAN_DECADE_ENDINGS.split():
        stem = word.removesuffix(ending)
        if stem != word and stem in _ONES and _ONES[stem] > 19:  # noqa: PLR2004 - zwanziger, dreissiger
            return WordValue(_ONES[stem], is_decade=True)
    return None


def _german(word: str) -> int | None:
    """A German number in one word, as neunzehnhundertvierunddreissig."""
    if word in _ONES:
        return _ONES[word]
    for scale, size in (("tausend", 1_000), ("hundert", 100)):
        before, there, behind = word.partition(scale)
        if there:
            many = 1 if not before else _GERMAN_FIRST.get(before) or _german(before)
            rest = 0 if not behind else _german(behind.removeprefix("und"))
            return None if many is None or rest is None else many * size + rest
    ones, _, tens = word.partition("und")
    one = 1 if ones == "ein" else _ONES.get(ones, 0)
    is_two_in_one = tens in _ONES and _ONES[tens] > 19 and 0 < one < 10  # noqa: PLR2004 - einundzwanzig
    return _ONES[tens] + one if is_two_in_one else None
