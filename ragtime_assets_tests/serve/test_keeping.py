"""The keeper's page: where everything stands, and what is done there, which only writes requests and decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import VERSION_TABLE
from ragtime_assets.domain.approving.approval import Approval
from ragtime_assets.domain.approving.policy import REASONS
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.domain.states import READY
from ragtime_assets.orchestration.failures import catching
from ragtime_assets.orchestration.looking import look
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.phases.audio.duplicates import claimed_before_audio
from ragtime_assets.serve.app import ACTIONS
from ragtime_assets.serve.doors import Doors
from ragtime_assets.serve.markup import told
from ragtime_assets.serve.page import View
from ragtime_assets.serve.pages.keep import BY
from ragtime_assets.serve.views import standing
from ragtime_assets.serve.views.episode import EpisodeView, unheard_view
from ragtime_assets.serve.views.keep import SHOWN, keep_view
from ragtime_assets.serve.views.standing import standing_view
from ragtime_assets.serve.wording import wording
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.fakes import details_of
from ragtime_assets_tests.house import House
from ragtime_assets_tests.serve.conftest import TOKEN, client_of, html_of_view

AT = datetime(2026, 1, 31, tzinfo=UTC)
QUIET = {"unwatched": None, "web_ui": "http://127.0.0.1:3000/runs"}


def unheard(status: EpisodeStatus, asked: Approval | None = None) -> View:
    return unheard_view(standing_view(status, asked=asked), status.url, has_report=True)


@dataclass(frozen=True)
class TakenBy:
    """Identities that another episode has."""

    key: str

    def claim(self, key: str, identities: Sequence[str]) -> str:
        return self.key


def status(number: int, state: str, error: PhaseFailure | None = None) -> EpisodeStatus:
    return EpisodeStatus(
        f"k{number}", "https://show.example/", f"Episode {number}", "Show", AT, state, "audio_file", error
    )


FAILURE = PhaseFailure(
    error_class="SourceGone",
    message="the server says <gone>",
    remedy="Open the URL in a browser.",
    cause="",
    permanent=True,
)


@pytest.fixture
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A corpus with one episode that waits for its run."""
    studio = Studio(OwnSettings(home=tmp_path_factory.mktemp("kept")))
    studio.submissions.submit([page_submission("https://show.example/one")], by="test")
    yield studio
    studio.database.close()


@pytest.fixture
def key(studio: Studio) -> str:
    """Its key."""
    return studio.submissions.episodes()[0].key


@pytest.fixture
def client(studio: Studio) -> Iterator[TestClient]:
    """Its pages, asked for by a program."""
    with client_of(studio) as client:
        client.headers["Accept"] = "application/json"
        yield client


def test_those_that_need_somebody_come_first_with_cause_and_remedy() -> None:
    found = [status(0, "ready"), status(1, "running"), status(2, "failed", FAILURE)]
    view = keep_view([standing_view(one, "http://127.0.0.1:3000/runs/r") for one in found], None, **QUIET)
    assert [one.state for one in view.states] == ["failed", "running", "ready"]
    html = html_of_view("keep.html", view)
    for shown in ("the server says &lt;gone&gt;", "Open the URL in a browser.", "/runs/r", 'action="/keep/retry"'):
        assert shown in html
    assert "Episode 0" not in html


@pytest.mark.parametrize("state", ["duplicate", "rejected"])
def test_what_wants_nobody_is_only_counted_until_it_is_asked_for(state: str) -> None:
    found = [standing_view(status(1, state))]
    ((listed,), (chosen,)) = (keep_view(found, only, **QUIET).states for only in (None, state))
    assert (listed.count, listed.episodes) == (1, ())
    assert len(chosen.episodes) == 1


def test_an_episode_that_is_ready_is_not_looked_at_until_it_is_asked_for(house: House, ready: str) -> None:
    assert not look(house.studio, None, counted=(READY,)).episodes
    with client_of(house.studio) as client:
        client.headers["Accept"] = "application/json"
        told, asked = (client.get(page).json() for page in ("/keep", f"/keep?state={READY}"))
    assert told["total"] == asked["total"] == 1
    assert [(one["state"], one["count"], one["episodes"]) for one in told["states"]] == [(READY, 1, [])]
    assert [one["key"] for one in asked["states"][0]["episodes"]] == [ready]


def test_one_state_is_shown_alone_beside_what_there_is_of_the_others() -> None:
    found = [standing_view(status(1, "failed", FAILURE)), standing_view(status(2, "running"))]
    states = keep_view(found, "running", **QUIET).states
    assert [(one.state, one.count, len(one.episodes)) for one in states] == [("failed", 1, 0), ("running", 1, 1)]


def test_an_episode_that_failed_before_it_was_heard_has_a_page_with_cause_and_remedy(
    client: TestClient, key: str
) -> None:
    told = client.get(f"/episodes/{key}").json()
    assert told["standing"]["state"] == "waiting"
    assert told["transcript"] is None
    html = html_of_view("episode.html", unheard(status(2, "failed", FAILURE)))
    for shown in ("Episode 2", "the server says &lt;gone&gt;", "Open the URL in a browser.", "/episodes/k2/report"):
        assert shown in html


def test_an_episode_that_waits_for_a_yes_says_why_and_what_it_costs() -> None:
    asked = Approval(1, "k1", "transcript", "c", "every episode is approved first", "1:00:00 of audio", AT)
    view = keep_view([standing_view(status(1, "waiting for approval"), asked=asked)], None, **QUIET)
    html = html_of_view("keep.html", view)
    assert "every episode is approved first; 1:00:00 of audio" in html
    assert 'action="/keep/approve"' in html
    assert 'action="/keep/reject"' in html


@pytest.mark.parametrize("word", REASONS)
def test_why_an_episode_waits_and_what_it_costs_is_told_in_german_and_exactly_below(word: str) -> None:
    asked = Approval(
        1, "k1", "transcript", "c", f"{REASONS[word]} $2.50", "1:00:00 of audio; about $2.56 (x $2.56)", AT
    )
    quiet = {**QUIET, "unwatched": "Dagster's daemon never ran"}
    view = keep_view([standing_view(status(1, "waiting for approval"), asked=asked)], None, **quiet)
    html = html_of_view("keep.html", view, "de")
    said, _, exactly = html.partition("<details")
    assert "Dagster sieht gerade nicht nach dem" in said
    for shown in (wording("de")(f"approval.{word}"), "1:00:00 Ton", "etwa $2.56"):
        assert shown in exactly
    assert REASONS[word].replace("'", "&#39;") in exactly


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("state", sorted(standing.ACTIONS))
def test_what_may_be_done_about_an_episode_is_done_on_its_own_page_too(state: str, language: str) -> None:
    for page in (unheard(status(1, state)), keep_view([standing_view(status(1, state))], state, **QUIET)):
        html = html_of_view("episode.html" if isinstance(page, EpisodeView) else "keep.html", page, language)
        for action in standing.ACTIONS[state]:
            assert f"/keep/{action}" in ACTIONS
            assert f'action="/keep/{action}"' in html
            assert wording(language)(f"keep.{action}") in html
        assert "KEY" not in html


def test_a_question_is_put_only_while_the_episode_waits_for_its_answer() -> None:
    asked = Approval(1, "k1", "transcript", "c", "every episode is approved first", "1:00:00 of audio", AT)
    assert "every episode is approved first" in html_of_view(
        "episode.html", unheard(status(1, "waiting for approval"), asked)
    )
    assert "every episode is approved first" not in html_of_view("episode.html", unheard(status(1, "running"), asked))


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_duplicate_leads_to_the_episode_that_it_is(language: str) -> None:
    with catching() as caught:
        claimed_before_audio("k1", page_submission("https://show.example/one"), details_of(), TakenBy("the-first"))
    assert caught.failure is not None
    html = html_of_view("episode.html", unheard(status(1, "duplicate", caught.failure)), language)
    assert 'href="/episodes/the-first"' in html
    assert wording(language)("same_as") in html


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_phase_at_which_an_episode_may_stop_is_told_in_words(language: str) -> None:
    for phase in PHASES:
        html = html_of_view("episode.html", unheard(replace(status(1, "failed"), phase=phase)), language)
        assert f"<span>{wording(language)(f'phase.{phase}')}</span>" in html


def test_commands_in_what_is_told_stand_apart_and_nothing_in_them_is_markup() -> None:
    assert told("`ragtime retry KEY` goes on", "a-1") == "<code>ragtime retry a-1</code> goes on"
    assert told("a `<b>` of KEY") == "a <code>&lt;b&gt;</code> of KEY"


def test_of_ten_thousand_failures_a_few_are_shown_and_all_are_counted() -> None:
    found = [standing_view(status(number, "failed", FAILURE)) for number in range(10_000)]
    (state,) = keep_view(found, None, **QUIET).states
    assert (state.count, len(state.episodes)) == (10_000, SHOWN)
    assert len(keep_view(found, "failed", **QUIET).states[0].episodes) > SHOWN


def test_a_program_submits_and_gets_the_key_at_once(client: TestClient, studio: Studio) -> None:
    answer = client.post("/keep/submit", json={"url": "https://show.example/two"})
    assert answer.status_code == 202
    assert answer.json()["new"]
    assert studio.submissions.episode(answer.json()["key"]).url == "https://show.example/two"
    again = client.post("/keep/submit", json={"url": "https://show.example/two"})
    assert (again.json()["key"], again.json()["new"]) == (answer.json()["key"], False)


@pytest.mark.parametrize("url", ["", "ftp://show.example/", "not a url", "file:///etc/passwd"])
def test_what_is_no_episode_is_refused_with_a_remedy(client: TestClient, url: str) -> None:
    answer = client.post("/keep/submit", json={"url": url})
    assert answer.status_code == 400
    assert answer.json()["remedy"]


def test_a_yes_is_written_down_with_who_said_it_and_asks_for_a_run(
    client: TestClient, studio: Studio, key: str
) -> None:
    studio.approvals.ask(key, "transcript", "c" * 64, "every episode is approved first", "1:00:00 of audio")
    assert client.post("/keep/approve", json={"key": key, "note": "go"}).json()["done"] == "approved"
    said = studio.approvals.newest([key])[key]
    assert (said.decision, said.by, said.note) == ("approved", BY, "go")
    refused = client.post("/keep/reject", json={"key": key})
    assert refused.status_code == 400
    assert "may be under way already" in refused.json()["message"]


def test_who_said_it_is_whom_the_proxy_names(studio: Studio, key: str) -> None:
    studio.approvals.ask(key, "transcript", "c" * 64, "every episode is approved first", "1:00:00 of audio")
    with client_of(studio, Doors(["127.0.0.1"], user_header="X-Forwarded-User")) as client:
        said = {"X-Forwarded-User": "ann", "Accept": "application/json"}
        assert client.post("/keep/approve", json={"key": key}, headers=said).status_code == 202
    assert studio.approvals.newest([key])[key].by == "ann"


def test_a_retry_is_one_more_request(client: TestClient, studio: Studio, key: str) -> None:
    before = len(studio.submissions.after(0, 100))
    assert client.post("/keep/retry", json={"key": key}).status_code == 202
    assert len(studio.submissions.after(0, 100)) == before + 1


def test_a_title_and_a_name_are_corrected(client: TestClient, studio: Studio, key: str) -> None:
    assert client.post("/keep/title", json={"key": key, "title": "Another"}).status_code == 202
    assert studio.corrections.of(key).title == "Another"
    assert client.post("/keep/name", json={"heard": "Van Geller", "written": "Van Gelder"}).status_code == 202
    assert [(one.heard, one.written) for one in studio.name_rules.in_force()] == [("Van Geller", "Van Gelder")]


@pytest.mark.parametrize("action", ["approve", "reject", "retry", "title"])
def test_nothing_is_done_for_an_episode_that_nobody_knows(client: TestClient, action: str) -> None:
    assert client.post(f"/keep/{action}", json={"key": "nobody", "title": "x"}).status_code == 400


def test_a_form_brings_one_back_and_tells_what_was_done(client: TestClient, studio: Studio, key: str) -> None:
    doors = Doors.of(studio.settings, "127.0.0.1")
    with client_of(studio, doors) as browser:
        done = browser.post("/keep/retry", data={"key": key, "mark": doors.form_mark})
        assert (done.status_code, done.headers["location"]) == (303, "/keep?done=retried")
        assert browser.post("/keep/retry", data={"key": key}).status_code == 403
        form = {"key": key, "mark": doors.form_mark}
        from_its_page = {"Referer": f"http://127.0.0.1:8080/episodes/{key}"}
        done = browser.post("/keep/retry", data=form, headers=from_its_page)
        assert done.headers["location"] == f"/episodes/{key}?done=retried"
        assert wording("en")("done.retried") in browser.get(done.headers["location"]).text
        assert 'role="status"' not in browser.get(f"/episodes/{key}?done=whatever").text.partition("<footer")[0]


def test_the_token_is_said_once_and_only_to_a_form_of_this_server(studio: Studio) -> None:
    doors = Doors(["127.0.0.1"], TOKEN)
    with client_of(studio, doors) as browser:
        wrong = browser.post("/enter", data={"token": "no", "mark": doors.form_mark, "to": "/keep"})
        assert wrong.status_code == 401
        assert not wrong.cookies
        right = browser.post("/enter", data={"token": TOKEN, "mark": doors.form_mark, "to": "//evil.example"})
        assert (right.status_code, right.headers["location"]) == (303, "/")
        assert "HttpOnly" in right.headers["set-cookie"]
        assert TOKEN not in right.headers["set-cookie"]
        assert browser.get("/keep").status_code == 200


def test_a_corpus_that_cannot_be_read_now_is_a_page_that_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    studio = Studio(OwnSettings(home=tmp_path_factory.mktemp("locked")))
    studio.database = Database("postgresql+psycopg2://nobody@127.0.0.1:9/none?connect_timeout=1")
    with client_of(studio) as browser:
        for path in ("/", "/shows", "/entities", "/episodes/a"):
            answer = browser.get(path)
            assert answer.status_code == 503, path
            assert "Not now" in answer.text
            assert "What to do:" in answer.text


def test_a_corpus_of_a_later_version_is_a_page_that_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    studio = Studio(OwnSettings(home=tmp_path_factory.mktemp("later")))
    with studio.database.writing() as connection:
        connection.exec_driver_sql(f"update {VERSION_TABLE} set version_num = '9999'")
    studio.database.close()
    later = Studio(studio.settings)
    with client_of(later) as browser:
        answer = browser.get("/")
        assert answer.status_code == 503
        assert "What to do:" in answer.text
    later.database.close()
