"""Plain words of a language, as pyspellchecker lists them; common names are among them."""

from __future__ import annotations

from functools import lru_cache

_LISTED = frozenset({"de", "en", "es", "fr", "it", "nl", "pt", "ru"})


@lru_cache(maxsize=50_000)
def is_plain(word: str, language: str) -> bool:
    """Whether `word` is in the dictionary of `language`; in a language without one, every word may be."""
    if language not in _LISTED:
        return True
    return word.lower().replace("\u2019", "'") in _words(language)


@lru_cache(maxsize=2)
def _words(language: str) -> frozenset[str]:
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language=language, distance=1).word_frequency.words())
