"""Evidence from the name itself: how it is one of somebody's names, who else has it, and how much is known of whom."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ragtime_assets.domain.language.tokens import folded_words
from ragtime_assets.domain.linking.clue import Clue, Evidence
from ragtime_assets.domain.linking.connections import said_in_full_before
from ragtime_assets.domain.linking.everyday import spelled_out
from ragtime_assets.domain.linking.keys import is_one_word
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.name_match import How, Match
from ragtime_assets.domain.linking.roles import words_of
from ragtime_assets.domain.linking.talk import Said, Talk

WHOLE = frozenset({How.EXACT, How.ALIAS, How.LOOSE, How.IN_FULL})
"""The name itself, and not a part of it, nor one that is nearly it."""
MOST_NAMESAKES = 3
MOST_KNOWN = 3.0
_CLUES: Mapping[How, Clue] = {
    How.EXACT: Clue.EXACT,
    How.ALIAS: Clue.ALIAS,
    How.LOOSE: Clue.LOOSE,
    How.INITIAL: Clue.INITIAL,
    How.NICKNAME: Clue.NICKNAME,
    How.SOUND: Clue.SOUND,
    How.NEAR: Clue.NEAR,
    How.SURNAME: Clue.SURNAME,
    How.FIRST_NAME: Clue.FIRST_NAME,
}
_NEARLY = frozenset({How.SOUND, How.NEAR, How.INITIAL})


class Named(NamedTuple):
    """Somebody or something that has the name, and how."""

    entity: KnownEntity
    fits: Match


def by_name(said: Said, one: Named, named: Sequence[Named], talk: Talk, *, is_person: bool) -> Iterator[Evidence]:
    """What the name tells of whether `said` means `one` of those who are `named` so."""
    entity, fits = one
    others = [other.fits.how for other in named if other.entity is not entity]
    yield _how(fits, is_person=is_person, is_of_several=How.IN_FULL in others)
    yield Evidence(Clue.NAMESAKES, times=min(sum(how in WHOLE for how in others), MOST_NAMESAKES))
    yield Evidence(Clue.KNOWN, times=min(math.log2(1 + len(entity.aliases) + len(entity.related)), MOST_KNOWN))
    if is_person:
        yield Evidence(Clue.PERSON)
    if is_one_word(said.name.name):
        yield Evidence(Clue.ONE_WORD)
    if talk.is_contested(said):
        yield Evidence(Clue.CONTESTED)
    if words_of("capital") & set(folded_words(entity.disambiguation)):
        yield Evidence(Clue.CAPITAL)
    if fits.how is How.IN_FULL and said_in_full_before(fits.name, said):
        yield Evidence(Clue.SAID_IN_FULL, "said in full with it", is_near=True)
    if fits.how in _NEARLY:
        yield from spelled_out(said)
    is_whole = fits.how is How.IN_FULL or (fits.how in WHOLE and not is_one_word(said.name.name))
    if is_person and is_whole and not talk.is_peopled and WHOLE.isdisjoint(others):
        yield Evidence(Clue.NOTHING_TO_TELL)


def _how(fits: Match, *, is_person: bool, is_of_several: bool) -> Evidence:
    says = fits.how.value if fits.how is How.EXACT else f"{fits.how.value} of {fits.name}"
    if fits.how is not How.IN_FULL:
        return Evidence(_CLUES[fits.how], says)
    if not is_person:
        return Evidence(Clue.SHORT_FOR_THING, says)
    return Evidence(Clue.SHORT_FOR_ONE_OF_THEM if is_of_several else Clue.SHORT_FOR_PERSON, says)
