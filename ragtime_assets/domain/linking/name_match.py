"""How the name that was said is a name of an entity: exactly, by another name, in part, or nearly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from enum import StrEnum
from typing import NamedTuple

from ragtime_assets.domain.language.likeness import Likeness, likeness
from ragtime_assets.domain.linking.keys import GENERATIONS, is_one_word, key, loose_keys, short_key, untitled
from ragtime_assets.domain.linking.known_entity import KnownEntity

_FILLERS = frozenset(
    {"and", "his", "her", "their", "with", "mit", "seinem", "seiner", "of", "the", "an", "am", "im", "in", "der", "den"}
)
_LETTERS_ALIKE, _HARDLY_OTHER_LETTERS = 80.0, 92.0
_LONG_WORD = 4
_LONG_NAME = 9


class How(StrEnum):
    """From the surest to the least sure."""

    EXACT = "exact name"
    ALIAS = "another name"
    LOOSE = "the name, written or inflected otherwise"
    IN_FULL = "short for a name that is said in full"
    INITIAL = "first name as an initial"
    NICKNAME = "a name of one word"
    SOUND = "sounds like the name"
    NEAR = "nearly the name"
    SURNAME = "surname alone"
    FIRST_NAME = "first name alone"


class Match(NamedTuple):
    """How a name fits an entity, and which of its names."""

    how: How
    name: str


def match(said: str, entity: KnownEntity, *, is_person: bool) -> Match | None:
    """How `said` is a name of `entity`; None when it is none."""
    own = key(said)
    if own == key(entity.name):
        return Match(How.EXACT, entity.name)
    names = {key(name): name for name in reversed(entity.aliases)}
    if own in names:
        is_nickname = is_person and is_one_word(said)
        return Match(How.NICKNAME if is_nickname else How.ALIAS, names[own])
    names[key(entity.name)] = entity.name
    short = short_key(entity.name) if is_person else None
    for loose in loose_keys(said):
        if loose in names:
            is_nickname = is_person and is_one_word(loose) and names[loose] != entity.name
            return Match(How.NICKNAME if is_nickname else How.LOOSE, names[loose])
    heard = {own, *loose_keys(said)}
    if short and is_one_word(untitled(said)):
        if short in heard or any(_is_near_word(one, short) for one in heard):
            return Match(How.SURNAME, entity.name)
        return _first_name(heard, names)
    for name_key, name in names.items():
        how = _nearly(own.split(), name_key.split(), is_person=is_person)
        if how:
            return Match(how, name)
    return _first_name(heard, names) if is_person else None


def _first_name(heard: Set[str], names: Mapping[str, str]) -> Match | None:
    found = (name for one, name in names.items() if any(one.startswith(f"{first} ") for first in heard))
    return next((Match(How.FIRST_NAME, name) for name in found), None)


def parts_of(entities: Iterable[KnownEntity]) -> dict[str, list[KnownEntity]]:
    """By word, and by first names, those who have them in a longer name: so people go on about somebody."""
    found: defaultdict[str, dict[str, KnownEntity]] = defaultdict(dict)
    for entity in entities:
        for name in (entity.name, *entity.aliases):
            words = key(name).split()
            firsts = (" ".join(words[:many]) for many in range(2, len(words)))
            for word in (*words, *firsts) if len(words) > 1 else ():
                found[word][entity.name + (entity.mbid or entity.entity_id or "")] = entity
    return {word: list(some.values()) for word, some in found.items()}


def in_parts(said: str, parts: Mapping[str, Sequence[KnownEntity]]) -> list[KnownEntity]:
    """Those whom `said`, one word or first names, may be short for."""
    found = (list(parts[one]) for one in (key(said), *loose_keys(said)) if one in parts)
    return next(found, list[KnownEntity]())


def _nearly(said: Sequence[str], name: Sequence[str], *, is_person: bool) -> How | None:
    if is_person and len(said) == len(name) >= 2 and said[-1] == name[-1] and _is_initial(said[0], name[0]):
        return How.INITIAL
    said, name = _without_fillers(said), _without_fillers(name)
    if not said or GENERATIONS.intersection(said) != GENERATIONS.intersection(name):
        return None
    if said == name or "".join(said) == "".join(name):
        return How.LOOSE
    if len(said) != len(name):
        return _with_other_words(said, name, is_person=is_person)
    pairs = [(one, other, likeness(one, other)) for one, other in zip(said, name, strict=True) if one != other]
    is_whole_name = is_person and said[-1] == name[-1] and len(said) > 1
    is_short = any(max(len(one), len(other)) < _LONG_WORD for one, other, _ in pairs)
    if (is_short and not is_whole_name) or _has_other_number(pairs):
        return None
    if all(alike >= Likeness.ALIKE for _, _, alike in pairs):
        return How.SOUND
    if is_person and len(pairs) == 1 < len(said) and pairs[0][2] >= Likeness.FAR:
        return How.NEAR
    near = all(alike >= Likeness.ALIKE or _is_near_word(one, other) for one, other, alike in pairs)
    return How.NEAR if near else None


def _with_other_words(said: Sequence[str], name: Sequence[str], *, is_person: bool) -> How | None:
    """Without the middle names, as "Giovanni Cassini"; or heard as more words than it has, as "fothering gay"."""
    if is_person and 2 <= len(said) < len(name) and (said[0], said[-1]) == (name[0], name[-1]):
        return How.LOOSE if all(word in name for word in said) else None
    one, other = "".join(said), "".join(name)
    return How.NEAR if len(one) >= _LONG_NAME and _letters_alike(one, other) >= _HARDLY_OTHER_LETTERS else None


def _is_near_word(one: str, other: str) -> bool:
    if max(len(one), len(other)) < _LONG_WORD:
        return False
    return likeness(one, other) >= Likeness.NEAR and _letters_alike(one, other) >= _LETTERS_ALIKE


def _letters_alike(one: str, other: str) -> float:
    from rapidfuzz.fuzz import ratio

    return ratio(one, other)


def _has_other_number(pairs: Sequence[tuple[str, str, Likeness]]) -> bool:
    return any(any(map(str.isdigit, one + other)) for one, other, _ in pairs)


def _is_initial(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) <= 2 < len(long) and long.startswith(short[0])


def _without_fillers(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _FILLERS]
