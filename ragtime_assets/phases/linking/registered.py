"""What the registry alone says that the names of an episode mean."""

from __future__ import annotations

from typing import NamedTuple

from ragtime_assets.domain.linking.deciding import decide_all
from ragtime_assets.domain.linking.decision import Decision, Found, Name
from ragtime_assets.domain.linking.first_names import whole_names, with_whole_names
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.linking.talk import Talk
from ragtime_assets.ports import EntityCandidates


class Registered(NamedTuple):
    """What was found for each name, and what was decided with it."""

    found: dict[Name, Found]
    decided: dict[Name, Decision]


def decide_from_registry(registry: EntityCandidates, key: str, talk: Talk, rules: Rules) -> Registered:
    """Decide about every name of episode `key`; who goes with those that are linked may be meant by a first name."""
    found = dict(registry.candidates(key, {name: rules.may_be(name.type) for name in talk.said}))
    decided = decide_all(talk, found, rules)
    whole = whole_names(decided.values(), rules)
    if not whole:
        return Registered(found, decided)
    more = registry.candidates(key, {one: rules.may_be(one.type) for names in whole.values() for one in names})
    found = with_whole_names(found, whole, more)
    return Registered(found, decide_all(talk, found, rules))
