"""`ragtime entities merge` and the like: each says what it touches and costs, and asks for exactly that."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import House

AGAIN = ["entity_links", "search_index", "episode_report"]


def requests(house: House) -> list[tuple[str, list[str]]]:
    return [(one.key, list(one.assets or ())) for one in house.studio.submissions.after(0, 100)][1:]


def found(terminal: Terminal, name: str) -> list[dict[str, Any]]:
    return json.loads(terminal.type("entities", "find", name, "--json"))["entities"]


def plain(told: str) -> str:
    return " ".join(told.split())


@pytest.fixture
def django(terminal: Terminal, ready: str) -> str:
    """The id of somebody whom the finished episode names."""
    return found(terminal, "Django Reinhardt")[0]["entity_id"]


@pytest.fixture
def grappelli(terminal: Terminal, ready: str) -> str:
    """The id of somebody else whom it names."""
    return found(terminal, "Grappelli")[0]["entity_id"]


def test_whoever_is_named_is_found_and_shown_with_every_moment(
    house: House, terminal: Terminal, ready: str, django: str
) -> None:
    assert "Django Reinhardt, musician, 1 episode" in terminal.type("entities", "find", "reinhardt")
    shown = json.loads(terminal.type("entities", "show", django, "--json"))
    mentions, _ = house.studio.store.load(Entities, ready)
    said = [(one.start, one.context) for one in mentions.mentions if one.name == "Django Reinhardt"]
    assert [(one["start"], one["sentence"]) for one in shown["moments"]] == said
    assert {one["episode_key"] for one in shown["moments"]} == {ready}
    told = terminal.type("entities", "show", "Django Reinhardt")
    assert django in told
    assert said[0][1][:30] in plain(told)
    assert max(map(len, told.splitlines())) <= 80


def test_nobody_is_found_where_nobody_is_called_so(terminal: Terminal, ready: str, house: House) -> None:
    assert terminal.type("entities", "find", "Xyzzy Qwertz") == "Nobody and nothing is called so.\n"
    assert found(terminal, "%") == []
    assert "no entity has the id or the name" in plain(terminal.type("entities", "show", "%", code=2))


def test_a_merge_is_told_and_priced_and_asks_for_what_it_touches(
    house: House, terminal: Terminal, ready: str, django: str, grappelli: str
) -> None:
    told = plain(terminal.type("entities", "merge", grappelli, django, "--yes"))
    assert "Stéphane Grappelli becomes Django Reinhardt. " in told
    assert "Touches 1 episode; made again for it: entity_links, search_index, episode_report." in told
    assert "no speech, no model" in told
    assert requests(house) == [(ready, AGAIN)]
    heard = house.speech.heard
    assert house.run(ready, *AGAIN).success
    assert house.speech.heard == heard
    shown = json.loads(terminal.type("entities", "show", django, "--json"))
    assert "Stéphane Grappelli" in {one["name"] for one in shown["decisions"]}
    hits = house.studio.index.search.look("Grappelli").passages
    assert all("Stéphane Grappelli" not in hit.passage.entities for hit in hits)
    assert house.status(ready).state == "ready"
    assert "stands for itself again" in plain(terminal.type("entities", "unmerge", grappelli, "--yes"))


def test_whoever_says_no_or_asks_as_a_program_without_a_yes_has_changed_nothing(
    house: House, terminal: Terminal, ready: str, django: str, grappelli: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(terminal.type("entities", "merge", grappelli, django, "--json"))
    assert (told["done"], told["episodes"], told["phases"]) == (False, [ready], AGAIN)
    assert told["cost"]["speech"] is False
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert "Do it?" in terminal.type("entities", "merge", grappelli, django, code=1)
    assert requests(house) == []
    assert json.loads(terminal.type("entities", "merge", grappelli, django, "--json", "--yes"))["done"] is True
    assert requests(house) == [(ready, AGAIN)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("link", "Grappelli", "{django}", "--episode", "{ready}", "--type", "musician"), "means Django Reinhardt"),
        (("unlink", "Stéphane Grappelli"), "means no entity in every episode"),
        (("alias", "{django}", "--add", "Stéphane Grappelli"), "is also called"),
        (("type", "{django}", "person"), "is a person, not a musician"),
        (("split", "{django}", "--name", "Django Reinhardt", "--episode", "{ready}", "--is", "a cat"), "apart from"),
    ],
)
def test_each_correction_is_told_and_asks_for_the_episodes_it_touches(
    house: House, terminal: Terminal, ready: str, django: str, words: tuple[str, ...], said: str
) -> None:
    typed = [word.format(django=django, ready=ready) for word in words]
    told = plain(terminal.type("entities", *typed, "--yes"))
    assert said in told
    assert "Done" in told


@pytest.mark.parametrize(
    ("words", "said", "remedy"),
    [
        (("merge", "no-such", "{django}"), "no entity has the id or the name 'no-such'", "entities find"),
        (("unmerge", "{django}"), "was not merged", "split"),
        (("split", "{django}", "--name", "Django Reinhardt"), "is no alias", "--episode"),
        (("alias", "{django}"), "alias wants one name", "--add"),
        (("alias", "{django}", "--remove", "'; drop table entities"), "is no alias", "lists its aliases"),
        (("link", "%", "{django}", "--episode", "{ready}"), "is not said in", "entities find"),
        (("type", "{django}", "planet"), "is no type", "musician"),
        (("unlink", "Django Reinhardt", "--withdraw"), "nobody said", "entities show"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_do(
    house: House, terminal: Terminal, ready: str, django: str, words: tuple[str, ...], said: str, remedy: str
) -> None:
    told = plain(
        terminal.type("entities", *(word.format(django=django, ready=ready) for word in words), "--yes", code=2)
    )
    assert said in told
    assert remedy in told
    assert requests(house) == []


def test_every_correction_is_an_example_that_the_rules_are_measured_on(
    house: House, terminal: Terminal, ready: str, django: str
) -> None:
    told = json.loads(terminal.type("entities", "evaluate", "--json"))
    assert told["corrections"]["all"]["names"] == 0
    assert told["examples"]["all"]["names"] == told["examples_in_lower_case"]["all"]["names"] > 100
    assert told["examples"]["all"]["precision"] > 0.9
    terminal.type("entities", "unlink", "Stéphane Grappelli", "--yes")
    assert house.run(ready, *AGAIN).success
    told = json.loads(terminal.type("entities", "evaluate", "--json"))
    assert told["corrections"]["all"]["names"] == 1
    shown = plain(terminal.type("entities", "evaluate"))
    assert "precision" in shown
    assert "0 names decided otherwise than by the rules of before" in shown
