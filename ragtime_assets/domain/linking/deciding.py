"""Which entity a name means: by type, name, life span, who else is named, and whom the feed credits.

The margin rule: the best candidate wins only if it is strong and clearly ahead of the second. How often an entity is
named in the corpus counts only among those that are alike. What stays open stays unlinked and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.linking.decision import Decision, Found, Name, Outcome, Reason, Verdict, described
from ragtime_assets.domain.linking.judging import NO_PARTS, Fit, Parts, Rules, id_of, is_own, judge, subjects_of
from ragtime_assets.domain.linking.keys import is_name, is_one_word, key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_match import How, parts_of
from ragtime_assets.domain.linking.talk import Acquaintance, Said, Talk

STRONG = 0.55
"""A candidate of this score may win."""
MARGIN, NEAR_MARGIN = 0.12, 0.06
"""And does, if it is so far ahead of the second; less will do where it is that by what is said with the name."""
SUPPORT = 0.15
"""And if so much speaks for it, where others have the same name: that the others are wrong does not make it right."""
MUCH = 0.20
"""And so much, wherever it is said, for one whose name is only nearly this one."""
ON_TOPIC = 0.05
"""So much is said of its subject, where the name is and in the rest of the episode."""
BARELY = 0.04
"""So little says nothing: that somebody was alive then, or a word that is said somewhere."""
DOUBT, CLEARLY = -0.20, 1.5
"""What speaks so much against the best has to be outweighed clearly by what is said of it where the name is."""
WEAK = 0.30
"""Of this score and less a candidate is another one, who has the same name."""
MANY_TIMES, FEWEST_EPISODES = 10, 5
"""Inside the margin the better known of two wins, if it is named in so many times as many episodes, and in so many."""
_WHOLE = frozenset({How.EXACT, How.ALIAS, How.LOOSE, How.IN_FULL})
NOBODY = "nobody and nothing known has this name"
_IN_PART = frozenset({How.SURNAME, How.FIRST_NAME, How.NICKNAME, How.INITIAL})
_MISHEARD = frozenset({How.SOUND, How.NEAR})
_ALSO_SHORT = frozenset({How.IN_FULL, How.NICKNAME})
_SHOWN = 4


def decide_all(talk: Talk, found: Mapping[Name, Found], rules: Rules) -> dict[Name, Decision]:
    """What each name of an episode means.

    Twice: when it is known whom most of them mean, their other names and the short forms of their names count too.
    """
    first = {name: decide(said, found[name], talk, rules) for name, said in talk.said.items()}
    linked = {id_of(entity): entity for _, entity in _linked(first.values())}
    names = (name for entity in linked.values() for name in (entity.name, *entity.aliases))
    knowing = talk.knowing(names, {one: _acquaintance(entity, rules) for one, entity in linked.items()})
    in_full = [entity for one, entity in _meant(first.values(), rules) if not is_one_word(one.name)]
    parts = parts_of(in_full)
    return {name: decide(said, found[name], knowing, rules, parts) for name, said in talk.said.items()}


def _acquaintance(entity: KnownEntity, rules: Rules) -> Acquaintance:
    return Acquaintance(entity.name, subjects_of(entity, rules), frozenset(map(key, entity.related)))


def decide(said: Said, found: Found, talk: Talk, rules: Rules, parts: Parts = NO_PARTS) -> Decision:
    """What one name means, among what the registry or MusicBrainz has for it.

    `parts` are the words of the names that are said in full in this episode.
    """
    name = said.name
    if not is_name(name.name):
        return _decision(name, "not_applicable", "no_name", "nothing that could be a name")
    if found.verdict is not None:
        return _corrected(name, found.verdict)
    if name.type in rules.not_linked:
        return _decision(name, "not_applicable", "type_not_linked", "names of this type mean no entity")
    fits = judge(said, found.candidates, talk, rules, parts)
    if own := _by_name_only(name, fits):
        return _decision(name, "unknown", "nobody_of_name", NOBODY, entity=own)
    if fits:
        return _best(name, fits, found, rules, talk, is_contested=talk.is_contested(said))
    if name.type in rules.people and is_one_word(name.name):
        return _decision(name, "unknown", "single_name", "one word, which many people are called")
    own = KnownEntity(type=name.type, name=name.name)
    return _decision(name, "unknown", "nobody_of_name", NOBODY, entity=own)


def _by_name_only(name: Name, fits: Sequence[Fit]) -> KnownEntity | None:
    """The one that this corpus calls so and of which no more is known: linked again, it is as unknown as before."""
    whole = [fit for fit in fits if fit.how in _WHOLE]
    same_type = [fit for fit in whole if fit.entity.type == name.type]
    if not whole or not all(is_own(fit.entity) for fit in whole):
        return None
    only = same_type if len(same_type) == 1 else whole
    return only[0].entity if len(only) == 1 else None


def _best(name: Name, fits: Sequence[Fit], found: Found, rules: Rules, talk: Talk, *, is_contested: bool) -> Decision:
    best, *others = fits
    is_stranger = _is_stranger(best, rules, talk)
    why = "; ".join(best.judged.evidence)
    if best.score <= WEAK:
        return _decision(name, "unknown", "none_fits", f"who has this name is another: {why}", fits)
    if best.score < STRONG or is_stranger:
        sentence = f"may be {described(best.entity)}, and too little says so: {why}"
        return _decision(name, "ambiguous", "little_speaks_for_it", sentence, fits)
    namesakes = [fit for fit in others if fit.how in _WHOLE]
    close = [best, *(fit for fit in others if fit.score > WEAK and best.score - fit.score < _margin(best, fit, rules))]
    if len(close) > 1 or _is_unsupported(name, best, others, is_contested=is_contested):
        return _better_known(name, close if len(close) > 1 else fits, fits, found)
    return _decision(
        name,
        "linked",
        _reason(best.how, len(namesakes)),
        _sentence(name, best, len(namesakes)),
        fits,
        entity=best.entity,
        confidence=_confidence(best, others),
    )


def _margin(best: Fit, other: Fit, rules: Rules) -> float:
    """What is said where the name is counts for more than what makes up for it elsewhere."""
    is_ahead = best.near - other.near >= NEAR_MARGIN
    return NEAR_MARGIN if is_ahead or best.entity.type not in rules.people else MARGIN


def _is_stranger(best: Fit, rules: Rules, talk: Talk) -> bool:
    """Whether it may be anybody of that name: nothing ties it to this episode, or something speaks against it."""
    if best.doubt <= DOUBT:
        return best.near < -best.doubt * (1 if best.how in _WHOLE and best.how is not How.IN_FULL else CLEARLY)
    if best.entity.type not in rules.people or is_own(best.entity):
        return best.how is How.IN_FULL and best.entity.type not in rules.people and best.near < SUPPORT
    if best.how is How.INITIAL:
        return key(best.entity.name) not in talk.keys
    if best.how in _IN_PART:
        return best.own < SUPPORT
    if best.how in _MISHEARD:
        return best.near < SUPPORT and best.own < MUCH
    return talk.is_peopled and best.own <= BARELY and best.topic < ON_TOPIC


def _is_unsupported(name: Name, best: Fit, others: Sequence[Fit], *, is_contested: bool) -> bool:
    """Whether others could be meant as well, and nothing but their faults speaks against them."""
    is_of_type = best.entity.type == name.type
    rivals = [fit for fit in others if not (is_of_type and fit.entity.type != name.type)]
    if best.how is How.IN_FULL and rivals and (is_contested or any(fit.how in _ALSO_SHORT for fit in rivals)):
        return best.near < SUPPORT
    return best.own < SUPPORT and any(fit.how in _WHOLE or fit.how is best.how for fit in rivals)


def _better_known(name: Name, close: Sequence[Fit], fits: Sequence[Fit], found: Found) -> Decision:
    counts = sorted(((found.episodes.get(id_of(fit.entity), 0), fit) for fit in close), key=lambda pair: -pair[0])
    (most, best), (second, _) = counts[:2]
    if most >= FEWEST_EPISODES and most >= MANY_TIMES * max(second, 1) and best.score >= STRONG:
        sentence = f"of {len(close)} that fit alike, {described(best.entity)} is named in {plural(most, 'episode')}"
        return _decision(name, "linked", "better_known", sentence, fits, entity=best.entity, confidence=STRONG)
    shown = ", ".join(described(fit.entity) for fit in close[:_SHOWN])
    return _decision(name, "ambiguous", "several_fit", f"{len(close)} fit alike: {shown}", fits)


def _reason(how: How, namesakes: int) -> Reason:
    if how is How.IN_FULL:
        return "short_for"
    if how in _WHOLE:
        return "fits_best" if namesakes else "only_of_name"
    return "spelled_nearly"


def _sentence(name: Name, best: Fit, namesakes: int) -> str:
    by_name, *more = best.judged.evidence
    ahead = f"ahead of {plural(namesakes, 'other')} of that name" if namesakes else f"only {name.type} of that name"
    return ", ".join((by_name, *((ahead,) if best.how in _WHOLE else ()), *more))


def _corrected(name: Name, verdict: Verdict) -> Decision:
    means = described(verdict.entity) if verdict.entity else "no entity"
    return Decision(
        type=name.type,
        name=name.name,
        outcome="linked" if verdict.entity else "not_applicable",
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
    fits: Sequence[Fit] = (),
    *,
    entity: KnownEntity | None = None,
    confidence: float | None = None,
) -> Decision:
    return Decision(
        type=name.type,
        name=name.name,
        outcome=outcome,
        reason=reason,
        sentence=sentence,
        evidence=fits[0].judged.evidence if fits else (),
        confidence=confidence,
        entity=entity,
        candidates=tuple(fit.judged for fit in fits),
    )


def _confidence(best: Fit, others: Sequence[Fit]) -> float:
    ahead = best.score - others[0].score if others else 1.0
    return round(min(0.99, 0.5 + (best.score - STRONG) + min(ahead, 0.4)), 2)


def _meant(decisions: Iterable[Decision], rules: Rules) -> list[tuple[Decision, KnownEntity]]:
    """Those who are linked, and the people whom this corpus knows by name only."""
    by_name_only = [
        (one, one.entity)
        for one in decisions
        if one.reason == "nobody_of_name" and one.entity and one.entity.type in rules.people
    ]
    return [*_linked(decisions), *by_name_only]


def _linked(decisions: Iterable[Decision]) -> list[tuple[Decision, KnownEntity]]:
    return [(one, one.entity) for one in decisions if one.outcome == "linked" and one.entity]
