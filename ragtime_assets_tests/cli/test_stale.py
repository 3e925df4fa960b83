"""`ragtime stale` and `redo --stale`: what changed since an episode was made, and making just that again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from ragtime_assets.corpus.artifact_index import ArtifactIndex, IndexedArtifact
from ragtime_assets.corpus.name_rules import Touched
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.episode.corrections import Corrections
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.orchestration.tags import AGAIN_TAG, PARTITION_TAG
from ragtime_assets.studio.code_versions import CODE_VERSIONS
from ragtime_assets.studio.staleness import present_of, stale_in
from ragtime_assets_tests.cli.conftest import Terminal, paid
from ragtime_assets_tests.house import House


def change(house: House, key: str, asset: str, **changes: Any) -> IndexedArtifact:
    """Let an artifact have been made with something else."""
    made = house.studio.artifact_index.of([key])[key][asset]
    envelope = house.studio.store.envelope(asset, key)
    assert envelope is not None
    payload = envelope.payload | {name: changes.pop(name) for name in ("vocabulary",) if name in changes}
    house.studio.artifact_index.record([envelope.model_copy(update={**changes, "payload": payload})])
    return made._replace(**changes)


def told(terminal: Terminal, *words: str) -> dict[str, Any]:
    return json.loads(terminal.type("stale", "--json", *words))


def requests(house: House) -> list[tuple[str, tuple[str, ...] | None]]:
    return [(one.key, one.assets) for one in house.studio.submissions.after(1, 100)]


def test_what_was_just_made_is_not_stale(terminal: Terminal, house: House, ready: str) -> None:
    assert told(terminal) == {"episodes": [], "phases": [], "may_follow": []}
    assert "Nothing is stale" in terminal.type("stale")
    assert "Nothing is stale" in terminal.type("redo", "--stale")
    assert requests(house) == []


def test_each_cause_is_named_with_its_phase_and_what_it_took(terminal: Terminal, house: House, ready: str) -> None:
    number, _, prompt = CODE_VERSIONS["summary"].partition("+")
    change(house, ready, "chunks", code_version="1", seconds=30.0)
    change(house, ready, "summary", code_version=f"{number}+other", engine="openai:before")
    change(house, ready, "entities", vocabulary="another")
    document = told(terminal)
    (episode,) = document["episodes"]
    assert prompt
    assert episode == {
        "key": ready,
        "phases": {"summary": ["prompt", "model"], "chunks": ["code"], "entities": ["vocabulary"]},
    }
    assert {one["phase"]: one["causes"] for one in document["phases"]}["chunks"] == {"code": 1}
    assert {one["phase"]: one["seconds"] for one in document["phases"]}["chunks"] == 30.0
    assert [one["phase"] for one in document["may_follow"]] == ["entity_links", "embeddings", "search_index"]
    shown = " ".join(terminal.type("stale").split())
    assert "entities vocabulary (1) 1" in shown
    assert "ragtime redo --stale" in shown


def test_another_model_transcriber_or_embedder_makes_stale_what_it_would_make(
    terminal: Terminal, house: House, ready: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGTIME_SUMMARY_MODEL", "ollama:small")
    monkeypatch.setenv("RAGTIME_TRANSCRIBER", "whisper")
    monkeypatch.setenv("RAGTIME_EMBEDDER", "openai:e")
    monkeypatch.setenv("RAGTIME_EMBEDDING_URL", "http://127.0.0.1:9/v1")
    (episode,) = told(terminal)["episodes"]
    assert episode["phases"] == {"transcript": ["model"], "summary": ["model"], "embeddings": ["model"]}


def test_a_pack_less_makes_stale_what_was_read_in_it(
    terminal: Terminal, house: House, ready: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGTIME_VOCABULARY", "core")
    (episode,) = told(terminal)["episodes"]
    assert episode["phases"] == {"entities": ["vocabulary"], "entity_links": ["vocabulary"]}


def test_a_correction_whose_run_was_withdrawn_is_stale_until_it_is_made(
    terminal: Terminal, house: House, ready: str
) -> None:
    house.studio.corrections.correct(ready, Corrections(title="Right"), "anna", again=("episode_details",))
    assert told(terminal)["episodes"] == [], "it is on its way"
    house.studio.submissions.withdraw(ready)
    assert told(terminal)["episodes"] == [{"key": ready, "phases": {"episode_details": ["correction"]}}]


def test_a_name_that_was_taught_and_not_written_yet_is_respelled_and_not_heard(
    terminal: Terminal, house: House, ready: str
) -> None:
    transcript, _ = house.studio.store.load(Transcript, ready)
    word = transcript.segments[0].text.split()[0].strip(".,")
    house.studio.name_rules.teach(word, f"{word}x", "anna", Touched((), ()))
    assert told(terminal)["episodes"] == [{"key": ready, "phases": {"transcript": ["correction"]}}]
    terminal.type("redo", "--stale", "--yes")
    ((_, assets),) = requests(house)
    assert assets is not None
    assert assets[0] == "transcript"
    assert house.studio.submissions.wishes([ready])[ready][-1].respells
    assert told(terminal)["episodes"] == []


def test_redo_names_what_is_stale_covers_what_may_follow_and_asks_once(
    terminal: Terminal, house: House, ready: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(house, ready, "summary", engine="openai:before")
    change(house, ready, "entities", vocabulary="another")
    for _ in range(2):
        terminal.type("redo", "--stale", "--yes")
    assert requests(house) == [(ready, ("summary", "entities", REPORT))]
    wish = house.studio.submissions.wishes([ready])[ready][-1]
    assert wish.scope == {"summary", "entities", "entity_links", "search_index", REPORT}


def test_a_run_for_what_is_stale_keeps_what_comes_out_the_same(terminal: Terminal, house: House, ready: str) -> None:
    change(house, ready, "entities", vocabulary="another")
    terminal.type("redo", "--stale", "--yes")
    result = submission_sensor(_context(house))
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or []
    assert request.tags[AGAIN_TAG] == f"entities,{REPORT}"
    wanted = [key.to_user_string() for key in request.asset_selection or ()]
    assert wanted == ["entities", "entity_links", "search_index", REPORT]
    before = house.studio.artifact_index.of([ready])[ready]
    assert house.run(ready, *wanted, tags=dict(request.tags)).success
    after = house.studio.artifact_index.of([ready])[ready]
    changed = [asset for asset in PHASES if before[asset].run_id != after[asset].run_id]
    assert changed == ["entities", REPORT]
    assert told(terminal)["episodes"] == []
    assert house.status(ready).state == "ready"


def test_what_cost_money_is_asked_first(
    terminal: Terminal, house: House, ready: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(house, ready, "summary", "first", "0.40")
    change(house, ready, "summary", engine="openai:before")
    assert {one["phase"]: one["usd"] for one in told(terminal)["phases"]} == {"summary": "0.4"}
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    assert "$0.40 was paid" in " ".join(terminal.type("redo", "--stale", code=1).split())
    assert requests(house) == []


def test_an_episode_at_work_is_not_redone(terminal: Terminal, house: House, ready: str) -> None:
    change(house, ready, "summary", engine="openai:before")
    job = house.definitions.resolve_job_def("ingest_episode")
    house.instance.create_run_for_job(job, tags={PARTITION_TAG: ready})
    assert "EpisodeBusy" in terminal.type("redo", "--stale", "--yes", code=1)
    assert requests(house) == []


@pytest.mark.parametrize("words", [(), ("--stale", "--from", "chunks")])
def test_what_is_to_be_done_again_is_said_in_one_way(terminal: Terminal, house: House, words: tuple[str, ...]) -> None:
    assert "it is not said what to do again" in terminal.type("redo", "--all", *words, code=2)


def test_a_show_is_looked_at_alone(terminal: Terminal, house: House, ready: str) -> None:
    change(house, ready, "summary", engine="openai:before")
    show = house.studio.artifact_index.of([ready])[ready]["episode_details"].show
    assert show
    assert len(told(terminal, "--show", show)["episodes"]) == 1


def test_a_look_takes_as_many_statements_for_many_episodes_as_for_one(house: House, tmp_path: Path) -> None:
    few = _look(house, 1)
    assert _look(house, 400) == few
    assert few < 10


def _look(house: House, count: int) -> int:
    """Let there be so many stale episodes; how many statements it takes to find them."""
    from ragtime_assets_tests.corpus.rows import envelope

    wanted = [page_submission(f"https://show.example/{number}") for number in range(count)]
    keys = [receipt.key for receipt in house.studio.submissions.submit(wanted, by="test")]
    made = datetime.now(UTC) + timedelta(hours=1)
    index = ArtifactIndex(house.studio.database)
    index.record(envelope(key, asset, created_at=made) for key in keys for asset in PHASES)
    with _counted(house.studio.database.engine) as statements:
        assert len(stale_in(house.studio, present_of(house.studio)).causes) == count
    return len(statements)


@contextmanager
def _counted(engine: sa.Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", count)


def _context(house: House) -> Any:
    return dg.build_sensor_context(
        house.instance, cursor="1", resources={"kept": house.studio}, definitions=house.definitions
    )
