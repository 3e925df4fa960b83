"""Wikidata's action API, against a local server that answers as it documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.knowledge.answers import KeptAnswers
from ragtime_assets.adapters.knowledge.breaker import Breaker
from ragtime_assets.adapters.knowledge.service import PublicService
from ragtime_assets.adapters.knowledge.wikidata import Wikidata
from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.linking.items import Item
from ragtime_assets.errors import InvalidContent, SourceUnavailable
from ragtime_assets_tests.fakes import FakeServiceTurns

MBID = "2f3f6e0a-7e0c-4b57-9b6d-5e8b3f5f1c01"
MAXLAG = {"error": {"code": "maxlag", "info": "Waiting for 10.64.16.5: 6.2 seconds lagged.", "lag": 6.2}}


def claim(value: object, rank: str = "normal") -> dict[str, Any]:
    """A statement, as the API has it."""
    return {"rank": rank, "mainsnak": {"snaktype": "value", "datavalue": {"value": value}}}


def entity(qid: str, name: str, **claims: list[dict[str, Any]]) -> dict[str, Any]:
    """An item, as the API has it."""
    labels = {"en": {"language": "en", "value": name}}
    return {"id": qid, "type": "item", "labels": labels, "aliases": {}, "claims": claims}


def item(qid: str) -> dict[str, Any]:
    """The value that names an item."""
    return {"entity-type": "item", "id": qid}


EVANS = entity(
    "Q214013",
    "Bill Evans",
    P31=[claim(item("Q5"))],
    P106=[claim(item("Q15981151")), claim(item("Q1")), claim(item("Q2"), "deprecated"), {"rank": "normal"}],
    P434=[claim(MBID), claim("no id at all")],
    P569=[claim({"time": "+1929-08-16T00:00:00Z", "precision": 11})],
    P570=[claim({"time": "+1980-09-15T00:00:00Z", "precision": 11})],
) | {"aliases": {"en": [{"language": "en", "value": "William John Evans"}], "ja": "odd"}}


class Setup:
    """The adapter, and what it is made of."""

    def __init__(self, server: HTTPServer, folder: Path) -> None:
        self.now = 1_000_000.0
        self.waits: list[float] = []
        self.turns = FakeServiceTurns()
        self.asked: list[Mapping[str, str]] = []
        self.agents: set[str] = set()
        here = f"{server.host}:{server.port}"
        http = GuardedHttp((here,), user_agent="ragtime-assets/1 (me@example.org)", limits=HttpLimits(20_000))
        service = PublicService(
            "wikidata", http, self.turns, 0.2, Breaker("Wikidata", clock=lambda: self.now), wait=self.waits.append
        )
        kept = KeptAnswers(folder, days=7, clock=lambda: self.now)
        self.wikidata = Wikidata(service, f"http://{here}", kept, Deadline(60))

    def answer(self, server: HTTPServer, answer: Callable[[Mapping[str, str]], object]) -> None:
        """Let the server give what `answer` says of a question."""

        def give(request: Request) -> Response:
            self.asked.append(request.args)
            self.agents.add(request.headers["User-Agent"])
            found = answer(request.args)
            return (
                found if isinstance(found, Response) else Response(json.dumps(found), content_type="application/json")
            )

        server.expect_request("/w/api.php").respond_with_handler(give)


@pytest.fixture
def setup(httpserver: HTTPServer, tmp_path: Path) -> Setup:
    return Setup(httpserver, tmp_path / "answers")


def entities(*known: dict[str, Any]) -> Callable[[Mapping[str, str]], object]:
    """What wbgetentities answers."""
    by_id = {one["id"]: one for one in known}

    def answer(words: Mapping[str, str]) -> object:
        asked = words["ids"].split("|")
        assert len(asked) <= 50
        return {"entities": {qid: by_id.get(qid, {"id": qid, "missing": ""}) for qid in asked}, "success": 1}

    return answer


def test_an_item_says_what_it_is(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, entities(EVANS))
    assert setup.wikidata.items(["Q214013", "Q404", "Q1 or 1=1", ""]) == {
        "Q214013": Item(
            qid="Q214013",
            names=("Bill Evans", "William John Evans"),
            classes=("Q5",),
            occupations=("Q15981151", "Q1"),
            mbids=(MBID,),
            begin=1929,
            end=1980,
        )
    }


def test_every_question_says_who_asks_and_lets_a_busy_service_refuse(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, entities(EVANS))
    setup.wikidata.items(["Q214013"])
    assert setup.agents == {"ragtime-assets/1 (me@example.org)"}
    assert [words["maxlag"] for words in setup.asked] == ["5"]
    assert setup.turns.taken == ["wikidata"]


def test_items_are_asked_for_fifty_at_a_time_each_once_in_seven_days(setup: Setup, httpserver: HTTPServer) -> None:
    qids = [f"Q{number}" for number in range(1, 121)]
    setup.answer(httpserver, entities(*(entity(qid, "x") for qid in qids)))
    assert len(setup.wikidata.items([*qids, *qids])) == 120
    assert len(setup.asked) == 3
    setup.now += 6 * 86_400
    assert len(setup.wikidata.items(qids[:60])) == 60
    assert len(setup.asked) == 3
    setup.now += 2 * 86_400
    setup.wikidata.items(qids[:60])
    assert len(setup.asked) == 5


def test_items_that_say_too_much_together_are_asked_for_in_halves(setup: Setup, httpserver: HTTPServer) -> None:
    long = [entity(f"Q{number}", "x" * 3_000) for number in range(1, 11)]
    endless = entity("Q11", "x" * 30_000)
    setup.answer(httpserver, entities(*long, endless))
    assert set(setup.wikidata.items([f"Q{number}" for number in range(1, 12)])) == {one["id"] for one in long}


def test_an_item_that_was_merged_is_the_one_it_became(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, lambda _: {"entities": {"Q900": EVANS}})
    assert setup.wikidata.items(["Q900"])["Q900"].qid == "Q214013"


def test_a_search_gives_ids_in_their_order_and_nothing_else(setup: Setup, httpserver: HTTPServer) -> None:
    rows = [
        {"id": "Q214013"},
        {"id": "Q863514"},
        {"id": "Q172}]} Explanation"},
        {"id": "L12"},
        {},
        "x",
        {"id": "Q863514"},
    ]
    setup.answer(httpserver, lambda _: {"search": rows})
    assert setup.wikidata.search("  Bill\nEvans ", "en") == ("Q214013", "Q863514")
    assert setup.wikidata.search("Bill Evans", "en") == ("Q214013", "Q863514")
    assert [(words["search"], words["language"], words["type"]) for words in setup.asked] == [
        ("Bill Evans", "en", "item")
    ]


@pytest.mark.parametrize("name", ["", " ", "\x00\u202e"])
def test_what_is_no_name_is_not_asked_for(setup: Setup, httpserver: HTTPServer, name: str) -> None:
    setup.answer(httpserver, lambda _: {})
    assert (setup.wikidata.search(name, "en"), setup.asked) == ((), [])


def test_a_name_of_three_hundred_characters_is_asked_for_in_short(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, lambda _: {"search": []})
    assert setup.wikidata.search("x" * 300, "en") == ()
    assert len(setup.asked[0]["search"]) <= 250


def test_mbids_are_looked_for_by_the_property_of_their_table(setup: Setup, httpserver: HTTPServer) -> None:
    mbids = [f"{number:08d}-7e0c-4b57-9b6d-5e8b3f5f1c01" for number in range(8)]
    setup.answer(httpserver, lambda _: {"query": {"search": [{"ns": 0, "title": "Q214013"}]}})
    assert setup.wikidata.with_mbids("label", [*mbids, "no id"]) == ("Q214013", "Q214013")
    assert [words["srsearch"].count("P966=") for words in setup.asked] == [6, 2]
    assert all(len(words["srsearch"]) <= 300 for words in setup.asked)
    assert setup.wikidata.with_mbids("galaxy", mbids) == ()


@pytest.mark.parametrize(
    ("busy", "wait"),
    [
        (Response(json.dumps(MAXLAG), 200, {"Retry-After": "7"}), 7.0),
        (Response(json.dumps(MAXLAG), 200), 5.0),
        (Response("Too many requests", 429, {"Retry-After": "3"}), 3.0),
    ],
    ids=["maxlag", "maxlag without Retry-After", "429"],
)
def test_a_busy_service_is_asked_again_after_the_time_that_it_names(
    setup: Setup, httpserver: HTTPServer, busy: Response, wait: float
) -> None:
    answers = [busy, {"search": [{"id": "Q5"}]}]
    setup.answer(httpserver, lambda _: answers.pop(0))
    assert setup.wikidata.search("Bill Evans", "en") == ("Q5",)
    assert setup.waits == [wait]
    assert setup.turns.held_off == [("wikidata", wait)]


def test_a_ban_is_heard_by_all_and_nobody_asks_again(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, lambda _: Response("Too many requests", 429, {"Retry-After": "900"}))
    for _ in range(3):
        with pytest.raises(SourceUnavailable):
            setup.wikidata.search("Bill Evans", "en")
    assert (len(setup.asked), setup.turns.held_off, setup.waits) == (1, [("wikidata", 900.0)], [])


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_address_at_which_nothing_is_says_nothing_of_whom_was_asked_about(
    setup: Setup, httpserver: HTTPServer, status: int
) -> None:
    setup.answer(httpserver, lambda _: Response("", status))
    with pytest.raises(SourceUnavailable, match="no answer that can be used"):
        setup.wikidata.search("Bill Evans", "en")


@pytest.mark.parametrize("body", ["<!DOCTYPE html><html></html>", "", "[]", '"x"', "[" * 5_000, "{"])
def test_an_answer_that_is_none_is_an_outage_and_is_not_kept(setup: Setup, httpserver: HTTPServer, body: str) -> None:
    bad = [Response(body)] * 3
    setup.answer(httpserver, lambda _: bad.pop() if bad else {"search": [{"id": "Q5"}]})
    with pytest.raises(SourceUnavailable):
        setup.wikidata.search("Bill Evans", "en")
    setup.now += 61
    assert setup.wikidata.search("Bill Evans", "en") == ("Q5",)


def test_a_question_that_is_refused_is_no_outage(setup: Setup, httpserver: HTTPServer) -> None:
    setup.answer(httpserver, lambda _: {"error": {"code": "unknown_language", "info": "xx"}})
    for _ in range(2):  # others are asked as before
        with pytest.raises(InvalidContent, match="unknown_language"):
            setup.wikidata.search("Bill Evans", "xx")
    assert len(setup.asked) == 2


@pytest.mark.parametrize(
    "odd", [{}, {"entities": []}, {"entities": {"Q5": None}}, {"entities": {"Q5": {"id": "Q5", "claims": []}}}]
)
def test_a_shape_that_is_not_documented_says_nothing(setup: Setup, httpserver: HTTPServer, odd: object) -> None:
    setup.answer(httpserver, lambda _: odd)
    assert [one.classes for one in setup.wikidata.items(["Q5"]).values()] in ([], [()])
