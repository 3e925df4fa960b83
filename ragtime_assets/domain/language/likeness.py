"""How near a word that was heard is to a part of a name."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from ragtime_assets.domain.language.sound import sound
from ragtime_assets.domain.language.words import letters

_SAME_SOUND = 50.0
_NEAR = 80.0
_NEAR_SOUND = 75.0


class Likeness(IntEnum):
    """From another word to the same one."""

    OTHER = 0
    FAR = 1
    """Nearly the same sounds, in other letters."""
    NEAR = 2
    """Nearly the same letters."""
    ALIKE = 3
    """It sounds the same."""
    SAME = 4
    """The same letters; case and accents may differ."""


@lru_cache(maxsize=50_000)
def likeness(heard: str, name: str) -> Likeness:
    """How like two words are that begin with the same sound; others are never like."""
    from rapidfuzz.fuzz import ratio

    one, other = letters(heard), letters(name)
    if one == other:
        return Likeness.SAME
    said, meant = sound(heard), sound(name)
    if not said or not meant or said[0] != meant[0]:
        return Likeness.OTHER
    written = ratio(one, other)
    if said == meant and written >= _SAME_SOUND:
        return Likeness.ALIKE
    if written >= _NEAR:
        return Likeness.NEAR
    return Likeness.FAR if ratio(said, meant) >= _NEAR_SOUND else Likeness.OTHER
