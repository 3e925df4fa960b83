"""Sentences that are not about the subject of a talk: greetings, good-byes, and what wants something of the listener.

What belongs here: telling them by their words (`aside_words.py`). A word that trade and talk share, such as “discount”,
tells nothing alone: it has to speak to somebody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ragtime_assets.domain.language.words import count_words
from ragtime_assets.phases.reading.aside_words import GREETS, REPORTED, SELLS

_TRADE = re.compile(
    r"\b(?:special offer|discount|newsletter|coupon|percent off|for free|member(?:ship)?|dollars a month|"
    r"rabatt|angebot|karten|gutschein|kostenlos|gratis|bestellung|prozent auf|euro im monat|unterstützen|"
    r"bewertung|bewerten|podcast|folge|episode|review|the link)\b",
    re.IGNORECASE,
)
_LISTENER = re.compile(r"\b(?:you|your|yours|yourself|ihr|euch|eure\w?|du|dir|dich|dein\w{0,2})\b", re.IGNORECASE)


def _any_of(words: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """A pattern for the words of all languages: what a show speaks is known, what its guests and sponsors do is not."""
    return re.compile("|".join(f"(?:{form})" for forms in words.values() for form in forms), re.IGNORECASE)


_SALE, _GREETING = _any_of(SELLS), _any_of(GREETS)
_REPORTED = re.compile(REPORTED, re.IGNORECASE)
_QUOTED = re.compile(r"[„“\"«»][^„“”\"«»]{2,200}[“”\"«»]")
_ENOUGH_AROUND = 3
"""Words around a quotation that make it a part of what is told."""


def greets(sentence: str) -> bool:
    """Whether a sentence says hello, thanks somebody for being there, or takes leave, and quotes nobody who does."""
    around = _QUOTED.sub(" ", sentence)
    own = around if count_words(around) >= _ENOUGH_AROUND else sentence
    found = _GREETING.search(own)
    return found is not None and not _REPORTED.search(own, found.start())


def sells(sentence: str) -> bool:
    """Whether a sentence wants something of the listener, for a sponsor or for the show."""
    return bool(_SALE.search(sentence)) or bool(_TRADE.search(sentence) and _LISTENER.search(sentence))
