"""How well names are linked, against examples that people labelled: pure counting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

NONE = "none"
"""Nobody known is meant."""
UNCLEAR = "unclear"
"""Even a careful person could not tell: whoever links it guesses."""


class Judgement(NamedTuple):
    """One name: what it means, what it was linked to (None where it was not), and what it is counted as."""

    gold: str
    linked: str | None
    is_ambiguous: bool = False
    """Whether several have the name."""
    is_person: bool = False

    @property
    def is_right(self) -> bool:
        """Whether it is linked, and to what it means."""
        return self.linked is not None and self.linked == self.gold


@dataclass(frozen=True)
class Score:
    """What was linked, how much of it right, and how many could have been."""

    names: int
    there: int
    """Names that mean somebody known."""
    linked: int
    right: int
    covered: int
    """Of those that mean somebody known, how many are linked."""

    @property
    def precision(self) -> float:
        """How much of what is linked is right; 1 where nothing is."""
        return self.right / self.linked if self.linked else 1.0

    @property
    def coverage(self) -> float:
        """How much of what could be linked is."""
        return self.covered / self.there if self.there else 1.0

    def __str__(self) -> str:
        """As people read it."""
        return (
            f"precision {self.precision:.3f} ({self.right} of {self.linked} linked)  "
            f"coverage {self.coverage:.3f} ({self.covered} of {self.there})  {self.names} names"
        )


def score(judgements: Iterable[Judgement]) -> Score:
    """Precision of what is linked, and coverage."""
    found = list(judgements)
    there = [one for one in found if one.gold not in (NONE, UNCLEAR)]
    return Score(
        names=len(found),
        there=len(there),
        linked=sum(one.linked is not None for one in found),
        right=sum(one.is_right for one in found),
        covered=sum(one.linked is not None for one in there),
    )


def ambiguous_persons(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The names of people that several have."""
    return [one for one in judgements if one.is_ambiguous and one.is_person]
