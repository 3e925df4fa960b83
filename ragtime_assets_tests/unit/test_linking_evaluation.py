"""Scores of links: what counts as right, and what as covered."""

from __future__ import annotations

from ragtime_assets.domain.linking.evaluation import NONE, UNCLEAR, Judgement, ambiguous_persons, score

EXAMPLES = [
    Judgement("a", "a"),
    Judgement("a", "b", is_ambiguous=True, is_person=True),
    Judgement("b", None, is_ambiguous=True),
    Judgement("c", "c", is_ambiguous=True, is_person=True),
    Judgement(NONE, None),
    Judgement(NONE, "a"),
    Judgement(UNCLEAR, "a"),
    Judgement(UNCLEAR, None),
]


def test_what_is_linked_where_nobody_is_meant_or_nobody_can_tell_is_wrong() -> None:
    found = score(EXAMPLES)
    assert (found.names, found.there, found.linked, found.right, found.covered) == (8, 4, 5, 2, 3)
    assert (found.precision, found.coverage) == (0.4, 0.75)
    assert str(found) == "precision 0.400 (2 of 5 linked)  coverage 0.750 (3 of 4)  8 names"


def test_ambiguous_persons_are_counted_apart() -> None:
    assert [one.gold for one in ambiguous_persons(EXAMPLES)] == ["a", "c"]


def test_nothing_linked_is_nothing_wrong() -> None:
    assert (score([]).precision, score([]).coverage) == (1.0, 1.0)
