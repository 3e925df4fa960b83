"""One piece of evidence, and the kinds that there are: each has a weight of its own in `data/weights.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum, auto
from functools import cache
from pathlib import Path
from typing import NamedTuple

_DATA = Path(__file__).parent / "data" / "weights.toml"


class Clue(StrEnum):
    """What speaks for an entity or against it; why is written beside each weight."""

    EXACT = auto()
    ALIAS = auto()
    LOOSE = auto()
    SHORT_FOR_PERSON = auto()
    SHORT_FOR_ONE_OF_THEM = auto()
    SHORT_FOR_THING = auto()
    INITIAL = auto()
    NICKNAME = auto()
    SOUND = auto()
    NEAR = auto()
    SURNAME = auto()
    FIRST_NAME = auto()
    ONE_WORD = auto()
    PERSON = auto()
    NAMESAKES = auto()
    NOTHING_TO_TELL = auto()
    CONTESTED = auto()
    OTHER_KIND_OF_PERSON = auto()
    NARROWER_TYPE = auto()
    OTHER_TYPE = auto()
    KNOWN = auto()
    CAPITAL = auto()
    SAID_IN_FULL = auto()
    RELATED_NEAR = auto()
    MORE_RELATED_NEAR = auto()
    RELATED_WORD_NEAR = auto()
    PART_OF_RELATED_NEAR = auto()
    RELATED_SOON = auto()
    RELATED = auto()
    MORE_RELATED = auto()
    NAMED_BY = auto()
    THROUGH = auto()
    IN_COMPANY = auto()
    OUT_OF_PLACE = auto()
    IN_COMPANY_SOON = auto()
    ROLE_BESIDE = auto()
    ROLE_NEAR = auto()
    ROLE_SOMEWHERE = auto()
    OTHER_ROLE = auto()
    ROLE_DENIED = auto()
    KIND_BESIDE = auto()
    KIND_NEAR = auto()
    OTHER_KIND = auto()
    TOPIC_NEAR = auto()
    TALK_TOPIC = auto()
    OTHER_TALK_TOPIC = auto()
    WORD_NEAR = auto()
    WORD_SOMEWHERE = auto()
    KIN_BESIDE = auto()
    KIN_NEAR = auto()
    AREA_NEAR = auto()
    AREA = auto()
    NATION_NEAR = auto()
    OTHER_NATION = auto()
    BORN_OR_DIED = auto()
    OTHER_BIRTH_OR_DEATH = auto()
    IN_LIFETIME = auto()
    BEFORE_BEGIN = auto()
    AS_A_CHILD = auto()
    LONG_DEAD = auto()
    YEAR_OF_WORK = auto()
    OTHER_YEAR_OF_WORK = auto()
    TAKES_PART = auto()
    TAKES_PART_DEAD = auto()
    DEAD_TODAY = auto()
    INTRODUCED = auto()
    CALLED_SO = auto()
    ADDRESSED = auto()
    OURS = auto()
    EVERYDAY = auto()
    EVERYDAY_PLACE = auto()
    EVERYDAY_TALK = auto()
    OWN_LIFE = auto()
    AGED = auto()
    FROM_ELSEWHERE = auto()
    SAID_TO_BE_ANOTHER = auto()
    UNSURE = auto()
    SPELLED_OUT = auto()


class Evidence(NamedTuple):
    """A clue, and how people read it."""

    clue: Clue
    says: str = ""
    """Nothing where it needs no words."""
    times: float = 1.0
    is_near: bool = False
    """Whether it is said where the name is."""


@cache
def weights() -> Mapping[Clue, float]:
    """How much each clue counts, in log-odds."""
    return {Clue(name): float(weight) for name, weight in tomllib.loads(_DATA.read_text(encoding="utf-8")).items()}
