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
from ragtime_assets.domain.linking.connections import said_in_full
from ragtime_assets.domain.linking.decision import Judged
from ragtime_assets.domain.linking.everyday import spelled_out
from ragtime_assets.domain.linking.evidence import weigh
from ragtime_assets.domain.linking.keys import is_one_word, key
from ragtime_assets.domain.linking.kinds import Kin
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_match import How, Match, in_parts, match
from ragtime_assets.domain.linking.roles import subjects, words_of
from ragtime_assets.domain.linking.talk import Said, Talk

WHOLE = frozenset({How.EXACT, How.ALIAS, How.LOOSE, How.IN_FULL})
"""The name itself, and not a part of it, nor one that is nearly it."""
MOST_NAMESAKES = 3
MOST_KNOWN = 3.0
_CLUES: Mapping[How, Clue] = {
    How.EXACT: Clue.EXACT,
    How.ALIAS: Clue.ALIAS,
    How.LOOSE: Clue.LOOSE,
    How.INITIAL: Clue.INITIAL,
    How.NICKNAME: Clue.NICKNAME,
    How.SOUND: Clue.SOUND,
    How.NEAR: Clue.NEAR,
    How.SURNAME: Clue.SURNAME,
    How.FIRST_NAME: Clue.FIRST_NAME,
}
_SUREST = tuple(How)
_NEARLY = frozenset({How.SOUND, How.NEAR, How.INITIAL})

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


def _named(
    said: Said, candidates: Sequence[KnownEntity], talk: Talk, rules: Rules, parts: Parts
) -> list[tuple[KnownEntity, Match]]:
    """Those of a fitting type who have the name, and how."""
    types = rules.may_be(said.name.type)
    found: dict[str, tuple[KnownEntity, Match]] = {}
    for entity in in_parts(said.name.name, parts):
        if entity.type in types:
            found[id_of(entity)] = entity, Match(How.IN_FULL, entity.name)
    for entity in candidates:
        fits = match(said.name.name, entity, is_person=entity.type in rules.people)
        if fits and entity.type in types and _is_surer(fits, found.get(id_of(entity))):
            found[id_of(entity)] = entity, _completed(fits, entity, talk)
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


def _is_surer(fits: Match, other: tuple[KnownEntity, Match] | None) -> bool:
    return other is None or _SUREST.index(fits.how) < _SUREST.index(other[1].how)


def _completed(fits: Match, entity: KnownEntity, talk: Talk) -> Match:
    """A surname counts as short for the whole name where the first name is said too, as of brothers."""
    is_completed = fits.how is How.SURNAME and key(entity.name).split()[0] in talk.keys
    return Match(How.IN_FULL, entity.name) if is_completed else fits


def _evidence(
    said: Said,
    entity: KnownEntity,
    fits: Match,
    named: Sequence[tuple[KnownEntity, Match]],
    talk: Talk,
    rules: Rules,
) -> Iterator[Evidence]:
    is_person = entity.type in rules.people
    in_full = sum(other.how is How.IN_FULL for _, other in named)
    yield _by_name(fits, is_person=is_person, several=in_full > 1)
    yield from _of_the_name(said, entity, named, talk, is_person=is_person)
    yield from _by_type(said, entity, rules)
    if is_person and fits.how in WHOLE and not talk.is_peopled and _is_only(said, entity, fits, named):
        yield Evidence(Clue.NOTHING_TO_TELL)
    if fits.how is How.IN_FULL and said_in_full(fits.name, said):
        yield Evidence(Clue.SAID_IN_FULL, "said in full with it", is_near=True)
    if fits.how in _NEARLY:
        yield from spelled_out(said)
    yield from weigh(said, entity, talk, subjects_of(entity, rules), is_person=is_person)


def _by_name(fits: Match, *, is_person: bool, several: bool) -> Evidence:
    says = fits.how.value if fits.how is How.EXACT else f"{fits.how.value} of {fits.name}"
    if fits.how is How.IN_FULL:
        of_several = Clue.SHORT_FOR_ONE_OF_THEM if several else Clue.SHORT_FOR_PERSON
        return Evidence(of_several if is_person else Clue.SHORT_FOR_THING, says)
    return Evidence(_CLUES[fits.how], says)


def _of_the_name(
    said: Said, entity: KnownEntity, named: Sequence[tuple[KnownEntity, Match]], talk: Talk, *, is_person: bool
) -> Iterator[Evidence]:
    """What the name itself tells, whoever has it."""
    if is_person:
        yield Evidence(Clue.PERSON)
    if is_one_word(said.name.name):
        yield Evidence(Clue.ONE_WORD)
    if talk.is_contested(said):
        yield Evidence(Clue.CONTESTED)
    known = len(entity.aliases) + len(entity.related)
    yield Evidence(Clue.KNOWN, times=min(math.log2(1 + known), MOST_KNOWN))
    if words_of("capital") & set(folded_words(entity.disambiguation)):
        yield Evidence(Clue.CAPITAL)
    others = sum(fits.how in WHOLE for other, fits in named if other is not entity)
    yield Evidence(Clue.NAMESAKES, times=min(others, MOST_NAMESAKES))


def _is_only(said: Said, entity: KnownEntity, fits: Match, named: Sequence[tuple[KnownEntity, Match]]) -> bool:
    """Whether nobody else has the whole name, or is said in full and may be meant by a part of it."""
    others = any(one.how in WHOLE for other, one in named if other is not entity)
    return not others and (fits.how is How.IN_FULL or not is_one_word(said.name.name))


def _by_type(said: Said, entity: KnownEntity, rules: Rules) -> Iterator[Evidence]:
    is_anybody = said.name.type == rules.anybody and entity.type in rules.people
    if entity.type != said.name.type and not is_anybody:
        yield Evidence(Clue.OTHER_KIND_OF_PERSON if entity.type in rules.people else Clue.OTHER_TYPE)


def _without_shadows(named: Sequence[tuple[KnownEntity, Match]]) -> list[tuple[KnownEntity, Match]]:
    """Without what this corpus knows by name only, where somebody of the same name is known better."""
    known = {fits.how for entity, fits in named if entity.mbid or entity.qid}
    return [(entity, fits) for entity, fits in named if not (is_own(entity) and fits.how in known)]


def is_own(entity: KnownEntity) -> bool:
    """Whether all that is known of it is how this corpus calls it."""
    return not (entity.mbid or entity.qid or entity.disambiguation or entity.related)
