"""Names that the registry does not know well enough are looked up in MusicBrainz, as long as there is time.

An episode waits for it a few seconds in all: what is left is marked, and looked up when the episode is linked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.linking.decision import Decision, Found, Name
from ragtime_assets.domain.linking.judging import Rules, is_own
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
from ragtime_assets.errors import TransientError
from ragtime_assets.ports import MusicDatabase

SECONDS = 10
"""For all names of an episode."""
MOST_DETAILS = 3
"""Of so many of one name the life and the relations are looked up; more namesakes tell nothing apart."""
MOST_CANDIDATES = 10


@dataclass
class LookUps:
    """What came of asking."""

    found: dict[Name, Found]
    asked: int = 0
    later: set[Name] = field(default_factory=set[Name])


def looked_up(
    music: MusicDatabase,
    decided: Mapping[Name, Decision],
    found: Mapping[Name, Found],
    vocabulary: Vocabulary,
    rules: Rules,
    seconds: float = SECONDS,
) -> LookUps:
    """What is there for each name, with what MusicBrainz knows of those that need it."""
    done = LookUps(dict(found))
    deadline = Deadline(seconds)
    in_time = True
    # Whole names first: one word says little, and there may be no time for all.
    for name, decision in sorted(decided.items(), key=lambda one: one[1].reason == "single_name"):
        kinds = list(kinds_of(name, vocabulary, rules)) if needs(decision) else []
        if kinds and in_time and deadline.left() > 0:
            try:
                done.found[name] = _with(found[name], list(hits_of(music, name, kinds, deadline)))
                done.asked += 1
                continue
            except TransientError:
                in_time = False
        if kinds:
            done.later.add(name)
    return done


def needs(decision: Decision) -> bool:
    """Whether the registry does not know well enough who is meant."""
    if decision.by == "person":
        return False
    if decision.outcome == "linked":
        return decision.entity is not None and is_own(decision.entity)
    return decision.reason in ("nobody_of_name", "single_name", "little_speaks_for_it", "several_fit")


def kinds_of(name: Name, vocabulary: Vocabulary, rules: Rules) -> Iterator[str]:
    """The types that MusicBrainz has of those that a name may be of: its own, or what a person does."""
    there = {key_ for key_, one in vocabulary.active.items() if one.musicbrainz}
    if name.type in there:
        yield name.type
    elif name.type in rules.people:
        yield from sorted(there & rules.may_be(name.type))


def hits_of(music: MusicDatabase, name: Name, kinds: Sequence[str], deadline: Deadline) -> Iterator[KnownEntity]:
    """Whom MusicBrainz has of this name, with the lives and relations of the first few of exactly this name."""
    for kind in kinds:
        hits = [one for one in music.search(kind, name.name) if one.name]
        whole = [one for one in hits if key(name.name) in map(key, (one.name, *one.aliases))]
        for one in hits:
            is_looked_up = one in whole[:MOST_DETAILS] and one.mbid and deadline.left() > 0
            details = music.look_up(kind, one.mbid) if is_looked_up and one.mbid else None
            yield details or one


def _with(found: Found, hits: Sequence[KnownEntity]) -> Found:
    """What the registry has and what MusicBrainz has, each once.

    What this corpus knows by name only is the one of that name in MusicBrainz, where there is but one.
    """
    own = [one for one in found.candidates if is_own(one)]
    by_name: dict[str, list[KnownEntity]] = {}
    for one in hits:
        by_name.setdefault(key(one.name), []).append(one)
    learned = {
        one.entity_id: same[0].model_copy(update={"entity_id": one.entity_id, "type": one.type})
        for one in own
        if len(same := by_name.get(key(one.name), [])) == 1
    }
    there = {one.mbid for one in (*found.candidates, *learned.values()) if one.mbid}
    kept = [learned.get(one.entity_id, one) for one in found.candidates]
    new = [one for one in hits if one.mbid not in there]
    return found.model_copy(update={"candidates": tuple((*kept, *new)[:MOST_CANDIDATES])})
