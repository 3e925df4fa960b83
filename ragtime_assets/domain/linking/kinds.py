"""Which types of entity a name of one type may mean: a tagger that says person may mean a musician."""

from __future__ import annotations

from collections.abc import Mapping

from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary

Kin = Mapping[str, frozenset[str]]


def kin_of(vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """By type, it, the wider types, and the narrower ones; people are people, whatever they do."""
    lines = lines_of(vocabulary)
    people = vocabulary.people
    return {
        key: frozenset(other for other in lines if other in lines[key] or key in lines[other] or {key, other} <= people)
        for key in lines
    }


def lines_of(vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """By type, it and all that it is a kind of."""
    wider = {type_.key: type_.kind_of for type_ in vocabulary.types}
    return {key: _line(key, wider) for key in wider}


def _line(key: str, wider: Mapping[str, str | None]) -> frozenset[str]:
    """A type, and all that it is a kind of."""
    found: dict[str, None] = {}
    at: str | None = key
    while at is not None and at not in found:
        found[at] = None
        at = wider.get(at)
    return frozenset(found)
