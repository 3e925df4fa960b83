"""How a name sounds, roughly, in English and German alike: Katalin and Catalin, Jillian and Gillian are one sound.

Vowels all count as one; what the mouth does alike (b and p, d and t, v and f) is written alike.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ragtime_assets.domain.language.words import folded, letters

_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tsch|tch|cz|[\u010d\u0107]", "ch"),
        (r"[\u0161\u017e\u015b]|sch|sh|zh", "s"),
        (r"ph|pf|[vw]", "f"),
        (r"dg|dj|g(?=[eiy])", "j"),
        (r"ck|qu|q|c(?=[aoulrt]|$)|kh", "k"),
        (r"ch", "s"),
        (r"c|z|x", "s"),
        (r"dt|th|d", "t"),
        (r"b", "p"),
        (r"g", "k"),
        (r"[aeiouy]+h?|j(?=[^aeiouy]|$)", "a"),
        (r"h", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """The sound of `word`, to be compared with that of another."""
    said = "".join(sign for sign in word.casefold() if sign.isalpha())
    for pattern, written in _RULES[:2]:
        said = pattern.sub(written, said)
    said = letters(folded(said))
    for pattern, written in _RULES[2:]:
        said = pattern.sub(written, said)
    return said
