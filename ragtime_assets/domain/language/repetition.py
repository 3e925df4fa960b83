"""Words that a speech engine says over and over: what it does where it hears nothing that it understands."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.domain.language.words import letters

LOOP = "a loop that the engine was not sure of"
_LONGEST_PHRASE = 16
_REPEATS = 4
_WORDS = 10
"""A refrain, or a `no` said six times, is shorter than this."""


def repetitions(words: Sequence[str]) -> frozenset[int]:
    """The places of the words that only repeat: all of a loop but its first round."""
    plain = [letters(word) for word in words]
    places: set[int] = set()
    at = 0
    while at < len(plain):
        phrase, rounds = _loop(plain, at)
        if rounds:
            places |= set(range(at + phrase, at + phrase * rounds))
        at += phrase * rounds or 1
    return frozenset(places)


def _loop(words: Sequence[str], at: int) -> tuple[int, int]:
    """How long the phrase is that loops from `at` on, and how many times it is said; (0, 0) when none does."""
    for length in range(1, _LONGEST_PHRASE + 1):
        phrase, rounds = words[at : at + length], 1
        while words[at + rounds * length : at + (rounds + 1) * length] == phrase:
            rounds += 1
        if rounds >= _REPEATS and rounds * length >= _WORDS:
            return length, rounds
    return 0, 0
