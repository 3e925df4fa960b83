"""`retry --failed` and `redo` for many: who is meant, what it took the last time, and nobody at work is disturbed."""

from __future__ import annotations

from io import StringIO

import dagster as dg
import pytest

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.orchestration.failures import observation
from ragtime_assets.orchestration.sensors import submission_sensor
from ragtime_assets.orchestration.tags import PARTITION_TAG
from ragtime_assets_tests.cli.conftest import Terminal, paid
from ragtime_assets_tests.house import House


def asked(house: House, after: int) -> list[tuple[str, tuple[str, ...] | None]]:
    return [(one.key, one.assets) for one in house.studio.submissions.after(after, 100)]


@pytest.fixture
def failed(house: House) -> str:
    """An episode whose page is not there."""
    (key,) = house.submit("/nothing")
    house.run(key, "episode_details")
    return key


def test_all_that_failed_are_asked_for_and_nobody_else(
    house: House, terminal: Terminal, ready: str, failed: str
) -> None:
    last = house.studio.submissions.after(0, 100)[-1].id
    terminal.type("retry", "--failed")
    assert asked(house, last) == [(failed, None)]


def test_only_those_with_this_error_of_this_time_are_asked_for(house: House, terminal: Terminal, failed: str) -> None:
    last = house.studio.submissions.after(0, 100)[-1].id
    terminal.type("retry", "--failed", "--class", "SourceUnavailable")
    terminal.type("retry", "--failed", "--since", "2999-01-01")
    assert asked(house, last) == []
    terminal.type("retry", "--failed", "--class", "SourceGone", "--since", "2020-01-01")
    assert asked(house, last) == [(failed, None)]


def test_what_failed_of_a_show_for_a_passing_cause_is_asked_for_in_one_go_and_goes_on_where_it_stopped(
    house: House, terminal: Terminal, ready: str, failed: str
) -> None:
    (unshown,) = house.submit("/elsewhere")
    passing = PhaseFailure(error_class="SourceUnavailable", message="503", remedy="wait", cause="", permanent=False)
    for key in (ready, unshown):
        house.instance.report_runless_asset_event(observation("summary", key, passing.about(key)))
    last = house.studio.submissions.after(0, 100)[-1].id
    details, _ = house.studio.store.load(EpisodeDetails, ready)
    terminal.type("retry", "--failed", "--show", details.show or "", "--class", "Permanent")
    assert asked(house, last) == []
    terminal.type("retry", "--failed", "--show", details.show or "", "--class", "Transient")
    assert asked(house, last) == [(ready, None)]
    result = submission_sensor(
        dg.build_sensor_context(
            house.instance, cursor=str(last), resources={"kept": house.studio}, definitions=house.definitions
        )
    )
    assert isinstance(result, dg.SensorResult)
    (run,) = result.run_requests or []
    assert [key.to_user_string() for key in run.asset_selection or ()] == ["summary", "episode_report"]


@pytest.mark.parametrize(
    "words", [("retry",), ("retry", "KEY", "--failed"), ("retry", "KEY", "--since", "2020-01-01"), ("redo",)]
)
def test_who_is_meant_has_to_be_said_in_one_way(terminal: Terminal, failed: str, words: tuple[str, ...]) -> None:
    typed = [failed if word == "KEY" else word for word in words]
    more = ("--from", "chunks") if words[0] == "redo" else ()
    assert "it is not said which episodes" in " ".join(terminal.type(*typed, *more, code=2).split())


def test_a_show_is_redone_after_its_price_was_said(house: House, terminal: Terminal, ready: str, failed: str) -> None:
    details, _ = house.studio.store.load(EpisodeDetails, ready)
    assert details.show
    last = house.studio.submissions.after(0, 100)[-1].id
    told = " ".join(terminal.type("redo", "--show", details.show, "--from", "search_index").split())
    assert "2 phases of 1 episode" in told
    assert "nothing was paid" in told
    assert asked(house, last) == [(ready, ("search_index", "episode_report"))]


def test_what_costs_money_is_asked_first_and_not_done_without_a_yes(
    house: House, terminal: Terminal, ready: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for run_id, cost in (("first", "0.40"), ("resumed", "0.02")):
        paid(house, ready, "summary", run_id, cost)
    paid(house, ready, "entities", "first", None)
    last = house.studio.submissions.after(0, 100)[-1].id
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    told = " ".join(terminal.type("redo", ready, "--from", "transcript", code=1).split())
    assert "$0.40 was paid and 1 call without a known price" in told
    assert asked(house, last) == []
    terminal.type("redo", ready, "--from", "transcript", "--yes")
    assert len(asked(house, last)) == 1


def test_all_means_every_episode_and_asks(
    house: House, terminal: Terminal, ready: str, failed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    last = house.studio.submissions.after(0, 100)[-1].id
    terminal.type("redo", "--all", "--from", "search_index", code=1)
    assert asked(house, last) == []
    terminal.type("redo", "--all", "--from", "search_index", "--yes")
    assert {key for key, _ in asked(house, last)} == {ready, failed}


def test_an_episode_at_work_is_not_redone_and_it_is_said_which(house: House, terminal: Terminal, ready: str) -> None:
    job = house.definitions.resolve_job_def("ingest_episode")
    house.instance.create_run_for_job(job, tags={PARTITION_TAG: ready})
    last = house.studio.submissions.after(0, 100)[-1].id
    told = terminal.type("redo", ready, "--from", "search_index", "--yes", code=1)
    assert "EpisodeBusy" in told
    assert ready in told.replace("\n", "")
    assert asked(house, last) == []


@pytest.mark.parametrize(
    ("bind", "said"),
    [
        ("summary", "binds nothing"),
        ("ask=openai:a", "binds nothing"),
        ("summary=no model", "PROVIDER:MODEL"),
        ("summary=nosuchprovider:a", "summary has no model to work with"),
        ("summary=nope", "--bind summary=nope names no engine"),
        ("transcript=deaf", "--bind transcript=deaf names no engine"),
        ("embeddings=nope", "--bind embeddings=nope names no engine"),
        ("embeddings=usem3", "no index of vectors by usem3"),
    ],
)
def test_an_engine_that_cannot_work_is_not_bound_and_nothing_is_asked_for(
    house: House, terminal: Terminal, ready: str, bind: str, said: str
) -> None:
    last = house.studio.submissions.after(0, 100)[-1].id
    for command in (("redo", ready, "--from", "summary", "--yes"), ("retry", ready)):
        told = " ".join(terminal.type(*command, "--bind", bind, code=2).split())
        assert said in told
        assert not any(
            f"{setting}='" in told for setting in ("RAGTIME_MODEL", "RAGTIME_TRANSCRIBER", "RAGTIME_EMBEDDER")
        )
    assert asked(house, last) == []


def test_a_redo_is_bound_to_the_engines_that_it_names(house: House, terminal: Terminal, ready: str) -> None:
    terminal.type("redo", ready, "--from", "transcript", "--bind", "transcript=whisper:small", "--bind", "summary=none")
    bound = house.studio.submissions.bindings(ready)
    assert (bound["transcript"], bound["summary"]) == ("whisper:small", "")


def test_up_starts_nothing_with_a_model_that_cannot_be_opened(
    terminal: Terminal, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGTIME_ENTITY_MODEL", "nosuchprovider:a")
    assert "entities has no model to work with" in " ".join(terminal.type("up", code=2).split())
    assert not (house.studio.settings.root / "logs").exists()
