"""`ragtime names correct`: a rule for every transcript, priced before it is made, undone without a trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.tags import AGAIN_TAG
from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.corpus.names import known, learned
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House, copied
from ragtime_assets_tests.openai_server import openai_server, reader

FOLLOWS = list(PHASES[PHASES.index("transcript") :])


def plain(told: str) -> str:
    return " ".join(told.split())


def asked(house: House) -> list[tuple[str, list[str]]]:
    return [(one.key, list(one.assets or ())) for one in house.studio.submissions.after(0, 100)][1:]


def do_what_is_asked(house: House, key: str) -> None:
    assets = asked(house)[-1][1]
    assert house.run(key, *assets, tags={AGAIN_TAG: ",".join(assets)}).success


def transcript(house: House, key: str) -> Transcript:
    return house.studio.store.load(Transcript, key)[0]


@pytest.fixture(scope="module")
def listened(tmp_path_factory: pytest.TempPathFactory, samples: str) -> tuple[Path, str]:
    """The folder of a corpus with one episode that was listened to, to copy; and the episode's key."""
    folder = tmp_path_factory.mktemp("listened")
    with House.open(folder, samples) as house:
        (key,) = house.submit(UNCAPTIONED.page)
        assert house.run(key).success
        assert house.speech.heard == 1
    return folder, key


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, samples: str) -> Iterator[House]:
    """A corpus: empty, unless the test also asks for an episode that was `heard`."""
    if "heard" in request.fixturenames:
        copied(request.getfixturevalue("listened")[0], tmp_path)
    with House.open(tmp_path, samples) as house:
        yield house


@pytest.fixture
def heard(listened: tuple[Path, str]) -> str:
    """The key of an episode that was listened to, before anybody counted."""
    return listened[1]


def test_a_name_taught_once_is_right_everywhere_and_nothing_is_heard_again(
    house: House, terminal: Terminal, heard: str
) -> None:
    before, words = transcript(house, heard), transcript(house, heard).text.split()
    name = next(word for word in words if word.isalpha() and word.istitle() and len(word) > 4)
    told = plain(terminal.type("names", "correct", name, "Qwertzberg", "--yes"))
    assert f"'{name}' is written 'Qwertzberg'" in told
    assert "Touches 1 episode" in told
    assert "no speech, no model" in told
    assert asked(house) == [(heard, FOLLOWS)]
    do_what_is_asked(house, heard)
    assert house.speech.heard == 0
    after = transcript(house, heard)
    assert "Qwertzberg" in after.text
    assert name not in [word.strip(".,'s") for word in after.text.split()]
    assert {hit.passage.episode_key for hit in house.studio.index.search.look("Qwertzberg").passages} == {heard}
    assert any("Qwertzberg" in one.context for one in house.studio.store.load(Entities, heard)[0].mentions)
    assert house.status(heard).state == "ready"
    rules = json.loads(terminal.type("names", "list", "--json"))["rules"]
    assert [(one["heard"], one["written"]) for one in rules] == [(name, "Qwertzberg")]
    assert "Touches 1 episode" in plain(terminal.type("names", "undo", str(rules[0]["id"]), "--yes"))
    do_what_is_asked(house, heard)
    assert house.speech.heard == 0
    assert transcript(house, heard).digest() == before.digest()
    assert terminal.type("names", "list").startswith("No name was taught")


def test_an_episode_that_comes_later_is_written_right_from_the_start(house: House, terminal: Terminal) -> None:
    told = plain(terminal.type("names", "correct", "jazz", "Qwertz", "--yes"))
    assert "No episode is touched" in told
    assert asked(house) == []


def test_a_redo_hears_again_although_a_new_spelling_waits(house: House, terminal: Terminal, heard: str) -> None:
    name = next(word for word in transcript(house, heard).text.split() if word.isalpha() and len(word) > 6)
    terminal.type("names", "correct", name, "Qwertzberg", "--yes")
    terminal.type("redo", heard, "--from", "transcript")
    do_what_is_asked(house, heard)
    assert house.speech.heard == 1
    assert "Qwertzberg" in transcript(house, heard).text


def test_what_is_only_told_to_a_program_changes_nothing(house: House, terminal: Terminal, heard: str) -> None:
    name = next(word for word in transcript(house, heard).text.split() if word.isalpha() and len(word) > 6)
    told = json.loads(terminal.type("names", "correct", name, "Qwertzberg", "--json"))
    assert (told["done"], told["episodes"], told["phases"]) == (False, [heard], FOLLOWS)
    assert asked(house) == []
    assert json.loads(terminal.type("names", "list", "--json")) == {"rules": []}


def test_what_contradicts_or_is_no_name_or_no_rule_is_refused(house: House, terminal: Terminal) -> None:
    terminal.type("names", "correct", "Van Geller", "Van Gelder", "--yes")
    for words, said, remedy in (
        (("correct", "van  geller", "Van Helder"), "contradict", "names undo 1"),
        (("correct", "Van Gelder", "Van Geller"), "contradict", "names undo 1"),
        (("correct", "%", "x"), "cannot be a name", "letter or a digit"),
        (("correct", "x", "x"), "written so already", "what was heard"),
        (("undo", "7"), "no rule 7 is in force", "names list"),
    ):
        told = plain(terminal.type("names", *words, "--yes", code=2))
        assert said in told
        assert remedy in told
    assert len(house.studio.name_rules.in_force()) == 1


def test_what_a_model_read_is_spelled_anew_and_no_model_is_asked(
    terminal: Terminal, tmp_path: Path, samples: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with openai_server() as server:
        server.otherwise = reader
        reads = {f"{role}_model": "openai-chat:parrot" for role in ("summary", "entity", "link")}
        given = {**reads, "openai_base_url": server.url, "model_api_key": "sk-x"}
        monkeypatch.setenv("RAGTIME_HOME", str(tmp_path / "home"))
        with House.open(tmp_path, samples, **given) as house:
            (key,) = house.submit(CAPTIONED.page)
            assert house.run(key).success
            mentions = house.studio.store.load(Entities, key)[0].mentions
            assert {one.surface for one in mentions} == {"Reinhardt"}
            calls = len(server.asked)
            kind = mentions[0].type
            learned(house.studio.registry, *(known("Reinhart", number, kind) for number in (1, 2)))
            terminal.type("names", "correct", "Reinhardt", "Reinhart", "--yes")
            do_what_is_asked(house, key)
            assert (len(server.asked), house.speech.heard) == (calls, 0)
            again = house.studio.store.load(Entities, key)[0].mentions
            assert [one.start for one in again] == [one.start for one in mentions]
            assert {one.surface for one in again} == {"Reinhart"}
            links = house.studio.store.load(EntityLinks, key)[0]
            assert [(one.name, one.outcome == "linked", one.by) for one in links.decisions] == [
                ("Django Reinhart", False, "rule")
            ]
            assert "Reinhardt" not in transcript(house, key).text
            terminal.type("names", "undo", "1", "--yes")
            do_what_is_asked(house, key)
            assert (len(server.asked), house.speech.heard) == (calls, 0)
            assert house.studio.store.load(Entities, key)[0].mentions == mentions
