"""Where each episode stands: derived from artifacts and Dagster's history, stored nowhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import dagster as dg

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.graph import PHASES, REPORT, outstanding
from ragtime_assets.orchestration.failures import PhaseFailure
from ragtime_assets.orchestration.history import ENDED_BADLY, IN_FLIGHT, WORKING, EpisodeRun, History, LastFailure
from ragtime_assets.studio import Kept

if TYPE_CHECKING:
    from ragtime_assets.corpus.artifact_index import IndexedArtifact
    from ragtime_assets.corpus.submissions import SubmittedEpisode

RUN_FAILED = PhaseFailure(
    error_class="RunFailed",
    message="the run ended before a phase could say why",
    remedy="Look at the run page, then `ragtime retry KEY`.",
    cause="",
    permanent=False,
)


@dataclass(frozen=True)
class PhaseStatus:
    """One phase of one episode."""

    state: str
    at: datetime | None = None
    engine: str | None = None
    seconds: float | None = None


RUNNING, MISSING = PhaseStatus("running"), PhaseStatus("missing")


@dataclass(frozen=True)
class EpisodeStatus:
    """One episode, as `ragtime status` shows it."""

    key: str
    url: str
    title: str | None
    show: str | None
    state: str
    phase: str | None = None
    error: PhaseFailure | None = None
    run_id: str | None = None
    phases: Mapping[str, PhaseStatus] = field(default_factory=dict[str, PhaseStatus])


@dataclass(frozen=True)
class Evidence:
    """Everything that is known of one episode, before a state is made of it."""

    episode: SubmittedEpisode
    artifacts: Mapping[str, IndexedArtifact]
    failures: Sequence[LastFailure] = ()
    in_flight: EpisodeRun | None = None
    ended_badly: EpisodeRun | None = None
    working_on: Sequence[str] = ()


def statuses(
    studio: Kept, instance: dg.DagsterInstance, key: str | None = None, now: datetime | None = None
) -> list[EpisodeStatus]:
    """The state of every episode, or of one; `now`, or as the clock says."""
    episodes = studio.submissions.episodes(key)
    if key is not None and not episodes:
        studio.submissions.episode(key)
    artifacts = studio.artifact_index.of([key] if key else None)
    history = History(instance, now)
    in_flight = {key: _foremost(runs) for key, runs in _by_key(studio, history.runs(IN_FLIGHT)).items()}
    ended_badly = {key: runs[0] for key, runs in _by_key(studio, history.runs(ENDED_BADLY)).items()}
    failures = history.failures([episode.key for episode in episodes])
    working = {run.run_id: history.running_phases(run.run_id) for run in _started(in_flight)}
    return [
        status_of(
            Evidence(
                episode=episode,
                artifacts=artifacts.get(episode.key, {}),
                failures=failures.get(episode.key, ()),
                in_flight=in_flight.get(episode.key),
                ended_badly=ended_badly.get(episode.key),
                working_on=working.get(in_flight[episode.key].run_id, ()) if episode.key in in_flight else (),
            )
        )
        for episode in episodes
    ]


def runs_in_flight(studio: Kept, instance: dg.DagsterInstance, key: str) -> list[EpisodeRun]:
    """The runs that work on an episode or wait to, newest first."""
    return _by_key(studio, History(instance).runs(IN_FLIGHT)).get(key, [])


def _by_key(studio: Kept, runs: Sequence[EpisodeRun]) -> dict[str, list[EpisodeRun]]:
    """The runs of each episode in their order; a batch run says by its run key what it was launched for."""
    launched_for = studio.submissions.keys_of_runs([run.run_key for run in runs if run.run_key and not run.keys])
    found: dict[str, list[EpisodeRun]] = {}
    for run in runs:
        for key in run.keys or launched_for.get(run.run_key or "", ()):
            found.setdefault(key, []).append(run)
    return found


def _foremost(runs: Sequence[EpisodeRun]) -> EpisodeRun:
    """The one at work, if there is one; else the newest."""
    return next((run for run in runs if run.status in WORKING), runs[0])


def unreachable(studio: Kept, key: str | None = None) -> list[EpisodeStatus]:
    """What can be said while Dagster's history does not answer: which phases have artifacts."""
    artifacts = studio.artifact_index.of([key] if key else None)
    return [
        _status(Evidence(episode, artifacts.get(episode.key, {})), (), "history unreachable")
        for episode in studio.submissions.episodes(key)
    ]


def status_of(evidence: Evidence) -> EpisodeStatus:
    """The state that the evidence shows."""
    missing = _missing(evidence.artifacts)
    standing = _standing(evidence)
    run = evidence.in_flight
    if run is not None:
        if run.status in WORKING:
            return _status(evidence, standing, "running", phase=_first(evidence.working_on) or _first(missing))
        return _status(evidence, standing, "queued")
    if evidence.ended_badly is not None and evidence.ended_badly.will_be_retried:
        return _status(evidence, standing, "queued")
    if evidence.episode.is_waiting and not _is_answered(evidence, missing):
        return _status(evidence, standing, "waiting")
    if standing:
        first = standing[0]
        return _status(evidence, standing, _failed_state(first), first.asset, first.failure, first.run_id)
    if not missing - {REPORT}:
        return _status(evidence, standing, "ready")
    if evidence.ended_badly is not None:
        if evidence.ended_badly.status == dg.DagsterRunStatus.CANCELED:
            return _status(evidence, standing, "cancelled", phase=_first(missing))
        error = RUN_FAILED.about(evidence.episode.key)
        return _status(evidence, standing, "failed", phase=_first(missing), error=error)
    return _status(evidence, standing, "waiting")


def _status(
    evidence: Evidence,
    standing: Sequence[LastFailure],
    state: str,
    phase: str | None = None,
    error: PhaseFailure | None = None,
    run_id: str | None = None,
) -> EpisodeStatus:
    details = evidence.artifacts.get(EpisodeDetails.asset)
    run = evidence.in_flight or evidence.ended_badly
    failed: dict[str, str] = {one.asset: _failed_state(one) for one in standing}
    return EpisodeStatus(
        key=evidence.episode.key,
        url=evidence.episode.url,
        title=details.title if details else None,
        show=details.show if details else None,
        state=state,
        phase=phase,
        error=error,
        run_id=run_id or (run.run_id if run else None),
        phases={asset: _phase(asset, evidence, failed) for asset in PHASES},
    )


def _phase(asset: str, evidence: Evidence, failed: Mapping[str, str]) -> PhaseStatus:
    if asset in evidence.working_on:
        return RUNNING
    if asset in failed:
        return PhaseStatus(failed[asset])
    artifact = evidence.artifacts.get(asset)
    if artifact is None:
        return MISSING
    return PhaseStatus("done", artifact.created_at, artifact.engine, artifact.seconds)


def _failed_state(failure: LastFailure) -> str:
    return failure.failure.halt or "failed"


def _standing(evidence: Evidence) -> list[LastFailure]:
    """The failures that came after the last success of their phase, in the order of the graph."""

    def stands(one: LastFailure) -> bool:
        artifact = evidence.artifacts.get(one.asset)
        return artifact is None or one.at > artifact.created_at.timestamp()

    return sorted(filter(stands, evidence.failures), key=lambda one: PHASES.index(one.asset))


def _is_answered(evidence: Evidence, missing: frozenset[str]) -> bool:
    """Whether somebody did by hand what a request that still waits asks for."""
    asked = evidence.episode.redo_asked_at
    made = [artifact.created_at for asset, artifact in evidence.artifacts.items() if asset != REPORT]
    return not missing - {REPORT} and (asked is None or all(at > asked for at in made))


def _missing(artifacts: Mapping[str, IndexedArtifact]) -> frozenset[str]:
    return outstanding(
        {asset: artifact.digest for asset, artifact in artifacts.items()},
        {asset: artifact.inputs for asset, artifact in artifacts.items()},
    )


def _started(runs: Mapping[str, EpisodeRun]) -> list[EpisodeRun]:
    return list({run.run_id: run for run in runs.values() if run.status == dg.DagsterRunStatus.STARTED}.values())


def _first(assets: Collection[str]) -> str | None:
    return min(assets, key=PHASES.index, default=None)
