"""What the title of an episode says apart from its subject: its number, that it is a part, a trailer, a rerun.

What belongs here: taking titles apart, and whether two name the same episode. What a match weighs is `matching.py`'s.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from ragtime_assets.domain.text.title_dates import with_days_in_figures
from ragtime_assets.domain.text.titles import comparable

_PART_WORDS = "part|pt|teil|partie|parte|deel|del|część|cz|часть|osa"
_NUMBER_WORDS = (
    "episode|épisode|episodio|episódio|episod|ep|e|ausgabe|sendung|kapitel|chapter|show|avsnitt|afsnit|aflevering|afl|"
    "odcinek|odc|jakso|bölüm|puntata|capítulo|выпуск|folge|nr|no|vol|volume|tome"
)
_SEASON = r"(?:(?:season|series|staffel|saison|temporada|stagione|s|t)\W?\s?\d{1,3}\W{0,3})"
_MARKED = (
    rf"(?:{_SEASON}(?:episode|folge|ep|e)\W?\s?\d{{1,4}}(?!\w)|(?:(?:{_NUMBER_WORDS})\b\.?\s*)?[#№]\s?\d{{1,5}}(?!\w)"
    rf"|(?:{_NUMBER_WORDS})\.?\s*\d{{1,5}}(?!\w)|第\s*\d{{1,5}}\s*[回話集期])"
)
_FRACTION = r"[(\[]?\d{1,3}\s?(?:/|of|von|de|di|av)\s?\d{1,3}[)\]]?"
_SHORT_NAME = r"[A-Z][A-Za-z]{1,4}(?:\d{2,5}|#\d{1,5})(?!\w)"
_NEWS = r"(?:(?:brand )?new(?: episode)?|neue?(?: folge)?|nuevo|nouveau|nuovo|nieuw|novo|ny)\s?[:!|–—]\s*"
_FIRST = re.compile(
    rf"\W*(?:{_NEWS})?(?:(?:{_MARKED}|{_FRACTION}|(?-i:{_SHORT_NAME}))\s*[-–—:|.)\]·/]*"
    rf"|\d{{1,5}}\s*(?:[-–—:|)\]·/]|\.\s)|\d{{1,2}}[.x]\d{{2}}\b|0\d{{1,3}}\s)\s*(?=\S)"
    rf"|\W*{_NEWS}(?=\S)",
    re.IGNORECASE,
)
"""What stands before a title that is numbered or new: “#12 –”, “Folge 12:”, “S01E02 |”, “12. ”, “KK012 ”, “NEW: ”."""
_LAST = re.compile(rf"[-–—:|,(\[]\s?{_MARKED}\W{{0,3}}$", re.IGNORECASE)
_ONLY = re.compile(rf"\W*(?:{_MARKED}|\d{{1,5}})\W*", re.IGNORECASE)

_COUNTED = {
    word: number
    for number, words in enumerate(
        (
            "one first eins erste erster ersten première premier primera primero primo prima eerste första uno une",
            "two second zwei zweite zweiter zweiten deuxième segunda segundo secondo seconda tweede andra dos deux due",
            "three third drei dritte dritter dritten troisième tercera tercero terzo terza derde tredje tres trois tre",
            "four fourth vier vierte vierter vierten quatrième cuarta cuarto quarto quarta vierde fjärde cuatro quatre",
            "five fifth fünf fünfte fünfter fünften cinquième quinta quinto vijfde femte cinco cinq cinque",
            "six sixth sechs sechste sechster sechsten sixième sexta sexto sesto zesde sjätte seis",
        ),
        start=1,
    )
    for word in words.split()
}
_ROMAN = {
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "V": 5,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "X": 10,
    "XI": 11,
    "XII": 12,
}
_COUNT = rf"(?:\d{{1,3}}|[ivx]{{1,4}}|{'|'.join(_COUNTED)})"
_PART = re.compile(
    rf"\b(?:{_PART_WORDS})\b\W{{0,3}}({_COUNT})\b|\b({_COUNT})\.?\s(?:{_PART_WORDS})\b|[(\[](\d{{1,2}})(?:\s?/\s?\d{{1,2}})?[)\]]\W*$",
    re.IGNORECASE,
)
_LAST_ROMAN = re.compile(r"\b([IVX]{1,4})\W*$")
_OUT_OF = re.compile(r"(\d{1,3})\s?(?:/|\b(?:of|von)\b)\s?\d{1,3}(?![\d.])", re.IGNORECASE)

_MARKS = {
    "trailer": r"trailer|teaser|preview|vorschau|bande[- ]annonce|avance|anteprima|tráiler|zwiastun|трейлер|"
    r"coming soon|demnächst|introducing|予告編?|预告",
    "bonus": r"bonus(?:folge|episode|material)?|extra|zugabe",
    "rerun": r"re-?run|re-?broadcast|re-?air|re-?release|encore(?: presentation| episode)?|replay|repeat|"
    r"wdh|revisited|throwback|best of|"
    r"from the (?:vault|archives?)|wiederholung(?:ssendung)?|aus dem archiv|rediffusion|repetición|reposición|replica|"
    r"herhaling|repris|再放送",
    "cut": r"extended|uncut|director'?s cut|full interview|langfassung|ungekürzt|short version|kurzfassung|"
    r"kurz ?(?:und|&) ?knapp|highlights?|in short|abridged",
    "children": r"for kids|für kinder|kids|kinder",
}
_MARK = {name: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for name, words in _MARKS.items()}
_JOINTS = re.compile(
    r"\s*(?:[:|–—,;()\[\]]|\s-\s|(?<!\w)(?:in conversation with|im gespräch mit|with|mit|avec|con|com|met|med|feat|ft|"
    r"featuring|guest|gast|on|über|sur|sobre|su|over)(?!\w)\.?)\s*",
    re.IGNORECASE,
)
"""What parts the guest of a title from its subject, whichever of them comes first."""
_ABOUT = re.compile(r"\w\s(?:on|über|sur|sobre|su|over)\s\w", re.IGNORECASE)
_ENOUGH_WORDS = 3
_LONGEST = 300
"""Characters of a title that are looked at."""
_REMEMBERED = 2_048
"""Titles that are taken apart once: a page is compared with every item of its feed."""
_ENOUGH_OF_A_TITLE = 20
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "&": " + ", "+": " + "})
_AND = re.compile(r"(?<!\w)(?:and|und|et|y|e|en|och|og|i|и|\+)(?!\w)")


@lru_cache(maxsize=_REMEMBERED)
def plain(title: str) -> str:
    """`title` as it is compared whatever its keyboard: no accents, umlauts either way, no word for “and”."""
    text = unescape(with_days_in_figures(title[:_LONGEST])).casefold().translate(_LETTERS)
    letters = unicodedata.normalize("NFD", text)
    bare = re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", letters)
    umlauts = re.sub(r"(?<=[aou])e", "", comparable(_AND.sub(" ", unicodedata.normalize("NFC", bare))))
    return umlauts or comparable(title, _LONGEST)


@lru_cache(maxsize=_REMEMBERED)
def unnumbered(title: str) -> str:
    """`title`, plain, without the number that stands before it or after it."""
    title = with_days_in_figures(title[:_LONGEST])
    first = _FIRST.match(title)
    rest = _LAST.sub("", title[first.end() :] if first else title)
    return plain(rest) or plain(title)


def is_only_a_number(title: str) -> bool:
    """Whether a title says no more than which one it is: “Folge 12”."""
    return bool(_ONLY.fullmatch(title[:_LONGEST]))


@lru_cache(maxsize=_REMEMBERED)
def marks(title: str) -> frozenset[str]:
    """What sort of episode a title says that it is, other than the usual: a trailer, a rerun, a part."""
    title = with_days_in_figures(title[:_LONGEST])
    found = {name for name, mark in _MARK.items() if mark.search(title)}
    first = _FIRST.match(title)
    if _PART.search(title[first.end() :] if first else title):
        found.add("part")
    return frozenset(found)


@lru_cache(maxsize=_REMEMBERED)
def without_marks(title: str) -> str:
    """`title`, plain, without number and marks; all of it where nothing is left."""
    title = with_days_in_figures(title[:_LONGEST])
    first = _FIRST.match(title)
    rest = title[first.end() :] if first else title
    for mark in _MARK.values():
        rest = mark.sub(" ", rest)
    return plain(_LAST.sub("", _PART.sub(" ", rest))) or plain(title)


@lru_cache(maxsize=_REMEMBERED)
def parts(title: str) -> tuple[str, ...]:
    """What a title is put together of, plain: its subject, its guest, its subtitle; marks and numbers aside."""
    title = with_days_in_figures(title[:_LONGEST])
    first = _FIRST.match(title)
    pieces = (plain(piece) for piece in _JOINTS.split(_LAST.sub("", title[first.end() :] if first else title)))
    return tuple(piece for piece in pieces if piece)


def _are_turned(one: str, other: str) -> bool:
    """Whether two titles say the same parts in another order: “Ann Lee on piers”, “Piers, with Ann Lee”."""
    here, there = parts(one), parts(other)
    if len(here) < 2 or len(" ".join(here).split()) < _ENOUGH_WORDS or sorted(here) != sorted(there):  # noqa: PLR2004
        return False
    return here == there or not (_ABOUT.search(one) and _ABOUT.search(other))


@lru_cache(maxsize=_REMEMBERED)
def numbers(title: str) -> frozenset[int]:
    """The numbers in a title, in figures, in Roman ones, or in words beside “part”; of “1/2” only the first."""
    return frozenset(_numbers(with_days_in_figures(title[:_LONGEST])))


def _numbers(title: str) -> Iterator[int]:
    for found in _PART.finditer(title):
        count = next(group for group in found.groups() if group).lower()
        yield int(count) if count.isdecimal() else _COUNTED.get(count) or _ROMAN.get(count.upper(), 0)
    if (last := _LAST_ROMAN.search(title)) and last[1] in _ROMAN:
        yield _ROMAN[last[1]]
    yield from (int(digits) for digits in re.findall(r"[0-9]{1,18}", _OUT_OF.sub(r"\1", title)))


def have_other_numbers(one: str, other: str) -> bool:
    """Whether each of two titles has a number that the other lacks: parts 1 and 2 are alike, and not the same."""
    here, there = numbers(one), numbers(other)
    return bool(here - there and there - here)


def are_same(one: str, other: str) -> bool:
    """Whether two titles name one episode, for all that they say: the same words, no other number, the same marks."""
    if is_only_a_number(one) and is_only_a_number(other):
        return numbers(one) == numbers(other)
    words, others = unnumbered(one), unnumbered(other)
    if not words or not others:
        return False
    is_marked = marks(one) and without_marks(one) == without_marks(other)
    if words != others and not is_marked and not _are_turned(one, other):
        return False
    return marks(one) == marks(other) and not have_other_numbers(one, other)


def holds(one: str, other: str) -> bool:
    """Whether one of two plain titles holds the other word by word, and that is not just a word or two of it."""
    short, long = sorted((one, other), key=len)
    return f" {short} " in f" {long} " and " " in short and len(short) * 4 >= len(long)


def is_cut_off(one: str, other: str) -> bool:
    """Whether the one is the beginning of the other, and says that it was cut off."""
    cut = next((one.rstrip().removesuffix(mark) for mark in ("…", "...") if one.rstrip().endswith(mark)), "")
    begun = unnumbered(cut)
    is_enough = len(begun) >= _ENOUGH_OF_A_TITLE and len(begun.split()) >= _ENOUGH_WORDS
    return is_enough and unnumbered(other).startswith(begun) and not have_other_numbers(cut, other)
