"""What an episode says for and against an entity that a name may mean: pure, each piece with the words that show it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.roles import roles, words_of
from ragtime_assets.domain.linking.talk import Said, Talk

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


RELATED = (0.17, 0.10, 0.06, 0.04)
"""The first co-mention says most."""
ROLE_BESIDE, ROLE_SOMEWHERE, OTHER_ROLE = 0.20, 0.05, -0.30
WORD_BESIDE, WORD_SOMEWHERE = 0.12, 0.06
AREA = 0.07
BORN_OR_DIED, OTHER_BIRTH_OR_DEATH = 0.30, -0.40
IN_LIFETIME, BEFORE_BIRTH, LONG_DEAD = 0.03, -0.40, -0.06
YEAR_OF_WORK = 0.12
CREDITED_ALIVE, CREDITED_DEAD = 0.04, -0.45


def weigh(said: Said, entity: KnownEntity, talk: Talk, *, is_person: bool) -> Iterator[Weight]:
    """Everything that the episode says of whether `said` means `entity`."""
    yield from _related(entity, talk)
    yield from _roles(said, entity, talk, is_person=is_person)
    yield from _described(said, entity, talk)
    yield from _years(said, entity, is_person=is_person)
    if is_person:
        yield from _credited(said, entity, talk)


def _own_keys(entity: KnownEntity) -> set[str]:
    return {key(name) for name in (entity.name, *entity.aliases)}


def _related(entity: KnownEntity, talk: Talk) -> Iterator[Weight]:
    own = _own_keys(entity)
    said = [name for name in dict.fromkeys(entity.related) if talk.names(name, own)]
    if said:
        shown = ", ".join(said[:_SHOWN])
        more = f" and {plural(len(said) - _SHOWN, 'other')}" if len(said) > _SHOWN else ""
        yield Weight(sum(RELATED[: len(said)]), f"goes with {shown}{more} of this episode")


def _roles(said: Said, entity: KnownEntity, talk: Talk, *, is_person: bool) -> Iterator[Weight]:
    own = roles(folded_words(entity.disambiguation))
    beside = roles(said.beside)
    shared = sorted(own & beside)
    if shared:
        yield Weight(ROLE_BESIDE, f"is called {', '.join(shared)}")
    elif is_person and own and beside:
        yield Weight(OTHER_ROLE, f"is {', '.join(sorted(own))}, and the talk is of a {', '.join(sorted(beside))}")
    elif somewhere := sorted(own & roles(talk.words)):
        yield Weight(ROLE_SOMEWHERE, f"the talk is of a {', '.join(somewhere)} too")


def _described(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Weight]:
    """Words of the disambiguation, such as a town or an age, and the place that it belongs to."""
    names = {word for one in _own_keys(entity) for word in one.split()}
    words = {
        word
        for word in folded_words(entity.disambiguation)
        if len(word) > 2 and not _YEAR.match(word) and word not in _SAY_NOTHING | names and not roles([word])
    }
    near = {word for words in said.words for word in words}
    beside = sorted(words & near)
    if beside:
        yield Weight(WORD_BESIDE, f"described by “{beside[0]}”, which is said with it")
    elif somewhere := sorted(words & talk.words):
        yield Weight(WORD_SOMEWHERE, f"described by “{somewhere[0]}”, which is said in this episode")
    if entity.area and talk.names(entity.area, _own_keys(entity)):
        yield Weight(AREA, f"belongs to {entity.area}, which is named")


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
            yield Weight(YEAR_OF_WORK, f"is of {begin}, which is said with it")
        return


def _matching(years: Collection[int], year: int, what: str) -> Weight:
    if year in years:
        return Weight(BORN_OR_DIED, f"{what} in {year}, as is said")
    return Weight(OTHER_BIRTH_OR_DEATH, f"{what} in {year}, and {min(years)} is said")


def _within(years: Collection[int], begin: int | None, end: int | None) -> Iterator[Weight]:
    if begin and max(years) < begin:
        yield Weight(BEFORE_BIRTH, f"began in {begin}, after {max(years)}, which is said with it")
    elif end and min(years) > end + 1:
        yield Weight(LONG_DEAD, f"ended in {end}, before {min(years)}, which is said with it")
    elif begin:
        yield Weight(IN_LIFETIME, f"was there in {min(years)}, which is said with it")


def _credited(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Weight]:
    if talk.year is None or key(said.name.name) not in talk.credited:
        return
    if (entity.end and entity.end < talk.year - 1) or (entity.begin and entity.begin > talk.year):
        yield Weight(CREDITED_DEAD, f"takes part in an episode of {talk.year}, and was not alive")
    else:
        yield Weight(CREDITED_ALIVE, "takes part in this episode")


def _years_in(words: Collection[str]) -> list[int]:
    return [int(found.group(1)) for word in words if (found := _YEAR.match(word))]
