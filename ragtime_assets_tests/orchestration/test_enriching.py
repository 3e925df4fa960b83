"""QIDs in the background: the real job and its schedule, episode after episode, against a local Wikidata."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.knowledge.breaker import Breaker
from ragtime_assets.corpus.schema import entities
from ragtime_assets.orchestration.build import build_definitions
from ragtime_assets.orchestration.enriching import JOB, enrichment_schedule
from ragtime_assets.orchestration.resources import of_process
from ragtime_assets_tests.adapters import musicbrainz
from ragtime_assets_tests.fakes import FakeServiceTurns
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House

CITY = "Q515"


class LocalWikidata:
    """Knows a city for each of `names`, and remembers who was asked for."""

    def __init__(self, server: HTTPServer, *names: str) -> None:
        self.cities = {f"Q{number}": name for number, name in enumerate(names, 1_000)}
        self.searched: list[str] = []
        self.down = False
        server.expect_request("/w/api.php").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        if self.down:
            return Response("down for maintenance", 503)
        words = request.args
        if words["action"] == "wbsearchentities":
            self.searched.append(words["search"])
            found = [{"id": qid} for qid, name in self.cities.items() if name == words["search"]]
            return Response(json.dumps({"search": found}))
        if words["action"] == "query":
            return Response(json.dumps({"query": {"search": []}}))
        asked = words["ids"].split("|")
        return Response(json.dumps({"entities": {qid: self._entity(qid) for qid in asked}}))

    def _entity(self, qid: str) -> dict[str, Any]:
        if qid not in self.cities:
            return {"id": qid, "claims": {}}
        snak = {"datavalue": {"value": {"id": CITY}}}
        labels = {"en": {"value": self.cities[qid]}}
        return {"id": qid, "labels": labels, "claims": {"P31": [{"rank": "normal", "mainsnak": snak}]}}


@pytest.fixture
def wikidata(httpserver: HTTPServer) -> LocalWikidata:
    return LocalWikidata(httpserver, "Paris", "Liberchies", "London", "New York", "Fontainebleau")


@pytest.fixture
def house(tmp_path: Path, samples: str, httpserver: HTTPServer, wikidata: LocalWikidata) -> Iterator[House]:
    """An empty corpus that may ask the local Wikidata, and no MusicBrainz."""
    more = {"contact": "keeper@example.org", "wikidata_url": httpserver.url_for(""), "musicbrainz_url": "none"}
    with House.open(tmp_path, samples, **more) as house:
        house.studio.turns = FakeServiceTurns()
        yield house


def tick(house: House) -> dg.RunRequest | dg.SkipReason:
    """What the schedule says now."""
    resources = {name: house.resources[name] for name in ("kept", "knowledge")}
    with dg.build_schedule_context(instance=house.instance, resources=resources) as context:
        return enrichment_schedule(context)


def enrich(house: House) -> dg.ExecuteInProcessResult:
    """A run of the job."""
    return house.definitions.resolve_job_def(JOB).execute_in_process(instance=house.instance, raise_on_error=False)


def rows(house: House) -> list[sa.Row[Any]]:
    """The entities that are looked for."""
    types = list(house.studio.knowledge.item_types)
    with house.studio.database.reading() as connection:
        return list(connection.execute(sa.select(entities).where(entities.c.type.in_(types)).order_by(entities.c.id)))


def said(answer: object) -> str:
    """Why nothing is done."""
    assert isinstance(answer, dg.SkipReason)
    return str(answer.skip_message)


def read(house: House, page: str) -> None:
    """An episode, as far as it brings entities."""
    (key,) = house.submit(page)
    assert house.run(key, "episode_details", "audio_file", "transcript", "chunks", "entities", "entity_links").success


def looked_for(house: House, result: dg.ExecuteInProcessResult) -> int:
    (made,) = house.events(result, "ASSET_MATERIALIZATION")
    assert made.step_materialization_data.materialization.metadata
    return int(str(made.step_materialization_data.materialization.metadata["looked_for"].value))


def failure(house: House, result: dg.ExecuteInProcessResult) -> str:
    """Why a run failed."""
    return "\n".join(str(event.event_specific_data) for event in house.events(result, "STEP_FAILURE"))


def test_the_second_episode_s_entities_are_looked_for_as_the_first_s_were(
    house: House, wikidata: LocalWikidata
) -> None:
    assert said(tick(house)) == "no entity waits for a QID"
    total = 0
    for page in (CAPTIONED.page, UNCAPTIONED.page):
        read(house, page)
        new = [row for row in rows(house) if row.qid_status == "pending"]
        assert new
        assert isinstance(tick(house), dg.RunRequest)
        result = enrich(house)
        assert result.success, failure(house, result)
        assert looked_for(house, result) == len(new)
        total += len(new)
        assert {row.qid_status for row in rows(house)} == {"resolved", "not_found"}
        assert said(tick(house)) == "no entity waits for a QID"
    assert total == len(rows(house))
    assert max(Counter(wikidata.searched).values()) <= 2  # once in each of two languages


def test_the_daemon_finds_the_schedule_running_and_gets_runs_of_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the resources as a code server builds them, from the environment."""
    monkeypatch.setenv("RAGTIME_HOME", str(house.studio.settings.home))
    monkeypatch.setenv("RAGTIME_CONTACT", "keeper@example.org")
    of_process.cache_clear()
    definitions = build_definitions()
    schedule = definitions.resolve_schedule_def("enrichment_schedule")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    house.studio.enrichment.ask("ann")
    known = definitions.get_repository_def().get_top_level_resources()
    resources = {name: known[name] for name in schedule.required_resource_keys}
    with dg.build_schedule_context(instance=house.instance, resources=resources) as context:
        (request,) = schedule.evaluate_tick(context).run_requests or ()
    of_process().database.close()
    of_process.cache_clear()
    assert request.tags["dagster/priority"] == "-5"


def test_a_run_without_anybody_to_look_for_asks_nothing(house: House, wikidata: LocalWikidata) -> None:
    assert enrich(house).success
    assert wikidata.searched == []


def test_an_outage_is_no_attempt_and_the_next_run_goes_on(house: House, wikidata: LocalWikidata) -> None:
    read(house, CAPTIONED.page)
    wikidata.down = True
    house.studio.enrichment.ask("ann", retry_failed=True)
    house.studio.knowledge._wikidata.breaker._rest = 0  # another process would ask at once
    assert not enrich(house).success
    assert {(row.qid_status, row.qid_tries) for row in rows(house)} == {("pending", 0)}
    assert len(house.studio.enrichment.requests()) == 1
    assert "failed; the next one starts 10 minutes after it" in said(tick(house))
    wikidata.down = False
    assert enrich(house).success
    assert "pending" not in {row.qid_status for row in rows(house)}
    assert house.studio.enrichment.requests() == []


def test_a_request_to_retry_really_looks_again(house: House, wikidata: LocalWikidata) -> None:
    read(house, CAPTIONED.page)
    assert enrich(house).success
    missing = {row.name for row in rows(house) if row.qid_status == "not_found"}
    house.studio.enrichment.ask("ann", retry_failed=True)
    assert isinstance(tick(house), dg.RunRequest)
    result = enrich(house)
    assert looked_for(house, result) == len(missing)
    assert house.studio.enrichment.requests() == []


def test_a_limit_holds(house: House) -> None:
    read(house, CAPTIONED.page)
    before = len(rows(house))
    house.studio.enrichment.ask("ann", most=2)
    assert looked_for(house, enrich(house)) == 2
    assert sum(row.qid_status == "pending" for row in rows(house)) == before - 2


def test_one_run_at_a_time(house: House, wikidata: LocalWikidata) -> None:
    read(house, CAPTIONED.page)
    with house.studio.locks.hold(JOB, "another run"):
        assert enrich(house).success
    assert wikidata.searched == []


def test_without_a_contact_nothing_is_asked_and_it_is_said(
    tmp_path: Path, samples: str, httpserver: HTTPServer, wikidata: LocalWikidata
) -> None:
    with House.open(tmp_path, samples, wikidata_url=httpserver.url_for("")) as house:
        assert "RAGTIME_CONTACT is not set" in said(tick(house))
        assert not enrich(house).success
    assert wikidata.searched == []


def test_an_episode_whose_names_there_was_no_time_for_is_asked_for_when_they_were_looked_up(
    tmp_path: Path, samples: str, httpserver: HTTPServer
) -> None:
    answers = [Response("down", 503)]
    httpserver.expect_request(re.compile("/ws/2/.*")).respond_with_handler(lambda _request: answers[-1])
    more = {"contact": "keeper@example.org", "musicbrainz_url": httpserver.url_for(""), "wikidata_url": "none"}
    with House.open(tmp_path, samples, **more) as house:
        asked = house.studio.knowledge._musicbrainz
        forgiving = replace(asked, turns=FakeServiceTurns(), breaker=Breaker("musicbrainz", rest=0.0))
        house.studio.knowledge._musicbrainz = replace(forgiving, wait=lambda _seconds: None)
        (key,) = house.submit(CAPTIONED.page)
        assert "Wikidata is not asked" in said(tick(house))
        read(house, CAPTIONED.page)
        assert house.studio.late_names.is_waiting()
        assert isinstance(tick(house), dg.RunRequest)
        answers.append(musicbrainz.xml(""))
        result = enrich(house)
        assert result.success, failure(house, result)
        wanted = [one for one in house.studio.submissions.after(0, 10) if one.by == "lookups"]
        assert [(one.key, one.assets) for one in wanted] == [(key, ("entity_links", "search_index", "episode_report"))]
        assert "Wikidata is not asked" in said(tick(house))


def test_an_episode_s_names_get_their_mbids_and_qids_while_it_is_linked(
    tmp_path: Path, samples: str, httpserver: HTTPServer
) -> None:
    gid = musicbrainz.gid("Django Reinhardt")
    url = '<target id="1">https://www.wikidata.org/wiki/Q44122</target>'
    relation = f'<relation-list target-type="url"><relation type="wikidata">{url}</relation></relation-list>'
    artist = f'<artist id="{gid}" type="Person"><name>Django Reinhardt</name>{{}}</artist>'

    def answer(request: Request) -> Response:
        if request.path.endswith(gid):
            return musicbrainz.xml(artist.format(relation))
        found = artist.format("") if "Django" in request.args.get("query", "") else ""
        return musicbrainz.xml(f"<artist-list>{found}</artist-list>")

    httpserver.expect_request(re.compile("/ws/2/artist/.*")).respond_with_handler(answer)
    httpserver.expect_request(re.compile("/ws/2/.*")).respond_with_response(musicbrainz.xml(""))
    more = {"contact": "keeper@example.org", "musicbrainz_url": httpserver.url_for(""), "wikidata_url": "none"}
    with House.open(tmp_path, samples, **more) as house:
        house.studio.turns = FakeServiceTurns()
        read(house, CAPTIONED.page)
        assert ("Django Reinhardt", gid, "Q44122") in [(row.name, row.mbid, row.qid) for row in rows(house)]
