"""What an episode says for and against an entity that a name may mean: pure, each piece with the words that show it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence, Set
from itertools import chain
from typing import NamedTuple

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.keys import is_one_word, key, short_key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.roles import roles, words_of
from ragtime_assets.domain.linking.talk import LEAST_COMPANY, Said, Talk

_YEAR = re.compile(r"^(1[0-9]{3}|20[0-9]{2})s?$")
_SHOWN = 3
_SAY_NOTHING = frozenset(
    {"the", "and", "for", "from", "with", "der", "die", "das", "und", "von", "aus", "für", "mit", "born"}
    | {"american", "english", "german", "british", "french", "band", "album", "group", "jazz", "rock", "pop", "music"}
    | {"musician", "artist", "person", "city", "town", "label", "club", "song", "live", "record"}
)


class Weight(NamedTuple):
    """One piece of evidence: how much it counts, and how people read it."""

    counts: float
    says: str
    is_near: bool = False
    """Whether it is said where the name is."""
    is_of_topic: bool = False
    """Whether it only says that the talk is of such things, which may be so of namesakes too."""


RELATED_NEAR, RELATED = (0.20, 0.10, 0.05), (0.11, 0.07, 0.04, 0.03)
"""The first co-mention says most, and what is said in one breath says more than what is said somewhere."""
ROLE_BESIDE, ROLE_NEAR, ROLE_SOMEWHERE, OTHER_ROLE = 0.20, 0.10, 0.04, -0.30
WORD_NEAR, WORD_SOMEWHERE = 0.12, 0.04
AREA_NEAR, AREA = 0.08, 0.04
BORN_OR_DIED, OTHER_BIRTH_OR_DEATH = 0.30, -0.40
IN_LIFETIME, BEFORE_BIRTH, LONG_DEAD = 0.03, -0.40, -0.06
YEAR_OF_WORK = 0.12
CREDITED_ALIVE, CREDITED_DEAD = 0.02, -0.45
SOMEBODY, CALLED_SO, ADDRESSED, EVERYDAY = -0.35, -0.30, -0.20, -0.12
IN_COMPANY, OUT_OF_PLACE = 0.08, -0.12
MOST_OF_THEM = 0.5
_INDEFINITE = frozenset({"a", "ein", "einen", "einem", "einer", "eine", "irgendein"})
_ADDRESS = frozenset({"mr", "mrs", "ms", "herr", "herrn", "frau"})
_CALLED_WITHIN = 2


def weigh(
    said: Said, entity: KnownEntity, talk: Talk, subjects: Set[str] = frozenset(), *, is_person: bool
) -> Iterator[Weight]:
    """Everything that the episode says of whether `said` means `entity`, which is of these subjects."""
    found = chain(
        _weights(said, entity, talk, is_person=is_person), _company(entity.entity_id or entity.mbid, subjects, talk)
    )
    # What is said elsewhere may be said of the other one.
    yield from (one for one in found if one.is_near) if talk.is_contested(said) else found


def _weights(said: Said, entity: KnownEntity, talk: Talk, *, is_person: bool) -> Iterator[Weight]:
    yield from _related(said, entity, talk)
    yield from _roles(said, entity, talk, is_person=is_person)
    yield from _described(said, entity, talk)
    yield from _years(said, entity, is_person=is_person)
    if is_person:
        yield from _credited(said, entity, talk)
        yield from _introduced(said)


def _company(entity_id: str | None, subjects: Set[str], talk: Talk) -> Iterator[Weight]:
    """Whether those who are named beside it are of its subject: musicians are named among musicians."""
    others = [some for one, some in talk.company.items() if one != entity_id and some]
    if not subjects or len(others) < LEAST_COMPANY:
        return
    same = sum(bool(some & subjects) for some in others)
    if same >= MOST_OF_THEM * len(others):
        yield Weight(IN_COMPANY, f"{same} others of its subject are named", is_of_topic=True)
    elif not same:
        yield Weight(OUT_OF_PLACE, "nobody else of its subject is named")


def _own_keys(entity: KnownEntity) -> set[str]:
    return {key(name) for name in (entity.name, *entity.aliases)}


def _related(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Weight]:
    own = _own_keys(entity) | {key(said.name.name)}
    named = [name for name in dict.fromkeys(entity.related) if talk.names(name, own)]
    near = [name for name in named if _is_near(name, said)]
    far = [name for name in named if name not in near]
    if near:
        yield Weight(sum(RELATED_NEAR[: len(near)]), f"goes with {_listed(near)}, named with it", is_near=True)
    if far:
        counts = sum(RELATED[len(near) : len(near) + len(far)])
        yield Weight(counts, f"goes with {_listed(far)} of this episode")


def _listed(names: Sequence[str]) -> str:
    more = f" and {plural(len(names) - _SHOWN, 'other')}" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _is_near(name: str, said: Said) -> bool:
    short = short_key(name)
    return f" {key(name)} " in said.text or (short is not None and short in said.near)


def _roles(said: Said, entity: KnownEntity, talk: Talk, *, is_person: bool) -> Iterator[Weight]:
    own = roles(folded_words(entity.disambiguation))
    beside, denied = _roles_beside(said)
    if own & denied:
        yield Weight(OTHER_ROLE, f"is no {', '.join(sorted(own & denied))}, as is said", is_near=True)
    elif shared := sorted(own & beside):
        yield Weight(ROLE_BESIDE, f"is called {', '.join(shared)}", is_near=True)
    elif is_person and own and beside:
        yield Weight(
            OTHER_ROLE, f"is {', '.join(sorted(own))}, and the talk is of a {', '.join(sorted(beside))}", is_near=True
        )
    elif shared := sorted(own & roles(said.near)):
        yield Weight(ROLE_NEAR, f"the talk is of a {', '.join(shared)} where it is said", is_near=True)
    elif shared := sorted(own & roles(talk.words)):
        yield Weight(ROLE_SOMEWHERE, f"the talk is of a {', '.join(shared)} too", is_of_topic=True)


def _roles_beside(said: Said) -> tuple[frozenset[str], frozenset[str]]:
    """What those who have the name are said to do, and what not to do."""
    there, denied = set[str](), set[str]()
    for before, after in said.beside:
        for words in (before, after):
            for at, word in enumerate(words):
                _ = (denied if words_of("not") & set(words[max(at - 2, 0) : at]) else there).update(roles([word]))
    return frozenset(there), frozenset(denied)


def _described(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Weight]:
    """Words of the disambiguation, such as a town or an age, and the place that it belongs to."""
    names = {word for one in _own_keys(entity) for word in one.split()}
    words = {
        word
        for word in folded_words(entity.disambiguation)
        if len(word) > 2 and not _YEAR.match(word) and word not in _SAY_NOTHING | names and not roles([word])
    }
    if near := sorted(words & said.near):
        yield Weight(WORD_NEAR, f"described by “{near[0]}”, which is said with it", is_near=True)
    elif somewhere := sorted(words & talk.words):
        yield Weight(WORD_SOMEWHERE, f"described by “{somewhere[0]}”, which is said in this episode")
    if entity.area and _is_near(entity.area, said):
        yield Weight(AREA_NEAR, f"belongs to {entity.area}, which is said with it", is_near=True)
    elif entity.area and talk.names(entity.area, _own_keys(entity)):
        yield Weight(AREA, f"belongs to {entity.area}, which is named")


def _introduced(said: Said) -> Iterator[Weight]:
    """Who is introduced by the name alone is mostly somebody else: "a Roger Waters", "the dog is called Loriot"."""
    whole = not is_one_word(said.name.name)
    for before, after in said.beside:
        if before and before[-1] in _INDEFINITE:
            yield Weight(SOMEBODY, f"is said to be “{before[-1]} {said.name.name}”", is_near=True)
        elif words_of("called") & {*before[-_CALLED_WITHIN:], *after[:1]}:
            yield Weight(CALLED_SO, "somebody is said to be called so", is_near=True)
        elif whole and {*before[-1:], key(said.name.name).split()[0]} & _ADDRESS:
            yield Weight(ADDRESSED, "is addressed as people in the street are", is_near=True)
        else:
            continue
        return
    if "everyday" in roles(said.near):
        yield Weight(EVERYDAY, "the talk is of everyday people where it is said", is_near=True)


def _years(said: Said, entity: KnownEntity, *, is_person: bool) -> Iterator[Weight]:
    begin, end = entity.begin, entity.end
    for words in said.words:
        years = _years_in(words)
        if not years or (begin is None and end is None):
            continue
        if is_person and begin and words_of("born") & set(words) and len(years) == 1:
            yield _matching(years, begin, "born")
        elif is_person and end and words_of("died") & set(words) and len(years) == 1:
            yield _matching(years, end, "died")
        elif is_person or end:
            yield from _within(years, begin, end)
        elif begin in years:
            yield Weight(YEAR_OF_WORK, f"is of {begin}, which is said with it", is_near=True)
        return


def _matching(years: Collection[int], year: int, what: str) -> Weight:
    if year in years:
        return Weight(BORN_OR_DIED, f"{what} in {year}, as is said", is_near=True)
    return Weight(OTHER_BIRTH_OR_DEATH, f"{what} in {year}, and {min(years)} is said", is_near=True)


def _within(years: Collection[int], begin: int | None, end: int | None) -> Iterator[Weight]:
    if begin and max(years) < begin:
        yield Weight(BEFORE_BIRTH, f"began in {begin}, after {max(years)}, which is said with it", is_near=True)
    elif end and min(years) > end + 1:
        yield Weight(LONG_DEAD, f"ended in {end}, before {min(years)}, which is said with it", is_near=True)
    elif begin:
        yield Weight(IN_LIFETIME, f"was there in {min(years)}, which is said with it", is_near=True)


def _credited(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Weight]:
    if talk.year is None or key(said.name.name) not in talk.credited:
        return
    if (entity.end and entity.end < talk.year - 1) or (entity.begin and entity.begin > talk.year):
        yield Weight(CREDITED_DEAD, f"takes part in an episode of {talk.year}, and was not alive")
    else:
        yield Weight(CREDITED_ALIVE, "takes part in this episode")


def _years_in(words: Collection[str]) -> list[int]:
    return [int(found.group(1)) for word in words if (found := _YEAR.match(word))]
