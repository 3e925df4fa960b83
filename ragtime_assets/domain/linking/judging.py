"""How likely each candidate is meant, by what an episode says, and the words that show where that comes from.

Every clue adds its weight to the log-odds of a candidate. They share one certainty with each other, and with nobody:
that none of those known is meant.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.clue import Clue, Evidence, weights
from ragtime_assets.domain.linking.decision import Judged
from ragtime_assets.domain.linking.evidence import weigh
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.kinds import Kin
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_evidence import Named, by_name
from ragtime_assets.domain.linking.name_match import How, Match, in_parts, match
from ragtime_assets.domain.linking.roles import subjects
from ragtime_assets.domain.linking.talk import Said, Talk

_SUREST = tuple(How)

Parts = Mapping[str, Sequence[KnownEntity]]
NO_PARTS: Parts = {}


@dataclass(frozen=True)
class Rules:
    """What the vocabulary says of types."""

    kin: Kin
    people: Set[str] = frozenset()
    anybody: str | None = None
    """The type of people of whom nothing more is said."""
    not_linked: Collection[str] = frozenset()
    """Types whose names mean no entity of any database: years."""
    wider: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    """By type, all that it is a kind of."""
    subjects: Mapping[str, str] = field(default_factory=dict[str, str])
    """By type, what the talk is about where it is named."""
    weights: Mapping[Clue, float] = field(default_factory=weights)
    """How much each clue counts, in log-odds."""

    def may_be(self, kind: str) -> frozenset[str]:
        """The types that a name of this type may be of."""
        return self.kin.get(kind, frozenset({kind}))


class Fit(NamedTuple):
    """A candidate, how the name is one of its names, and what speaks for it and against it."""

    entity: KnownEntity
    how: How
    evidence: tuple[Evidence, ...]
    certainty: float = 0.0
    """How likely it is meant, and not another, nor nobody who is known."""

    @property
    def judged(self) -> Judged:
        """As it is kept."""
        return Judged(entity=self.entity, score=round(self.certainty, 3), evidence=self.says)

    @property
    def says(self) -> tuple[str, ...]:
        """The words of the evidence."""
        return tuple(one.says for one in self.evidence if one.says)


def judge(
    said: Said, candidates: Sequence[KnownEntity], talk: Talk, rules: Rules, parts: Parts = NO_PARTS
) -> list[Fit]:
    """The candidates of a fitting type and name, the likeliest first."""
    named = _named(said, candidates, talk, rules, parts)
    fits = [Fit(entity, fits.how, tuple(_evidence(said, entity, fits, named, talk, rules))) for entity, fits in named]
    return sorted(_shared(fits, rules.weights), key=lambda fit: (-fit.certainty, id_of(fit.entity)))


def _named(said: Said, candidates: Sequence[KnownEntity], talk: Talk, rules: Rules, parts: Parts) -> list[Named]:
    """Those of a fitting type who have the name, and how."""
    types = rules.may_be(said.name.type)
    found: dict[str, Named] = {}
    for entity in in_parts(said.name.name, parts):
        if entity.type in types:
            found[id_of(entity)] = Named(entity, Match(How.IN_FULL, entity.name))
    for entity in candidates:
        fits = match(said.name.name, entity, is_person=entity.type in rules.people)
        if fits and entity.type in types and _is_surer(fits, found.get(id_of(entity))):
            found[id_of(entity)] = Named(entity, _completed(fits, entity, talk))
    return _without_shadows(list(found.values()))


def _shared(fits: Sequence[Fit], weights: Mapping[Clue, float]) -> list[Fit]:
    """With the certainty that is each one's share; nobody's odds are even."""
    odds = [sum(one.times * weights[one.clue] for one in fit.evidence) for fit in fits]
    most = max((0.0, *odds))
    whole = math.exp(-most) + sum(math.exp(one - most) for one in odds)
    return [fit._replace(certainty=math.exp(one - most) / whole) for fit, one in zip(fits, odds, strict=True)]


def id_of(entity: KnownEntity) -> str:
    """What tells an entity from others."""
    return entity.entity_id or entity.mbid or key(entity.name)


def subjects_of(entity: KnownEntity, rules: Rules) -> frozenset[str]:
    """What people talk about when they name it."""
    by_type = rules.subjects.get(entity.type)
    return subjects(folded_words(entity.disambiguation)) | frozenset({by_type} if by_type else ())


def _is_surer(fits: Match, other: Named | None) -> bool:
    return other is None or _SUREST.index(fits.how) < _SUREST.index(other.fits.how)


def _completed(fits: Match, entity: KnownEntity, talk: Talk) -> Match:
    """A surname counts as short for the whole name where the first name is said too, as of brothers."""
    is_completed = fits.how is How.SURNAME and key(entity.name).split()[0] in talk.keys
    return Match(How.IN_FULL, entity.name) if is_completed else fits


def _evidence(
    said: Said,
    entity: KnownEntity,
    fits: Match,
    named: Sequence[Named],
    talk: Talk,
    rules: Rules,
) -> Iterator[Evidence]:
    is_person = entity.type in rules.people
    yield from by_name(said, Named(entity, fits), named, talk, is_person=is_person)
    yield from _by_type(said, entity, rules)
    yield from weigh(said, entity, talk, subjects_of(entity, rules), is_person=is_person)


def _by_type(said: Said, entity: KnownEntity, rules: Rules) -> Iterator[Evidence]:
    is_anybody = said.name.type == rules.anybody and entity.type in rules.people
    if entity.type == said.name.type or is_anybody:
        return
    if entity.type in rules.people:
        yield Evidence(Clue.OTHER_KIND_OF_PERSON)
    else:
        is_narrower = said.name.type in rules.wider.get(entity.type, ())
        yield Evidence(Clue.NARROWER_TYPE if is_narrower else Clue.OTHER_TYPE)


def _without_shadows(named: Sequence[Named]) -> list[Named]:
    """Without what this corpus knows by name only, where somebody of the same name is known better."""
    known = {fits.how for entity, fits in named if entity.mbid or entity.qid}
    return [one for one in named if not (is_own(one.entity) and one.fits.how in known)]


def is_own(entity: KnownEntity) -> bool:
    """Whether all that is known of it is how this corpus calls it."""
    return not (entity.mbid or entity.qid or entity.disambiguation or entity.related)
