"""What can be wrong with a summary, said in words: to a model that has to do better, and to people as a warning."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ragtime_assets.domain.artifacts.summary import KeyMoment
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.language.tags import SURE, reads_alike
from ragtime_assets.domain.language.words import apart, count_words, letters

FEWEST_WORDS, MOST_WORDS = 40, 400
COPIED_WORDS = 8
Detect = Callable[[str], tuple[str, float]]
"""Tells the language of a text, and how sure that is."""


def language_fault(text: str, transcript: Transcript, detect: Detect) -> str | None:
    """Where the summary is surely in a language that is not the episode's, neither as announced nor as it reads."""
    told, probability = detect(text)
    if probability < SURE or reads_alike(told, transcript.language):
        return None
    if told == detect(transcript.text)[0]:
        return None
    return f"the summary is in the language {told}, the episode in {transcript.language}"


def length_fault(text: str, fewest: int = FEWEST_WORDS, most: int = MOST_WORDS) -> str | None:
    """Where the summary is too short or too long."""
    return count_fault(count_words(text), "words", fewest, most)


def count_fault(count: int, what: str, fewest: int, most: int) -> str | None:
    """Where there are too few or too many of something."""
    if count < fewest:
        return f"the summary has {count} {what}, {fewest} are the least"
    return f"the summary has {count} {what}, {most} are the most" if count > most else None


def moments_fault(moments: Sequence[KeyMoment], start: float, end: float) -> str | None:
    """Where a key moment is outside the stretch that was read, or before the one that it follows."""
    for moment in moments:
        if not int(start) <= moment.start <= end:
            return f"the key moment at {clock(moment.start)} is not between {clock(start)} and {clock(end)}"
    for one, following in zip(moments, moments[1:], strict=False):
        if following.start < one.start:
            return f"the key moment at {clock(following.start)} comes after the one at {clock(one.start)}"
    return None


def copy_fault(text: str, told: str) -> str | None:
    """Where eight words in a row are those of the instructions."""
    instructions = set(_runs(told))
    copied = next((run for run in _runs(text) if run in instructions), None)
    return f'"{" ".join(copied)}" is copied from the instructions' if copied else None


def _runs(text: str) -> list[tuple[str, ...]]:
    words = [word for _, sign in apart(text) if (word := letters(sign))]
    return list(zip(*(words[n:] for n in range(COPIED_WORDS)), strict=False))
