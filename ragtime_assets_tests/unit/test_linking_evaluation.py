"""Scores of links: what counts as right, and what as covered."""

from __future__ import annotations

from pathlib import Path

from ragtime_assets.domain.linking.evaluation import NONE, UNCLEAR, Judgement, ambiguous_persons, score
from ragtime_assets.domain.linking.examples import read_episodes, read_knowledge

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


LABELLED = """
[[entity]]
id = "m1"
type = "band"
name = "Gateway"
related = ["Dave Holland"]

[[episode]]
title = "Three of us"
show = "Blue notes"
language = "de"
year = 1976
persons = ["Ann"]
[[episode.name]]
type = "band"
name = "Gateway"
gold = "m1"
surfaces = [
  { surface = "Gateways", text = "Gateways Platte", start = 7 },
  { surface = "Gateway", text = "Gateway spielt" },
]
"""


def test_labelled_names_are_read_with_what_is_said_around_them(tmp_path: Path) -> None:
    file = tmp_path / "names.toml"
    file.write_text(LABELLED)
    (entity,) = read_knowledge(file)
    assert (entity.type, entity.mbid, entity.name, entity.related) == (
        "musical_group",
        "m1",
        "Gateway",
        ("Dave Holland",),
    )
    ((talk, (example,)),) = read_episodes(file)
    assert (talk.language, talk.year, talk.persons, talk.about) == ("de", 1976, ("Ann",), ("Three of us", "Blue notes"))
    assert talk.said == {example.name: example.said}
    assert (example.name.type, example.name.name, example.gold) == ("musical_group", "Gateway", "m1")
    assert example.said.surfaces == ("Gateways", "Gateway")
    assert example.said.contexts == ("Gateways Platte", "Gateway spielt")
    assert example.said.seconds == (7.0,)


def test_labelled_names_are_read_without_their_capitals_where_that_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "names.toml"
    file.write_text(LABELLED)
    ((_, (example,)),) = read_episodes(file, lower=True)
    said = example.said
    assert (example.name.name, said.surfaces[0], said.contexts[0]) == ("gateway", "gateways", "gateways platte")
