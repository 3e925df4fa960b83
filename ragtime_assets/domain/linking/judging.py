"""How well each candidate fits what an episode says: a score, and the words that show where it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.connections import said_in_full
from ragtime_assets.domain.linking.decision import Judged
from ragtime_assets.domain.linking.evidence import weigh
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.kinds import Kin
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_match import How, Match, in_parts, match
from ragtime_assets.domain.linking.roles import subjects
from ragtime_assets.domain.linking.talk import Said, Talk
from ragtime_assets.domain.linking.weight import Weight

BASE: Mapping[How, float] = {
    How.EXACT: 0.62,
    How.ALIAS: 0.60,
    How.LOOSE: 0.57,
    How.IN_FULL: 0.60,
    How.INITIAL: 0.46,
    How.NICKNAME: 0.50,
    How.SOUND: 0.50,
    How.NEAR: 0.46,
    How.SURNAME: 0.42,
    How.FIRST_NAME: 0.40,
}
PART_OF_A_THING = 0.50
"""Of people a part of the name is said again and again; of anything else it may be another thing."""
SAME_TYPE, OTHER_TYPE, OTHER_KIND_OF_PERSON = 0.04, -0.16, -0.08
FULL_NAME_NEAR = 0.15
"""A part of a name means the name that is said in full in the same breath."""

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
    subjects: Mapping[str, str] = field(default_factory=dict[str, str])
    """By type, what the talk is about where it is named."""

    def may_be(self, kind: str) -> frozenset[str]:
        """The types that a name of this type may be of."""
        return self.kin.get(kind, frozenset({kind}))


class Fit(NamedTuple):
    """A candidate, its score, how the name is one of its names, and how much speaks for it beside that."""

    judged: Judged
    how: How
    support: float
    own: float
    """How much of that is of it, and not of the topic only."""
    near: float
    """How much of that is said where the name is."""
    doubt: float
    """The strongest of what speaks against it."""
    topic: float
    """How much the topic of the talk speaks for it, or against it."""

    @property
    def score(self) -> float:
        """How well it fits."""
        return self.judged.score

    @property
    def entity(self) -> KnownEntity:
        """Who or what it is."""
        return self.judged.entity


def judge(
    said: Said, candidates: Sequence[KnownEntity], talk: Talk, rules: Rules, parts: Parts = NO_PARTS
) -> list[Fit]:
    """The candidates of a fitting type and name with their scores, the best first."""
    types = rules.may_be(said.name.type)
    found: dict[str, Fit] = {}
    for entity in in_parts(said.name.name, parts):
        if entity.type in types:
            found[id_of(entity)] = _fit(said, entity, Match(How.IN_FULL, entity.name), talk, rules)
    for entity in candidates:
        fits = match(said.name.name, entity, is_person=entity.type in rules.people)
        if fits and entity.type in types and _is_surer(fits, found.get(id_of(entity))):
            found[id_of(entity)] = _fit(said, entity, _completed(fits, entity, talk), talk, rules)
    return sorted(_without_shadows(list(found.values())), key=lambda fit: (-fit.score, id_of(fit.entity)))


def id_of(entity: KnownEntity) -> str:
    """What tells an entity from others."""
    return entity.entity_id or entity.mbid or key(entity.name)


def subjects_of(entity: KnownEntity, rules: Rules) -> frozenset[str]:
    """What people talk about when they name it."""
    by_type = rules.subjects.get(entity.type)
    return subjects(folded_words(entity.disambiguation)) | frozenset({by_type} if by_type else ())


def _is_surer(fits: Match, other: Fit | None) -> bool:
    return other is None or BASE[fits.how] > BASE[other.how]


def _completed(fits: Match, entity: KnownEntity, talk: Talk) -> Match:
    """A surname counts as short for the whole name where the first name is said too, as of brothers."""
    is_completed = fits.how is How.SURNAME and key(entity.name).split()[0] in talk.keys
    return Match(How.IN_FULL, entity.name) if is_completed else fits


def _fit(said: Said, entity: KnownEntity, fits: Match, talk: Talk, rules: Rules) -> Fit:
    is_person = entity.type in rules.people
    weights = [
        *_in_full(said, fits),
        *weigh(said, entity, talk, subjects_of(entity, rules), is_person=is_person),
    ]
    base = PART_OF_A_THING if fits.how is How.IN_FULL and not is_person else BASE[fits.how]
    score = base + _by_type(said, entity, rules) + sum(weight.counts for weight in weights)
    shows_name = fits.how is not How.EXACT
    says = f"{fits.how.value} of {fits.name}" if shows_name else fits.how.value
    judged = Judged(entity=entity, score=round(score, 3), evidence=(says, *(weight.says for weight in weights)))
    support = [weight for weight in weights if weight.counts > 0]
    of_it = [weight for weight in support if not weight.is_of_topic]
    return Fit(
        judged,
        fits.how,
        support=sum(weight.counts for weight in support),
        own=sum(weight.counts for weight in of_it),
        near=sum(weight.counts for weight in of_it if weight.is_near),
        doubt=min((weight.counts for weight in weights), default=0.0),
        topic=sum(weight.counts for weight in weights if weight.is_of_topic),
    )


def _in_full(said: Said, fits: Match) -> Iterator[Weight]:
    if fits.how is How.IN_FULL and said_in_full(fits.name, said):
        yield Weight(FULL_NAME_NEAR, "said in full with it", is_near=True)


def _by_type(said: Said, entity: KnownEntity, rules: Rules) -> float:
    is_anybody = said.name.type == rules.anybody and entity.type in rules.people
    if entity.type == said.name.type or is_anybody:
        return SAME_TYPE
    return OTHER_KIND_OF_PERSON if entity.type in rules.people else OTHER_TYPE


def _without_shadows(fits: list[Fit]) -> list[Fit]:
    """Without what this corpus knows by name only, where somebody of the same name is known better."""
    known = {fit.how for fit in fits if fit.entity.mbid or fit.entity.qid}
    return [fit for fit in fits if not (is_own(fit.entity) and fit.how in known)]


def is_own(entity: KnownEntity) -> bool:
    """Whether all that is known of it is how this corpus calls it."""
    return not (entity.mbid or entity.qid or entity.disambiguation or entity.related)
