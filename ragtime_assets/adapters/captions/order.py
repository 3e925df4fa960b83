"""Cues in order of time, each said once: captions that roll over the screen repeat their lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ragtime_assets.adapters.captions.cues import Cue
from ragtime_assets.domain.language.words import apart
from ragtime_assets.errors import InvalidCaptions

_LOCAL = 30.0
"""Seconds that a cue may stand too late in its file."""
_STRAY = 0.1
"""The part of the cues that may."""
_ROLLING = 0.3
"""The part of neighbours that repeat each other in a file whose lines roll."""
_PILED = 0.5
"""The part of neighbours that overlap in a file whose cues stay on the screen while the next is spoken."""
_FEW = 4
_ADJACENT = 1.0


def in_order(cues: list[Cue]) -> list[Cue]:
    """The cues by their starts; raises InvalidCaptions when they are jumbled rather than slightly disordered."""
    late, reached = 0, 0.0
    for cue in cues:
        late += cue.start < reached - _LOCAL
        reached = max(reached, cue.start)
    if late > _STRAY * len(cues):
        raise InvalidCaptions(f"their times go backwards: {late} of {len(cues)} cues come {_LOCAL:.0f} s late or more")
    return sorted(cues, key=lambda cue: cue.start)


def said_once(cues: list[Cue]) -> list[Cue]:
    """Without the lines that a cue repeats from the one before it, where the file does so throughout."""
    pairs = list(pairwise(cues))
    if len(pairs) < _FEW:
        return cues
    if sum(_repeated(before, cue) > 1 for before, cue in pairs) >= _ROLLING * len(pairs):
        cues = [cues[0], *_fresh(pairs)]
        pairs = list(pairwise(cues))
    if sum(cue.start < before.end for before, cue in pairs) >= _PILED * len(pairs):
        return [*(_until(before, cue.start) for before, cue in pairs), cues[-1]]
    return cues


def _fresh(pairs: list[tuple[Cue, Cue]]) -> Iterator[Cue]:
    for before, cue in pairs:
        new = list(apart(cue.text))[_repeated(before, cue) :]
        if new:
            yield cue._replace(text="".join(gap + word for gap, word in new).strip())


def _repeated(before: Cue, cue: Cue) -> int:
    """How many words the cue begins with that the one before it ends with."""
    if cue.start - before.end > _ADJACENT:
        return 0
    old, new = ([word for _, word in apart(text.casefold())] for text in (before.text, cue.text))
    lengths = range(min(len(old), len(new)), 0, -1)
    return next((length for length in lengths if old[-length:] == new[:length]), 0)


def _until(cue: Cue, start: float) -> Cue:
    return cue._replace(end=min(cue.end, start)) if start > cue.start and not cue.words else cue
