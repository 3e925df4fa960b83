"""Where an episode stands: a table of evidence and the state that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ragtime_assets.corpus.artifact_index import IndexedArtifact
from ragtime_assets.corpus.submissions import SubmittedEpisode
from ragtime_assets.domain.graph import PHASES, REPORT, downstream, upstream
from ragtime_assets.domain.history import RunState
from ragtime_assets.domain.outstanding import Wish
from ragtime_assets.errors import (
    ApprovalNeeded,
    DuplicateEpisode,
    RagtimeError,
    SourceGone,
    StoreUnavailable,
    WaitsForSpeech,
)
from ragtime_assets.orchestration.episode_history import EpisodeRun, LastFailure
from ragtime_assets.orchestration.failures import catching
from ragtime_assets.orchestration.standing import ATTENDED_WITHIN, PASSES_WITHIN, Evidence, status_of

KEY = "show-example-one-0123456789ab"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SUBMITTED = Wish(NOON - timedelta(hours=1), frozenset(PHASES))
EPISODE = SubmittedEpisode(KEY, "https://show.example/one", None, None, NOON, (SUBMITTED,))
WAITING = replace(EPISODE, is_waiting=True)
Status = RunState


def made(*assets: str, at: datetime = NOON) -> dict[str, IndexedArtifact]:
    """Artifacts that fit each other."""
    return {
        asset: IndexedArtifact(
            key=KEY,
            asset=asset,
            digest=asset,
            inputs={name: name for name in upstream(asset)},
            code_version="1",
            engine="fake",
            run_id="run",
            created_at=at,
            seconds=1.5,
            title="A title",
            show="The show",
        )
        for asset in assets
    }


def failed(asset: str, error: type[RagtimeError] = SourceGone, minutes: int = 1) -> LastFailure:
    """A failure of this phase, so many minutes after noon."""
    with catching() as caught:
        raise error("m")
    assert caught.failure
    failure = caught.failure
    return LastFailure(asset, (NOON + timedelta(minutes=minutes)).timestamp(), "run", failure)


def run(status: RunState, run_id: str = "run") -> EpisodeRun:
    """A run of this episode."""
    return EpisodeRun(run_id, status, NOON, (KEY,), "request-1")


def redo(first: str, minutes: int) -> Wish:
    """What `ragtime redo --from` asks for, so many minutes after noon."""
    assets = downstream(frozenset({first}))
    return Wish(NOON + timedelta(minutes=minutes), assets, assets)


AWAY = failed("summary", StoreUnavailable)
JUST_NOW = timedelta(seconds=1)
ALL = made(*PHASES)
WITHOUT_SUMMARY = made(*(asset for asset in PHASES if asset != "summary"))
BEFORE_REPORT = made(*PHASES[:-1])
HALF = made(*PHASES[:3])
TABLE: dict[str, tuple[Evidence, str, str | None]] = {
    "nothing happened yet": (Evidence(WAITING, {}), "waiting", None),
    "the sensor is about to launch a run": (Evidence(EPISODE, {}, is_launching=True), "waiting", None),
    "the sensor is about to launch a retry": (
        Evidence(EPISODE, HALF, [failed("summary")], ended_badly=run(Status.FAILURE), is_launching=True),
        "waiting",
        None,
    ),
    "a few phases are done and no run is left": (Evidence(EPISODE, HALF), "unfinished", "summary"),
    "all is done": (Evidence(EPISODE, ALL), "ready", None),
    "a report is still to be written": (Evidence(EPISODE, BEFORE_REPORT), "unfinished", REPORT),
    "an upstream was redone by hand and the rest is out of date": (
        Evidence(EPISODE, ALL | {"chunks": ALL["chunks"]._replace(digest="other")}),
        "unfinished",
        "entities",
    ),
    "an upstream was redone long after a run died": (
        Evidence(
            EPISODE,
            ALL | {"chunks": ALL["chunks"]._replace(digest="other")},
            ended_badly=run(Status.FAILURE),
            is_overtaken=True,
        ),
        "unfinished",
        "entities",
    ),
    "a phase that nobody asked for is missing and failed": (
        Evidence(
            replace(EPISODE, wishes=(Wish(NOON, frozenset(PHASES) - {"summary"}),)),
            WITHOUT_SUMMARY,
            [failed("summary")],
        ),
        "ready",
        None,
    ),
    "a redo failed": (
        Evidence(replace(EPISODE, wishes=(SUBMITTED, redo("summary", 1))), ALL, [failed("summary", minutes=2)]),
        "failed",
        "summary",
    ),
    "a redo came to nothing": (
        Evidence(replace(EPISODE, wishes=(SUBMITTED, redo("summary", 1))), ALL),
        "unfinished",
        "summary",
    ),
    "what waited was withdrawn": (Evidence(replace(EPISODE, is_withdrawn=True), {}), "cancelled", "episode_details"),
    "a redo was withdrawn": (Evidence(replace(EPISODE, is_withdrawn=True), ALL), "ready", None),
    "a retry was withdrawn": (
        Evidence(replace(EPISODE, is_withdrawn=True), HALF, [failed("summary")]),
        "failed",
        "summary",
    ),
    "a run that waited for speech was cancelled": (
        Evidence(EPISODE, made(*PHASES[:2]), [failed("transcript", WaitsForSpeech)], ended_badly=run(Status.CANCELED)),
        "cancelled",
        "transcript",
    ),
    "a run is queued": (Evidence(EPISODE, {}, in_flight=run(Status.QUEUED)), "queued", None),
    "a run is about to start": (Evidence(EPISODE, {}, in_flight=run(Status.STARTING)), "queued", None),
    "a run was just made": (Evidence(EPISODE, {}, in_flight=run(Status.NOT_STARTED)), "queued", None),
    "a run works on a phase": (
        Evidence(EPISODE, HALF, in_flight=run(Status.STARTED), working_on=("summary",)),
        "running",
        "summary",
    ),
    "a run is between two phases": (
        Evidence(EPISODE, HALF, in_flight=run(Status.STARTED)),
        "running",
        "summary",
    ),
    "a run is being cancelled": (
        Evidence(EPISODE, {}, in_flight=run(Status.CANCELING), working_on=("audio_file",)),
        "running",
        "audio_file",
    ),
    "a run retries what failed": (
        Evidence(EPISODE, {}, [failed("episode_details")], in_flight=run(Status.STARTED)),
        "running",
        "episode_details",
    ),
    "a retry of what failed is queued": (
        Evidence(EPISODE, {}, [failed("episode_details")], in_flight=run(Status.QUEUED)),
        "queued",
        None,
    ),
    "a finished episode is run again": (
        Evidence(EPISODE, ALL, in_flight=run(Status.STARTED), working_on=("transcript",)),
        "running",
        "transcript",
    ),
    "a phase failed": (
        Evidence(EPISODE, HALF, [failed("summary")], ended_badly=run(Status.FAILURE)),
        "failed",
        "summary",
    ),
    "two branches failed": (
        Evidence(EPISODE, HALF, [failed("embeddings"), failed("summary")]),
        "failed",
        "summary",
    ),
    "a phase failed and was then done": (
        Evidence(EPISODE, ALL, [failed("summary", minutes=-1)], ended_badly=run(Status.FAILURE)),
        "ready",
        None,
    ),
    "a phase was done and then failed": (Evidence(EPISODE, ALL, [failed("summary")]), "failed", "summary"),
    "the run died before a phase could say why": (
        Evidence(EPISODE, HALF, ended_badly=run(Status.FAILURE)),
        "failed",
        "summary",
    ),
    "the run died and Dagster is about to launch its successor": (
        Evidence(EPISODE, HALF, ended_badly=replace(run(Status.FAILURE), will_be_retried=True)),
        "queued",
        None,
    ),
    "the run died for good, and nobody looked yet whether to go on with it": (
        Evidence(EPISODE, HALF, ended_badly=replace(run(Status.FAILURE), unattended_for=JUST_NOW)),
        "queued",
        None,
    ),
    "the run died for good, and nobody has looked for minutes": (
        Evidence(EPISODE, HALF, ended_badly=replace(run(Status.FAILURE), unattended_for=ATTENDED_WITHIN)),
        "failed",
        "summary",
    ),
    "a store of ours did not answer, and the pause before the next try is not over": (
        Evidence(EPISODE, HALF, [AWAY], ended_badly=replace(run(Status.FAILURE), unattended_for=ATTENDED_WITHIN)),
        "queued",
        "summary",
    ),
    "a store of ours did not answer, and it was tried often enough": (
        Evidence(EPISODE, HALF, [AWAY], ended_badly=run(Status.FAILURE)),
        "failed",
        "summary",
    ),
    "a store of ours did not answer, and nothing runs that would try again": (
        Evidence(EPISODE, HALF, [AWAY], ended_badly=replace(run(Status.FAILURE), unattended_for=PASSES_WITHIN)),
        "failed",
        "summary",
    ),
    "a store of ours did not answer one phase, and another has a defect": (
        Evidence(
            EPISODE,
            HALF,
            [AWAY, failed("chunks")],
            ended_badly=replace(run(Status.FAILURE), unattended_for=JUST_NOW),
        ),
        "failed",
        "summary",
    ),
    "a request waits while the sensors are off": (
        Evidence(WAITING, HALF),
        "waiting",
        None,
    ),
    "somebody materialised by hand what a request waits for": (
        Evidence(WAITING, ALL),
        "ready",
        None,
    ),
    "a phase that failed by hand is waited for": (
        Evidence(WAITING, HALF, [failed("summary")]),
        "waiting",
        None,
    ),
    "a redo was asked for after all was done": (
        Evidence(replace(WAITING, wishes=(SUBMITTED, redo("summary", 1))), ALL),
        "waiting",
        None,
    ),
    "a redo was asked for and then all was done by hand": (
        Evidence(replace(WAITING, wishes=(SUBMITTED, redo("summary", -1))), ALL),
        "ready",
        None,
    ),
    "the run was cancelled": (Evidence(EPISODE, HALF, ended_badly=run(Status.CANCELED)), "cancelled", "summary"),
    "the run was cancelled, and a later one made a part of what is missing": (
        Evidence(EPISODE, HALF, ended_badly=run(Status.CANCELED), is_overtaken=True),
        "unfinished",
        "summary",
    ),
    "a run was cancelled after all was done": (
        Evidence(EPISODE, ALL, ended_badly=run(Status.CANCELED)),
        "ready",
        None,
    ),
    "another key owns it": (
        Evidence(EPISODE, made("episode_details"), [failed("audio_file", DuplicateEpisode)]),
        "duplicate",
        "audio_file",
    ),
    "a person has to say yes": (
        Evidence(EPISODE, made("episode_details", "audio_file"), [failed("transcript", ApprovalNeeded)]),
        "waiting for approval",
        "transcript",
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_state_that_the_evidence_shows(name: str) -> None:
    evidence, state, phase = TABLE[name]
    status = status_of(evidence)
    assert (status.state, status.phase) == (state, phase)


@pytest.mark.parametrize("name", TABLE)
def test_a_state_tells_of_every_phase_and_of_its_error_exactly_when_it_has_one(name: str) -> None:
    status = status_of(TABLE[name][0])
    assert tuple(status.phases) == PHASES
    has_stopped = status.state in ("failed", "unfinished", "duplicate", "waiting for approval")
    is_about_to_be_tried_again = status.state == "queued" and status.phase is not None
    assert (status.error is not None) == (has_stopped or is_about_to_be_tried_again)


def phases(evidence: Evidence) -> Sequence[str]:
    """The state of each phase."""
    return [phase.state for phase in status_of(evidence).phases.values()]


def test_each_phase_is_done_failed_running_or_missing() -> None:
    evidence = Evidence(
        EPISODE, made("episode_details"), [failed("audio_file")], run(Status.STARTED), working_on=("transcript",)
    )
    assert phases(evidence) == ["done", "failed", "running", *["missing"] * (len(PHASES) - 3)]


def test_a_phase_that_is_there_tells_why_it_is_to_be_made_again() -> None:
    asked = replace(
        EPISODE, wishes=(SUBMITTED, Wish(NOON + timedelta(minutes=1), frozenset(), frozenset({"entities"})))
    )
    assert phases(Evidence(asked, ALL)) == [*["done"] * 5, "asked for", *["done"] * 4]


def test_an_unfinished_episode_names_what_is_to_be_done_and_how() -> None:
    status = status_of(Evidence(EPISODE, BEFORE_REPORT))
    assert status.error is not None
    assert f"{REPORT} (missing)" in status.error.message
    assert status.error.remedy == f"ragtime retry {KEY}"


def test_a_done_phase_tells_when_by_what_and_how_long() -> None:
    phase = status_of(Evidence(EPISODE, ALL)).phases["summary"]
    assert (phase.at, phase.engine, phase.seconds) == (NOON, "fake", 1.5)


def test_a_phase_that_is_done_again_runs() -> None:
    assert status_of(TABLE["a finished episode is run again"][0]).phases["transcript"].state == "running"


def test_title_and_show_come_from_the_details() -> None:
    known, unknown = status_of(Evidence(EPISODE, HALF)), status_of(Evidence(EPISODE, {}))
    assert (known.title, known.show) == ("A title", "The show")
    assert (unknown.title, unknown.show, unknown.url) == (None, None, EPISODE.url)


def test_the_run_that_is_shown_is_the_live_one_before_the_dead_one() -> None:
    dead, live = run(Status.FAILURE, "dead"), run(Status.STARTED, "live")
    assert status_of(Evidence(EPISODE, {}, in_flight=live, ended_badly=dead)).run_id == "live"
    assert status_of(Evidence(EPISODE, {}, ended_badly=dead)).run_id == "dead"
    assert status_of(Evidence(EPISODE, {})).run_id is None


def test_a_run_that_died_says_what_to_do() -> None:
    error = status_of(TABLE["the run died before a phase could say why"][0]).error
    assert error is not None
    assert error.message
    assert f"ragtime retry {KEY}" in error.remedy
