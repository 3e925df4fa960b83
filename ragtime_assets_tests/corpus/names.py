"""Entities, mentions and decisions for tests of the registry."""

from __future__ import annotations

from typing import Any

from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.domain.artifacts.entities import Mention
from ragtime_assets.domain.linking.deciding import decide_all
from ragtime_assets.domain.linking.decision import Decision, Found, Name
from ragtime_assets.domain.linking.judging import Rules
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.talk import Said, Talk

PEOPLE = frozenset({"person", "musician"})
KIN = {"person": PEOPLE, "musician": PEOPLE}
RULES = Rules(KIN, PEOPLE)
MBID = "0fbd0f4e-{:04d}-4a4e-8b1c-6f3f3f3f3f3f"


def mention(name: str, kind: str = "musician", start: float = 0.0, context: str | None = None) -> Mention:
    """`name`, said at a second."""
    return Mention(type=kind, name=name, surface=name, chunk=0, start=start, context=context or name)


def known(name: str, number: int | None = None, kind: str = "musician", **more: Any) -> KnownEntity:
    """An entity of MusicBrainz with this number."""
    return KnownEntity(type=kind, name=name, mbid=MBID.format(number) if number is not None else None, **more)


def found_in(registry: SqlEntityRegistry, *names: str, kind: str = "musician", key: str = "one") -> dict[str, Found]:
    """What the registry has for each name."""
    wanted = {Name(kind, name): RULES.may_be(kind) for name in names}
    return {name.name: found for name, found in registry.candidates(key, wanted).items()}


def linked(registry: SqlEntityRegistry, *names: str, kind: str = "musician", key: str = "one") -> dict[str, Decision]:
    """What each name is decided to mean in an episode that says nothing else."""
    mentions = [mention(name, kind) for name in names]
    said = {Name(kind, name): Said(Name(kind, name), (name,), (name,)) for name in names}
    wanted = {name: RULES.may_be(kind) for name in said}
    decided = decide_all(Talk(said), registry.candidates(key, wanted), RULES)
    return {one.name: one for one in registry.commit(key, mentions, list(decided.values()))}


def learned(registry: SqlEntityRegistry, *entities: KnownEntity, key: str = "before") -> list[KnownEntity]:
    """These entities, in the registry from now on."""
    decisions = [
        Decision(
            type=one.type,
            name=f"{one.name} {at}",
            outcome="linked",
            reason="fits_best",
            sentence="it is so",
            entity=one,
        )
        for at, one in enumerate(entities)
    ]
    committed = registry.commit(key, [mention(one.name, one.type) for one in decisions], decisions)
    return [one.entity for one in committed if one.entity]
