"""Words as they are indexed and looked for: without case, accents and endings.

Both databases get them made here, so that they find the same. Of signs without spaces each is a word.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, cast

from ragtime_assets.domain.language.words import signs, without_accents

_LANGUAGES = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "nb": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
_one_at_a_time = threading.Lock()
"""A stemmer works on the word that it holds: two threads would cut each other's, and remember what came of it."""
_LONGEST = 64
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of `text`; an accent that stands apart from its letter does not end one."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def words_at(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of `text` begin and end; of signs without spaces, where each sign does."""
    if text.isascii():
        yield from (found.span() for found in _WORD.finditer(text))
        return
    for found in _WORD.finditer(text):
        start = found.start()
        for sign in signs(found[0]):
            yield start, start + len(sign)
            start += len(sign)


def stems(text: str, language: str) -> list[str]:
    """The words of `text`, each as a text of this language is indexed."""
    return [stem(sign, language) for word in words(text) for sign in signs(word)]


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """One word of a text in this language, as it is indexed; a language without rules keeps its endings.

    Accents go first, because those who ask often leave them out.
    """
    plain = without_accents(word[:_LONGEST].casefold())
    rules = _rules(language.split("-")[0])
    if rules is None:
        return plain
    with _one_at_a_time:
        return rules.stemWord(plain)


@cache
def _rules(language: str) -> Any:
    import snowballstemmer as untyped  # pyright: ignore[reportMissingTypeStubs]

    name, rules = _LANGUAGES.get(language), cast(Any, untyped)
    return None if name is None else rules.stemmer(name)
