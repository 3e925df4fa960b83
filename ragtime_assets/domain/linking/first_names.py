"""Who may be meant by a first name alone: whom others of the episode go with, though nobody says the surname."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ragtime_assets.domain.linking.decision import Decision, Found, Name
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_match import match

MOST = 10


def whole_names(decided: Iterable[Decision], rules: Rules) -> dict[Name, tuple[Name, ...]]:
    """By a name of a person that is not linked, the whole names that it may be the first of."""
    decisions = list(decided)
    around = dict.fromkeys(
        other for one in decisions if one.outcome == "linked" and one.entity for other in one.entity.related
    )
    alone = [one.said for one in decisions if one.outcome in ("ambiguous", "unknown") and one.type in rules.people]
    found = {said: tuple(Name(said.type, one) for one in around if _is_first(said, one))[:MOST] for said in alone}
    return {said: names for said, names in found.items() if names}


def with_whole_names(
    found: Mapping[Name, Found], whole: Mapping[Name, tuple[Name, ...]], more: Mapping[Name, Found]
) -> dict[Name, Found]:
    """What was found for each name, with those of these whole names where a first name was said."""
    added = {
        said: found[said].model_copy(update={"candidates": (*found[said].candidates, *_called_so(said, names, more))})
        for said, names in whole.items()
    }
    return {**found, **added}


def _called_so(said: Name, names: Iterable[Name], more: Mapping[Name, Found]) -> list[KnownEntity]:
    there = {one.entity_id: one for name in names for one in more[name].candidates}
    return [one for one in there.values() if match(said.name, one, is_person=True)][:MOST]


def _is_first(said: Name, name: str) -> bool:
    return key(name).startswith(f"{key(said.name)} ")
