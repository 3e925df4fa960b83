"""Evidence from years: whether what is said with a name fits the life of a person, a band, or the year of a work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragtime_assets.domain.linking.clue import Clue, Evidence
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.roles import words_of
from ragtime_assets.domain.linking.said_years import SaidYear, said_years
from ragtime_assets.domain.linking.talk import Said, Talk

_CLEAREST = (
    *(Clue.OTHER_BIRTH_OR_DEATH, Clue.BEFORE_BEGIN, Clue.AS_A_CHILD),
    *(Clue.BORN_OR_DIED, Clue.YEAR_OF_WORK, Clue.IN_LIFETIME, Clue.LONG_DEAD, Clue.OTHER_YEAR_OF_WORK),
)
_GROWN_UP = 12
_EARLY = 1
"""A record is made the year before it comes out."""


def years(said: Said, entity: KnownEntity, *, is_person: bool) -> Iterator[Evidence]:
    """The clearest of what the sentences say: a year that it cannot be before one that it may be."""
    if entity.begin is None and entity.end is None:
        return
    found = [one for words in said.words for one in _of(words, entity, is_person=is_person)]
    if found:
        yield min(found, key=lambda one: _CLEAREST.index(one.clue))


def _of(words: Sequence[str], entity: KnownEntity, *, is_person: bool) -> Iterator[Evidence]:
    named = said_years(words)
    begin, end = entity.begin, entity.end
    if not named:
        return
    if is_person and begin and len(named) == 1 and words_of("born") & set(words):
        yield _matching(named[0], begin, "born")
    elif is_person and end and len(named) == 1 and words_of("died") & set(words):
        yield _matching(named[0], end, "died")
    elif begin and all(_latest(one) < begin - _EARLY for one in named):
        yield Evidence(
            Clue.BEFORE_BEGIN, f"began in {begin}, after {_shown(named)}, which is said with it", is_near=True
        )
    elif is_person and begin and all(_latest(one) < begin + _GROWN_UP for one in named):
        yield Evidence(
            Clue.AS_A_CHILD, f"born in {begin}, and a child in {_shown(named)}, which is said with it", is_near=True
        )
    elif end and all(_earliest(one) > end + 1 for one in named):
        yield Evidence(Clue.LONG_DEAD, f"ended in {end}, before {_shown(named)}, which is said with it", is_near=True)
    elif is_person or end:
        yield Evidence(Clue.IN_LIFETIME, f"was there in {_shown(named)}, which is said with it", is_near=True)
    elif begin and any(_is_in(begin, one) for one in named):
        yield Evidence(Clue.YEAR_OF_WORK, f"is of {begin}, which is said with it", is_near=True)
    elif begin and all(one[0].first == one[0].last for one in named):
        yield Evidence(Clue.OTHER_YEAR_OF_WORK, f"is of {begin}, and {_shown(named)} is said with it", is_near=True)


def dead_today(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Evidence]:
    """Who is said to do something now is alive: "John Lewis says that we are late"."""
    if talk.year is None or entity.end is None or entity.end >= talk.year - 1:
        return
    if any(words_of("doing") & set(one.after[:1]) and not one.is_apposed for one in said.beside):
        yield Evidence(Clue.DEAD_TODAY, f"is said to be doing something, and ended in {entity.end}", is_near=True)


def credited(said: Said, entity: KnownEntity, talk: Talk) -> Iterator[Evidence]:
    """Who takes part in the episode was alive then."""
    if talk.year is None or key(said.name.name) not in talk.credited:
        return
    if (entity.end and entity.end < talk.year - 1) or (entity.begin and entity.begin > talk.year):
        yield Evidence(Clue.TAKES_PART_DEAD, f"takes part in an episode of {talk.year}, and was not alive")
    else:
        yield Evidence(Clue.TAKES_PART, "takes part in this episode")


def _matching(named: SaidYear, year: int, what: str) -> Evidence:
    if _is_in(year, named):
        return Evidence(Clue.BORN_OR_DIED, f"{what} in {year}, as is said", is_near=True)
    return Evidence(Clue.OTHER_BIRTH_OR_DEATH, f"{what} in {year}, and {_shown([named])} is said", is_near=True)


def _is_in(year: int, named: SaidYear) -> bool:
    return any(span.first <= year <= span.last for span in named)


def _latest(named: SaidYear) -> int:
    return max(span.last for span in named)


def _earliest(named: SaidYear) -> int:
    return min(span.first for span in named)


def _shown(named: Sequence[SaidYear]) -> str:
    return str(named[0][0].first)
