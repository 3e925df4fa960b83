"""Which entity a name means: by type, name, life span, who else is named, and whom the feed credits.

The margin rule: the best candidate wins only if it is strong and clearly ahead of the second. How often an entity is
named in the corpus counts only among those that are alike. What stays open stays unlinked and says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.linking.decision import Decision, Found, Judged, Name, Outcome, Reason, described
from ragtime_assets.domain.linking.evidence import weigh
from ragtime_assets.domain.linking.keys import is_name, is_one_word, key
from ragtime_assets.domain.linking.kinds import Kin
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_match import How, Match, is_part, match
from ragtime_assets.domain.linking.talk import Said, Talk

STRONG = 0.55
"""A candidate of this score may win."""
MARGIN = 0.12
"""And does, if it is so far ahead of the second."""
WEAK = 0.30
"""Of this score and less a candidate is another one, who has the same name."""
MANY_TIMES, FEWEST_EPISODES = 10, 5
"""Inside the margin the better known of two wins, if it is named in so many times as many episodes, and in so many."""
SAME_TYPE, OTHER_TYPE = 0.04, -0.04
BASE: Mapping[How, float] = {
    How.EXACT: 0.62,
    How.ALIAS: 0.60,
    How.LOOSE: 0.57,
    How.IN_FULL: 0.62,
    How.INITIAL: 0.46,
    How.NICKNAME: 0.44,
    How.SOUND: 0.54,
    How.NEAR: 0.46,
    How.SURNAME: 0.40,
}
_WHOLE = frozenset({How.EXACT, How.ALIAS, How.LOOSE, How.IN_FULL})


@dataclass(frozen=True)
class Rules:
    """What the vocabulary says of types."""

    kin: Kin
    people: Collection[str] = frozenset()
    not_linked: Collection[str] = frozenset()
    """Types whose names mean no entity of any database: years."""

    def may_be(self, kind: str) -> frozenset[str]:
        """The types that a name of this type may be of."""
        return self.kin.get(kind, frozenset({kind}))


def decide_all(talk: Talk, found: Mapping[Name, Found], rules: Rules) -> dict[Name, Decision]:
    """What each name of an episode means.

    Twice: when it is known whom most of them mean, their other names and the short forms of their names count too.
    """
    first = {name: decide(said, found[name], talk, rules) for name, said in talk.said.items()}
    linked = {one.entity.entity_id or one.entity.mbid: one.entity for one in _linked(first.values())}
    knowing = talk.knowing(name for entity in linked.values() for name in (entity.name, *entity.aliases))
    full = [one.entity for one in _linked(first.values()) if not is_one_word(one.name)]
    return {name: decide(said, found[name], knowing, rules, full) for name, said in talk.said.items()}


def decide(said: Said, found: Found, talk: Talk, rules: Rules, in_full: Iterable[KnownEntity] = ()) -> Decision:
    """What one name means, among what the registry or MusicBrainz has for it.

    `in_full` are the entities whose whole names are said in this episode.
    """
    name = said.name
    if not is_name(name.name):
        return _decision(name, "not_applicable", "no_name", "nothing that could be a name")
    if found.verdict is not None:
        return _corrected(name, found)
    if name.type in rules.not_linked:
        return _decision(name, "not_applicable", "type_not_linked", "names of this type mean no entity")
    judged = judge(said, found.candidates, talk, rules, in_full)
    if not judged:
        return _nobody(name, rules, "nobody and nothing known has this name")
    return _best(name, judged, found, rules)


def judge(
    said: Said, candidates: Sequence[KnownEntity], talk: Talk, rules: Rules, in_full: Iterable[KnownEntity] = ()
) -> list[tuple[Judged, Match]]:
    """The candidates of a fitting type and name with their scores, the best first."""
    types = rules.may_be(said.name.type)
    found: dict[str, tuple[Judged, Match]] = {}
    for entity in in_full:
        if entity.type in types and is_part(said.name.name, entity):
            found[_id(entity)] = _judged(said, entity, Match(How.IN_FULL, entity.name), talk, rules)
    for entity in candidates:
        fits = match(said.name.name, entity, is_person=entity.type in rules.people)
        if fits and entity.type in types and _id(entity) not in found:
            found[_id(entity)] = _judged(said, entity, fits, talk, rules)
    return sorted(_without_shadows(list(found.values())), key=lambda one: (-one[0].score, _id(one[0].entity)))


def _judged(said: Said, entity: KnownEntity, fits: Match, talk: Talk, rules: Rules) -> tuple[Judged, Match]:
    is_person = entity.type in rules.people
    weights = list(weigh(said, entity, talk, is_person=is_person))
    by_type = SAME_TYPE if entity.type == said.name.type else OTHER_TYPE
    score = BASE[fits.how] + by_type + sum(weight.counts for weight in weights)
    says = fits.how.value if fits.how is How.EXACT else f"{fits.how.value} of {fits.name}"
    return Judged(entity=entity, score=round(score, 3), evidence=(says, *(weight.says for weight in weights))), fits


def _without_shadows(judged: list[tuple[Judged, Match]]) -> list[tuple[Judged, Match]]:
    """Without what this corpus knows by name only, where somebody of the same name is known better."""
    known = {fits.how for one, fits in judged if not _is_own(one.entity)}
    return [(one, fits) for one, fits in judged if not (_is_own(one.entity) and fits.how in known)]


def _best(name: Name, judged: Sequence[tuple[Judged, Match]], found: Found, rules: Rules) -> Decision:
    (best, fits), others = judged[0], judged[1:]
    close = [one for one, _ in judged if best.score - one.score < MARGIN and one.score > WEAK]
    all_judged = [one for one, _ in judged]
    if best.score <= WEAK:
        return _nobody(name, rules, f"who has this name is another: {_why(best)}", all_judged, reason="none_fits")
    if best.score < STRONG:
        return _decision(
            name,
            "ambiguous",
            "little_speaks_for_it",
            f"may be {described(best.entity)}, and too little says so: {_why(best)}",
            candidates=all_judged,
        )
    if len(close) > 1:
        return _better_known(name, close, all_judged, found)
    namesakes = sum(other.how in _WHOLE for _, other in others)
    return _decision(
        name,
        "linked",
        _reason(fits.how, namesakes),
        _sentence(name, best, fits, namesakes),
        entity=best.entity,
        confidence=_confidence(best.score, others),
        candidates=all_judged,
    )


def _better_known(name: Name, close: Sequence[Judged], judged: Sequence[Judged], found: Found) -> Decision:
    counts = sorted(((found.episodes.get(_id(one.entity), 0), one) for one in close), key=lambda pair: -pair[0])
    (most, best), (second, _) = counts[:2]
    if most >= FEWEST_EPISODES and most >= MANY_TIMES * max(second, 1):
        sentence = f"of {len(close)} that fit alike, {described(best.entity)} is named in {plural(most, 'episode')}"
        return _decision(
            name, "linked", "better_known", sentence, entity=best.entity, confidence=STRONG, candidates=judged
        )
    shown = ", ".join(described(one.entity) for one in close[:4])
    return _decision(name, "ambiguous", "several_fit", f"{len(close)} fit alike: {shown}", candidates=judged)


def _reason(how: How, namesakes: int) -> Reason:
    if how is How.IN_FULL:
        return "short_for"
    if how in _WHOLE:
        return "fits_best" if namesakes else "only_of_name"
    return "spelled_nearly"


def _sentence(name: Name, best: Judged, fits: Match, namesakes: int) -> str:
    is_whole = fits.how in _WHOLE
    ahead = [f"ahead of {plural(namesakes, 'other')} of that name" if namesakes else f"only {name.type} of that name"]
    return ", ".join((best.evidence[0], *(ahead if is_whole else ()), *best.evidence[1:]))


def _nobody(
    name: Name, rules: Rules, sentence: str, judged: Sequence[Judged] = (), reason: Reason = "nobody_of_name"
) -> Decision:
    """Nobody known is meant: the corpus gets an entity of its own, unless others would be called the same."""
    if name.type in rules.people and is_one_word(name.name):
        return _decision(name, "unknown", "single_name", "one word, which many people are called", candidates=judged)
    if reason == "none_fits":
        return _decision(name, "unknown", reason, sentence, candidates=judged)
    own = KnownEntity(type=name.type, name=name.name)
    return _decision(name, "unknown", reason, sentence, entity=own, candidates=judged)


def _corrected(name: Name, found: Found) -> Decision:
    verdict = found.verdict
    assert verdict is not None  # noqa: S101
    outcome: Outcome = "linked" if verdict.entity else "not_applicable"
    means = described(verdict.entity) if verdict.entity else "no entity"
    return Decision(
        type=name.type,
        name=name.name,
        outcome=outcome,
        reason="corrected",
        sentence=f"{verdict.by} said that it means {means}",
        confidence=1.0,
        by="person",
        engine=verdict.by,
        entity=verdict.entity,
    )


def _decision(
    name: Name,
    outcome: Outcome,
    reason: Reason,
    sentence: str,
    *,
    entity: KnownEntity | None = None,
    confidence: float | None = None,
    candidates: Sequence[Judged] = (),
) -> Decision:
    evidence = candidates[0].evidence if candidates else ()
    return Decision(
        type=name.type,
        name=name.name,
        outcome=outcome,
        reason=reason,
        sentence=sentence,
        evidence=evidence,
        confidence=confidence,
        entity=entity,
        candidates=tuple(candidates),
    )


def _confidence(score: float, others: Sequence[tuple[Judged, Match]]) -> float:
    ahead = score - others[0][0].score if others else 1.0
    return round(min(0.99, 0.5 + (score - STRONG) + min(ahead, 0.4)), 2)


def _linked(decisions: Iterable[Decision]) -> list[Decision]:
    return [one for one in decisions if one.outcome == "linked" and one.entity]


def _is_own(entity: KnownEntity) -> bool:
    return entity.mbid is None and entity.qid is None and not entity.disambiguation and not entity.related


def _id(entity: KnownEntity) -> str:
    return entity.entity_id or entity.mbid or key(entity.name)


def _why(one: Judged) -> str:
    return "; ".join(one.evidence)
