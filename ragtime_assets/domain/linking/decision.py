"""What was decided about a name: what it means, why, and who says so.

A reason has a code that stays the same, and a sentence that a person reads.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.linking.known_entity import KnownEntity

Outcome = Literal["linked", "ambiguous", "unknown", "not_applicable"]
"""`linked`: one known entity is meant. `ambiguous`: it may be any of several. `unknown`: nobody is meant of whom more
than the name is known; where the corpus calls somebody so, the decision has that entity all the same."""
By = Literal["rule", "model", "person"]
Reason = Literal[
    "only_of_name",  # linked: the name is exactly that of one entity
    "fits_best",  # linked: of several, one fits the episode clearly better
    "better_known",  # linked: of several that fit alike, one is named in far more episodes
    "spelled_nearly",  # linked: the name is nearly that of one entity, which fits the episode
    "short_for",  # linked: a part of a name that is said in full in the episode
    "chosen_by_model",  # linked: a model chose among the candidates
    "corrected",  # linked or not_applicable: a person said so
    "several_fit",  # ambiguous: several fit alike
    "little_speaks_for_it",  # ambiguous: one could be meant, and too little says so
    "none_chosen_by_model",  # ambiguous: a model was asked, and chose none
    "nobody_of_name",  # unknown: nobody known has the name
    "none_fits",  # unknown: those who have the name are others
    "single_name",  # unknown: a first name or surname alone, of which no entity is made
    "type_not_linked",  # not_applicable: names of this type are no entities of any database
    "no_name",  # not_applicable: no name, or far too long for one
    "noted_before_there_were_reasons",  # of corpora from before decisions were kept
]

RULES = "rules 5"
"""The rules that decide: to be raised with them, so that decisions of before can be told from those of now."""


class Name(NamedTuple):
    """What an episode calls somebody or something: decided about once an episode."""

    type: str
    name: str


class Judged(Record):
    """A candidate, how well it fits, and what speaks for it and against it."""

    entity: KnownEntity
    score: float
    evidence: tuple[str, ...] = ()


class Decision(Record):
    """What one name of one episode means. `entity` without an `entity_id` is one that the registry is about to get."""

    type: str
    name: str
    outcome: Outcome
    reason: Reason
    sentence: str
    evidence: tuple[str, ...] = ()
    confidence: float | None = None
    by: By = "rule"
    engine: str = RULES
    entity: KnownEntity | None = None
    candidates: tuple[Judged, ...] = ()
    later: bool = False
    """Whether MusicBrainz should have been asked, and there was no time."""

    @property
    def said(self) -> Name:
        """What it is about."""
        return Name(self.type, self.name)


class Verdict(Record):
    """What a person said of a name, which wins over every rule; None when it means no entity at all."""

    entity: KnownEntity | None
    by: str


class Found(Record):
    """What the registry has for one name."""

    candidates: tuple[KnownEntity, ...] = ()
    """At most 10, those of exactly this name first."""
    episodes: dict[str, int] = {}
    """By entity id, in how many episodes each of several of that name is named."""
    verdict: Verdict | None = None
    before: Decision | None = None
    """What a model decided about this name in this episode, when it was asked before."""


def described(entity: KnownEntity) -> str:
    """An entity as people tell it from others of its name."""
    return f"{entity.name} ({entity.disambiguation})" if entity.disambiguation else entity.name
