"""What readers are told when the corpus is locked, migrated, forgotten or asked for too much, in their language."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from ragtime_assets import errors
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import VERSION_TABLE
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.states import STATES
from ragtime_assets.orchestration.standing import RUN_FAILED
from ragtime_assets.serve import wording as words
from ragtime_assets.serve.faults import FaultView, fault
from ragtime_assets.serve.markup import told
from ragtime_assets.serve.views.standing import Standing, told_of
from ragtime_assets.serve.wording import wording
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.serve.conftest import client_of, html_of_view

PAGES = ("/", "/search?q=jazz", "/shows", "/entities", "/episodes/a", "/keep", "/ask?q=jazz")
CLASSES = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.RagtimeError)]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A corpus with one episode that waits for its run, which does not wait long for what others have locked."""
    studio = Studio(OwnSettings(home=tmp_path, podcast_indexes=(), browser="off"))
    studio.submissions.submit([page_submission("https://show.example/one")], by="test")
    studio.database.close()
    studio = Studio(studio.settings)
    studio.database = Database(studio.settings.corpus_url, busy_seconds=0.05)
    yield studio
    studio.database.close()


def standing(state: str, error: str | None = None, why: str | None = None) -> Standing:
    return Standing(
        key="k",
        title="T",
        show=None,
        state=state,
        means=STATES[state],
        phase="summary" if error else None,
        error=error,
        why=why,
        remedy="Do this." if why else None,
        run=None,
    )


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_is_told_in_german_and_exactly_in_english_below(kind: type[errors.RagtimeError]) -> None:
    view = fault(kind("it broke <here>", remedy="Do this.")).view
    said = wording("de").of_error(kind.__name__)
    assert said is not None
    german = html_of_view("fault.html", view, "de")
    assert f'dir="auto">{told(said.says)}</p>' in german
    assert told(said.remedy) in german
    assert '<details lang="en">' in german
    assert "it broke &lt;here&gt;" in german
    assert "<details" not in html_of_view("fault.html", view, "en")


@pytest.mark.parametrize("error", [HTTPException(404), HTTPException(410), HTTPException(403), ValueError("secret")])
def test_what_is_no_error_of_the_corpus_is_told_in_german_too(error: Exception) -> None:
    view = fault(error).view
    assert isinstance(view, FaultView)
    said = wording("de").of_error(view.error)
    assert said is not None
    html = html_of_view("fault.html", view, "de")
    assert said.says in html
    assert "secret" not in html


def test_no_german_is_written_for_an_error_that_does_not_exist() -> None:
    path = Path(words.__file__).parent / "words" / "errors.de.toml"
    names = set(tomllib.loads(path.read_text(encoding="utf-8")))
    ours = {"NotFound", "Forgotten", "Refused", "Defect", "Unfinished", RUN_FAILED.error_class}
    assert names == {one.__name__ for one in CLASSES} | ours


def test_where_an_episode_stands_is_told_in_german_in_every_state() -> None:
    said = wording("de")
    assert {name.removeprefix("means.") for name in said.names if name.startswith("means.")} == set(STATES)
    html = html_of_view("fault.html", fault(HTTPException(404)).view, "de")
    assert "there is no such page" in html.partition("<details")[2]


def test_a_complete_episode_tells_that_making_it_anew_failed() -> None:
    failed = standing("failed", "BudgetSpent", "the budget of summaries is spent")
    assert told_of(failed, is_complete=True) == failed
    assert told_of(standing("ready"), is_complete=True) is None
    assert told_of(standing("history unreachable"), is_complete=True) is None
    assert told_of(standing("ready"), is_complete=False) == standing("ready")


@pytest.mark.parametrize("page", PAGES)
def test_a_corpus_that_another_program_has_locked_is_a_page_that_says_so(studio: Studio, page: str) -> None:
    with closing(sqlite3.connect(studio.settings.root / "corpus.sqlite", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with client_of(studio) as browser:
            answer = browser.get(page, headers={"Accept-Language": "de"})
    assert answer.status_code == 503
    assert "hält ihn fest" in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_a_corpus_that_was_migrated_to_another_version_is_a_page_that_says_so(studio: Studio, page: str) -> None:
    with studio.database.writing() as connection:
        connection.exec_driver_sql(f"update {VERSION_TABLE} set version_num = '0001'")
    studio.database.close()
    with client_of(studio) as browser:
        answer = browser.get(page, headers={"Accept-Language": "de"})
    assert answer.status_code == 503
    assert "von einer anderen Version" in answer.text


def test_an_episode_that_was_forgotten_between_two_requests_is_a_page_that_says_so(studio: Studio) -> None:
    key = studio.submissions.episodes()[0].key
    with client_of(studio) as browser:
        assert browser.get(f"/episodes/{key}").status_code == 200
        studio.submissions.bury(key)
        for page in (f"/episodes/{key}", f"/episodes/{key}/report"):
            answer = browser.get(page)
            assert answer.status_code == 410
            assert "this episode was forgotten" in answer.text
        assert browser.get(f"/episodes/{key}/audio").status_code == 404


def test_a_question_of_ten_thousand_characters_is_refused_and_a_search_reads_its_beginning(face: TestClient) -> None:
    german = {"Accept-Language": "de"}
    asked = face.get("/ask", params={"q": "jazz " * 2_000}, headers=german)
    assert asked.status_code == 400
    assert "Das ist zu lang." in asked.text
    searched = face.get("/search", params={"q": "jazz " * 2_000}, headers=german)
    assert searched.status_code == 200
    assert len(searched.content) < 150_000
