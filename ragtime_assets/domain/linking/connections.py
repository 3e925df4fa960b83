"""Evidence from who and what else is named: what an entity goes with, straight or by way of another that is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.clue import Clue, Evidence
from ragtime_assets.domain.linking.keys import key, short_key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.places import said_as
from ragtime_assets.domain.linking.talk import LEAST_COMPANY, SOON, Acquaintance, Said, Talk, is_within

FEW = 3
"""Of an entity with more relations it is known whom it goes with."""
MOST_OF_THEM = 0.5
MOST_COUNTED = 4
"""So many that it goes with count: the first says most, and more say it again."""
_SHOWN = 3
_SHORTEST_NAME = 4
_SHORTEST_WORD = 5
_SHORTEST_PART = 6


def own_keys(entity: KnownEntity) -> set[str]:
    """The keys of all its names."""
    return {key(name) for name in (entity.name, *entity.aliases)}


def is_near(name: str, said: Said) -> bool:
    """Whether this name is said in one breath with `said`, or its surname beside it: both may have the same."""
    return said_in_full(name, said) or short_key(name) in said.around


def said_in_full(name: str, said: Said) -> bool:
    """Whether this name is said in one breath with `said`, word for word, and not as a word of that name itself."""
    return any(one in said.around or (" " in one and f" {one} " in said.keyed) for one in said_as(name))


def said_in_full_before(name: str, said: Said) -> bool:
    """Whether this name is said in the sentences of `said`, and not only after it."""
    own = key(said.name.name)
    whole = [at for one in said_as(name) if (at := said.keyed.find(f" {one} ")) >= 0]
    alone = [at for one in {own, *said.own} if (at := _alone(said.keyed, one, said_as(name))) >= 0]
    return bool(whole) and (not alone or min(whole) < min(alone))


def _alone(text: str, word: str, wholes: Sequence[str]) -> int:
    """Where `word` is first said, and not as a part of one of these."""
    for whole in wholes:
        text = text.replace(f" {whole} ", f" {'-' * len(whole)} ")
    return text.find(f" {word} ")


def related(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Evidence]:
    """What it goes with is named too."""
    own = own_keys(entity) | {key(said.name.name)}
    goes_with = (*entity.related, *described_by(entity, talk))
    named = [name for name in {key(name): name for name in goes_with}.values() if talk.names(name, own)]
    near = [name for name in named if is_near(name, said)]
    soon = [name for name in named if name not in near and talk.is_soon(said, name)]
    far = [name for name in named if name not in near]
    if near:
        yield Evidence(Clue.RELATED_NEAR, f"goes with {_listed(near)}, named with it", is_near=True)
        yield Evidence(Clue.MORE_RELATED_NEAR, times=min(len(near), MOST_COUNTED) - 1, is_near=True)
    elif word := next((name for name in goes_with if _is_word_near(name, said)), None):
        yield Evidence(Clue.RELATED_WORD_NEAR, f"goes with {word}, a word that is said with it", is_near=True)
    elif part := next((name for name in goes_with if _is_part_near(name, said)), None):
        yield Evidence(Clue.PART_OF_RELATED_NEAR, f"goes with {part}, of which a word is said with it", is_near=True)
    if soon:
        yield Evidence(Clue.RELATED_SOON, f"goes with {_listed(soon)}, named within a minute", is_near=True)
    if far:
        later = [name for name in far if name not in soon]
        yield Evidence(Clue.RELATED, f"goes with {_listed(later)} of this episode" if later else "")
        yield Evidence(Clue.MORE_RELATED, times=min(len(far), MOST_COUNTED) - 1)


def _is_word_near(name: str, said: Said) -> bool:
    """Whether a name of one word is said with `said`, though nobody took it for a name there."""
    return any(len(one) >= _SHORTEST_WORD and one in said.around for one in said_as(name))


def _is_part_near(name: str, said: Said) -> bool:
    """Whether a long word of a longer name is said with `said`."""
    words = key(name).split()
    return len(words) > 1 and any(len(word) >= _SHORTEST_PART and word in said.around for word in words)


def described_by(entity: KnownEntity, talk: Talk) -> list[str]:
    """The names of this episode that its disambiguation has: "singer of The Platters"."""
    words = f" {' '.join(folded_words(entity.disambiguation))} "
    return [name for one, name in talk.keys.items() if len(one) >= _SHORTEST_NAME and f" {one} " in words]


def through(entity: KnownEntity, subjects: Set[str], talk: Talk) -> Iterator[Evidence]:
    """Others who are named for sure go with it, or with what it goes with too."""
    own = own_keys(entity)
    others = [one for one in _others(entity, talk) if key(one.name) not in own]
    wider = {key(name) for name in entity.related if not talk.names(name, own)}
    knows_few = len(entity.related) < FEW
    if naming := [one.name for one in others if knows_few and own & one.related and subjects & one.subjects]:
        yield Evidence(Clue.NAMED_BY, f"{_listed(naming)} of this episode goes with that name")
    elif sharing := [one.name for one in others if wider & one.related]:
        says = f"goes with what {_listed(sharing)} of this episode goes with"
        yield Evidence(Clue.THROUGH, says, times=min(len(sharing), MOST_COUNTED))


def company(said: Said, entity: KnownEntity, subjects: Set[str], talk: Talk) -> Iterator[Evidence]:
    """Whether those who are named beside it are of its subject: musicians are named among musicians."""
    known = [one for one in _others(entity, talk) if one.subjects] if subjects else []
    soon = [one.subjects for one in known if is_within(said.seconds, one.seconds, SOON)]
    if any(some & subjects for some in soon):
        yield Evidence(Clue.IN_COMPANY_SOON, "another of its subject is named within a minute", is_near=True)
    others = [one.subjects for one in known]
    if len(others) < LEAST_COMPANY:
        return
    same = sum(bool(some & subjects) for some in others)
    if same >= MOST_OF_THEM * len(others):
        yield Evidence(Clue.IN_COMPANY, f"{same} others of its subject are named")
    elif not same:
        yield Evidence(Clue.OUT_OF_PLACE, "nobody else of its subject is named")


def _others(entity: KnownEntity, talk: Talk) -> list[Acquaintance]:
    own = entity.entity_id or entity.mbid
    return [one for other, one in talk.company.items() if other != own]


def _listed(names: Sequence[str]) -> str:
    more = f" and {plural(len(names) - _SHOWN, 'other')}" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
