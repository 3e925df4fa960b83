"""Which entity a name means: by type, name, life span, who else is named, and whom the feed credits.

The margin rule: the best candidate wins only if it is strong and clearly ahead of the second. Both are one question,
for a candidate that is ahead of nobody, or of one like it, has not much of the certainty that they share. How often an
entity is named in the corpus counts only among those that are alike. What stays open stays unlinked and says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.linking.decision import Decision, Found, Name, Outcome, Reason, Verdict, described
from ragtime_assets.domain.linking.judging import NO_PARTS, Fit, Parts, Rules, id_of, is_own, judge, subjects_of
from ragtime_assets.domain.linking.keys import is_name, is_one_word, key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_evidence import WHOLE
from ragtime_assets.domain.linking.name_match import How, parts_of
from ragtime_assets.domain.linking.talk import Acquaintance, Said, Talk

SURE = 0.75
"""A candidate of this certainty is meant; measured with `benchmarks.link_weights`, so that .97 of those are right."""
ANOTHER = 0.95
"""As sure it is that nobody known is meant, if the candidates have no more than what is left."""
ALIKE = 0.25
"""Those fit alike of which one has no less than this share of what the best has."""
SOMEBODY = 0.60
"""So sure it has to be that one of those is meant for the better known to be taken."""
MANY_TIMES, FEWEST_EPISODES = 10, 5
"""Inside the margin the better known of two wins, if it is named in so many times as many episodes, and in so many."""
NOBODY = "nobody and nothing known has this name"
_SHOWN = 4


def decide_all(talk: Talk, found: Mapping[Name, Found], rules: Rules) -> dict[Name, Decision]:
    """What each name of an episode means."""
    knowing, parts = known_company(talk, found, rules)
    return {name: decide(said, found[name], knowing, rules, parts) for name, said in talk.said.items()}


def known_company(talk: Talk, found: Mapping[Name, Found], rules: Rules) -> tuple[Talk, Parts]:
    """The episode when it is known whom most of its names mean, and the words of the names that are said in full.

    So every name is decided twice: the second time the other names and the short forms of those who are meant count.
    """
    first = {name: decide(said, found[name], talk, rules) for name, said in talk.said.items()}
    linked = _linked(first.values())
    entities = {id_of(entity): entity for _, entity in linked}
    seconds: defaultdict[str, tuple[float, ...]] = defaultdict(tuple)
    for decision, entity in linked:
        seconds[id_of(entity)] += talk.said[decision.said].seconds
    also: defaultdict[str, tuple[float, ...]] = defaultdict(tuple)
    for one, entity in entities.items():
        for name_key in {key(name) for name in (entity.name, *entity.aliases)}:
            also[name_key] += seconds[one]
    company = {one: _acquaintance(entity, seconds[one], rules) for one, entity in entities.items()}
    knowing = talk.knowing(also, company)
    in_full = [entity for one, entity in _meant(first.values(), rules) if not is_one_word(one.name)]
    return knowing, parts_of(in_full)


def _acquaintance(entity: KnownEntity, seconds: tuple[float, ...], rules: Rules) -> Acquaintance:
    return Acquaintance(entity.name, subjects_of(entity, rules), frozenset(map(key, entity.related)), seconds)


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
        return _best(name, fits, found)
    if name.type in rules.people and is_one_word(name.name):
        return _decision(name, "unknown", "single_name", "one word, which many people are called")
    own = KnownEntity(type=name.type, name=name.name)
    return _decision(name, "unknown", "nobody_of_name", NOBODY, entity=own)


def _by_name_only(name: Name, fits: Sequence[Fit]) -> KnownEntity | None:
    """The one that this corpus calls so and of which no more is known: linked again, it is as unknown as before."""
    whole = [fit for fit in fits if fit.how in WHOLE]
    same_type = [fit for fit in whole if fit.entity.type == name.type]
    if not whole or not all(is_own(fit.entity) for fit in whole):
        return None
    only = same_type if len(same_type) == 1 else whole
    return only[0].entity if len(only) == 1 else None


def _best(name: Name, fits: Sequence[Fit], found: Found) -> Decision:
    """The likeliest, if that is sure enough; those that are alike share what there is, so none of them is."""
    best, *others = fits
    why = "; ".join(best.says)
    if best.certainty >= SURE:
        namesakes = sum(fit.how in WHOLE for fit in others)
        sentence = _sentence(name, best, namesakes)
        reason = _reason(best.how, namesakes)
        return _decision(name, "linked", reason, sentence, fits, entity=best.entity, confidence=best.certainty)
    if sum(fit.certainty for fit in fits) <= 1 - ANOTHER:
        return _decision(name, "unknown", "none_fits", f"who has this name is another: {why}", fits)
    close = [fit for fit in fits if fit.certainty >= ALIKE * best.certainty]
    if len(close) > 1:
        return _better_known(name, close, fits, found)
    sentence = f"may be {described(best.entity)}, and too little says so: {why}"
    return _decision(name, "ambiguous", "little_speaks_for_it", sentence, fits)


def _better_known(name: Name, close: Sequence[Fit], fits: Sequence[Fit], found: Found) -> Decision:
    counts = sorted(((found.episodes.get(id_of(fit.entity), 0), fit) for fit in close), key=lambda pair: -pair[0])
    (most, best), (second, _) = counts[:2]
    one_of_them = sum(fit.certainty for fit in close)
    if most >= FEWEST_EPISODES and most >= MANY_TIMES * max(second, 1) and one_of_them >= SOMEBODY:
        sentence = f"of {len(close)} that fit alike, {described(best.entity)} is named in {plural(most, 'episode')}"
        return _decision(name, "linked", "better_known", sentence, fits, entity=best.entity, confidence=one_of_them)
    shown = ", ".join(described(fit.entity) for fit in close[:_SHOWN])
    return _decision(name, "ambiguous", "several_fit", f"{len(close)} fit alike: {shown}", fits)


def _reason(how: How, namesakes: int) -> Reason:
    if how is How.IN_FULL:
        return "short_for"
    if how in WHOLE:
        return "fits_best" if namesakes else "only_of_name"
    return "spelled_nearly"


def _sentence(name: Name, best: Fit, namesakes: int) -> str:
    by_name, *more = best.says
    ahead = f"ahead of {plural(namesakes, 'other')} of that name" if namesakes else f"only {name.type} of that name"
    return ", ".join((by_name, *((ahead,) if best.how in WHOLE else ()), *more))


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
        evidence=fits[0].says if fits else (),
        confidence=round(confidence, 2) if confidence is not None else None,
        entity=entity,
        candidates=tuple(fit.judged for fit in fits),
    )


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
