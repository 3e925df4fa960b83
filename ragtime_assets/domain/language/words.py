"""Words: how many there are, where a text can be cut, and what of a word counts when two are compared.

None of it needs spaces between words. Two words are compared by their `letters` when they were heard, and `folded`
when they are names that somebody looks for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_EAST_ASIAN = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
"""Chinese and Japanese: about two signs to a word. Korean has spaces."""
SOUTH_EAST_ASIAN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Thai, Lao, Burmese, Khmer: about three letters to a word, not counting marks."""
_UNSPACED = re.compile(f"[{_EAST_ASIAN}{SOUTH_EAST_ASIAN}]")
_TWO_TO_A_WORD = re.compile(f"[{_EAST_ASIAN}]")
_THREE_TO_A_WORD = re.compile(f"[{SOUTH_EAST_ASIAN}]")
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
"""Of Latin, Greek and Cyrillic, and the vowels of Hebrew and Arabic, which are mostly not written."""
_SIGNS = re.compile(f"{_UNSPACED.pattern}|[^{_EAST_ASIAN}{SOUTH_EAST_ASIAN}]+")
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "’": "'", "ı": "i"})


def count_words(text: str) -> int:
    """How many words `text` has; where none are written apart, as many as so much text has on average."""
    if text.isascii():
        return sum(map(says_something, text.split()))
    spaced = sum(map(says_something, _UNSPACED.sub(" ", text).split()))
    return spaced + -(-_letters_of(_TWO_TO_A_WORD, text) // 2) + -(-_letters_of(_THREE_TO_A_WORD, text) // 3)


def apart(text: str) -> Iterator[tuple[str, str]]:
    """The words of `text`, each with what stands before it; without spaces, its signs, with the marks around them."""
    for number, word in enumerate(text.split()):
        for place, sign in enumerate(signs(word)):
            yield (" " if number and not place else ""), sign


def signs(word: str) -> list[str]:
    """A word as it is; in a script without spaces its signs, each with the marks around it."""
    if word.isascii():
        return [word]
    found: list[str] = []
    for sign in _SIGNS.findall(word):
        if found and not (says_something(sign) and says_something(found[-1])):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def run_together(words: Iterable[str]) -> str:
    """The words as one text: a space between two, except where both are written without."""
    text = ""
    for word in words:
        unspaced = _UNSPACED.match(text[-1:]) and _UNSPACED.match(word)
        text += word if unspaced or not text else f" {word}"
    return text


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return text.isalnum() or any(map(str.isalnum, text))


@lru_cache(maxsize=50_000)
def letters(word: str) -> str:
    """A heard word as it is compared: only its letters and digits, without case and accents."""
    if word.isascii():
        return "".join(filter(str.isalnum, word.lower()))
    kept = (sign for sign in unicodedata.normalize("NFKD", word.casefold()) if _is_letter(sign))
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """A word of a name as it is looked for: no case, no accents, no dots; apostrophes stay."""
    if word.isascii():
        return word.lower().replace(".", "")
    return without_accents(word.casefold().translate(_PLAIN)).replace(".", "")


def without_accents(text: str) -> str:
    """`text` with every letter as its plain form; the marks of Thai or Japanese tell words apart, and stay."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not _ACCENTS.match(sign))
    return unicodedata.normalize("NFC", plain)


def is_unspaced(text: str) -> bool:
    """Whether it has signs of a script without spaces between words."""
    return _UNSPACED.search(text) is not None


def _is_letter(sign: str) -> bool:
    """Whether it tells words apart: the marks of Thai, Hindi or Japanese do, an accent does not."""
    is_accent = "\u0300" <= sign <= "\u036f"
    return sign.isalnum() or (unicodedata.category(sign).startswith("M") and not is_accent)


def _letters_of(script: re.Pattern[str], text: str) -> int:
    return sum(map(str.isalnum, script.findall(text)))
