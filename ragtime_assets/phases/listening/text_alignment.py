"""Where a published text and what was heard say the same: stretches of words, and what to do where they differ.

Pure rules about words. What becomes of the segments is `published_words.py`'s to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

_FEW = 3
"""Words that somebody may mishear, or miss, in one go, however different they look."""
_MOST = 40
"""Words that are no longer a slip of the ear."""
_ALIKE = 60.0
"""How alike the letters of two stretches must be, of 100; two sentences about nothing in common reach 50."""


class Stretch(NamedTuple):
    """Heard words at the places `heard` stand where the published ones at `published` do, the same or not."""

    same: bool
    heard: range
    published: range

    @property
    def size(self) -> int:
        """How many words the longer side has."""
        return max(len(self.heard), len(self.published))


def aligned(heard: Sequence[str], published: Sequence[str]) -> list[Stretch]:
    """Both texts cut into stretches that agree and stretches that do not, in turn, by the letters of their words.

    Agreement that is shorter than the disagreement on either side of it is chance, and is not counted as any.
    """
    from rapidfuzz.distance import Levenshtein

    found: list[Stretch] = []
    for same, group in groupby(Levenshtein.opcodes(heard, published), lambda one: one.tag == "equal"):
        edits = list(group)
        first, last = edits[0], edits[-1]
        found.append(
            Stretch(same, range(first.src_start, last.src_end), range(first.dest_start, last.dest_end)),
        )
    return _without_chance(found)


def misheard(heard: Sequence[str], published: Sequence[str]) -> bool:
    """Whether the published words are what was really said where others were heard."""
    few = slipped(len(heard)) and slipped(len(published))
    return bool(heard and published) and (few or alike(heard, published))


def alike(heard: Sequence[str], published: Sequence[str]) -> bool:
    """Whether the published words sound like the heard ones, and are few enough for a slip of the ear."""
    from rapidfuzz.fuzz import ratio

    if not heard or not published or max(len(heard), len(published)) > _MOST:
        return False
    return ratio("".join(heard), "".join(published)) >= _ALIKE


def slipped(count: int) -> bool:
    """Whether so few words may be missing on one side by an oversight of who listened or who wrote."""
    return count <= _FEW


def _without_chance(found: Iterable[Stretch]) -> list[Stretch]:
    done: list[Stretch] = []
    for one in found:
        done.append(one)
        while len(done) > 2 and not one.same and len(done[-2].heard) <= min(done[-1].size, done[-3].size):
            before = done[-3]
            one = Stretch(  # noqa: PLW2901 - the same, and what it swallowed
                same=False,
                heard=range(before.heard.start, one.heard.stop),
                published=range(before.published.start, one.published.stop),
            )
            done[-3:] = [one]
    return done
