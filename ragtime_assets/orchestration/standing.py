"""Where each episode stands: derived from artifacts and Dagster's history, stored nowhere.

Nothing here imports dagster, so that `ragtime status` does not have to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.domain.history import ENDED_BADLY, IN_FLIGHT, SUBMISSION_SENSOR, WORKING, RunState
from ragtime_assets.domain.outstanding import NOT_ASKED_FOR, Why, outstanding, scope_of
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.domain.states import EVIDENT, READY, WAITING
from ragtime_assets.orchestration.episode_history import EpisodeHistory, EpisodeRun, LastFailure
from ragtime_assets.studio import Kept

if TYPE_CHECKING:
    from ragtime_assets.corpus.artifact_index import IndexedArtifact
    from ragtime_assets.corpus.submissions import SubmittedEpisode

ATTENDED_WITHIN = timedelta(minutes=1)
"""The liveness sensor looks every ten seconds while the daemon runs."""
PASSES_WITHIN = timedelta(minutes=10)
"""The pauses after a failure that passes are shorter, while the daemon runs."""
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


RUNNING = PhaseStatus("running")


@dataclass(frozen=True)
class Evidence:
    """Everything that is known of one episode, before a state is made of it."""

    episode: SubmittedEpisode
    artifacts: Mapping[str, IndexedArtifact]
    failures: Sequence[LastFailure] = ()
    in_flight: EpisodeRun | None = None
    ended_badly: EpisodeRun | None = None
    is_overtaken: bool = False
    """Whether a later run than that made something of it."""
    working_on: Sequence[str] = ()
    is_launching: bool = False
    """Whether the sensor has taken up its last request, and the run is not there yet."""

    @cached_property
    def standing(self) -> list[LastFailure]:
        """The failures and halts that came after the last success of their phase, in the order of the graph."""
        if not self.failures:
            return []
        scope = scope_of(self.episode.wishes)

        def stands(one: LastFailure) -> bool:
            artifact = self.artifacts.get(one.asset)
            return one.asset in scope and (artifact is None or one.moment > artifact.created_at)

        return sorted(filter(stands, self.failures), key=lambda one: PHASES.index(one.asset))

    @property
    def last_run(self) -> EpisodeRun | None:
        """The run that ended badly, unless another went on after it."""
        return None if self.is_overtaken else self.ended_badly

    @cached_property
    def outstanding(self) -> Mapping[str, Why]:
        """What is still to be done."""
        return outstanding(self.artifacts, self.episode.wishes, {one.asset: one.moment for one in self.failures})


@dataclass(frozen=True)
class EpisodeStatus:
    """One episode, as `ragtime status` shows it."""

    key: str
    url: str
    title: str | None
    show: str | None
    submitted_at: datetime
    state: str
    phase: str | None = None
    error: PhaseFailure | None = None
    run_id: str | None = None
    evidence: Evidence | None = None

    @cached_property
    def phases(self) -> Mapping[str, PhaseStatus]:
        """Where each phase is; worked out when somebody asks, because lists of thousands show none."""
        return {} if self.evidence is None else _phases(self.evidence)


@dataclass(frozen=True)
class Survey:
    """Where the episodes stand: those that were looked at, in order of submission, and the others by state, counted."""

    episodes: Sequence[EpisodeStatus]
    others: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class _Told:
    """What Dagster tells of episodes, by key."""

    in_flight: Mapping[str, EpisodeRun]
    ended_badly: Mapping[str, EpisodeRun]
    failures: Mapping[str, Sequence[LastFailure]]

    @property
    def keys(self) -> set[str]:
        """The episodes that something is told of."""
        return {*self.in_flight, *self.ended_badly, *self.failures}


def where_they_stand(studio: Kept, history: EpisodeHistory, key: str | None = None) -> list[EpisodeStatus]:
    """The state of every episode, or of one."""
    if key is None:
        return _judged(studio, history, studio.submissions.episodes(), _told(studio, history))
    episode = studio.submissions.episode(key)
    return _judged(studio, history, [episode], _told_of(history, episode), [key])


def survey(studio: Kept, history: EpisodeHistory, newest: int, counted: Collection[str] = EVIDENT) -> Survey:
    """The same of every episode, but those that evidently are in a state that is `counted` are not looked at.

    Except for those among the `newest`. Most of a corpus is ready and thousands may wait: that can be asked of all at
    once, where a look at each takes a third of a millisecond.
    """
    keys = studio.submissions.keys()
    told = _told(studio, history)
    may_be_left = set(keys[: max(len(keys) - newest, 0)]) - told.keys
    evident = {WAITING: studio.submissions.untouched, READY: lambda: _evidently_ready(studio)}
    left = {state: evident[state]() & may_be_left for state in evident if state in counted}
    looked_at = [key for key in keys if not any(key in some for some in left.values())]
    judged = _judged(studio, history, studio.submissions.episodes_with(looked_at), told, looked_at)
    return Survey(judged, {state: len(some) for state, some in left.items() if some})


def _evidently_ready(studio: Kept) -> set[str]:
    """The episodes that have every phase, each made from what is there, after it was last asked for by name."""
    named = studio.submissions.named()
    made = studio.artifact_index.brief({key for key, _ in named})
    made_at = {(one.key, one.means.asset): one.created_at for one in made}
    asked_again = {key for (key, asset), at in named.items() if at >= made_at.get((key, asset), at)}
    return studio.artifact_index.whole() - asked_again


def _judged(
    studio: Kept,
    history: EpisodeHistory,
    episodes: Sequence[SubmittedEpisode],
    told: _Told,
    keys: Collection[str] | None = None,
) -> list[EpisodeStatus]:
    artifacts = studio.artifact_index.of(keys)
    working = {run.run_id: history.running_phases(run.run_id) for run in _started(told.in_flight)}
    overtaken = history.overtaken(told.ended_badly, {key: makers(artifacts.get(key, {})) for key in told.ended_badly})
    cursor = history.cursor(SUBMISSION_SENSOR)
    return [
        status_of(
            Evidence(
                episode=episode,
                artifacts=artifacts.get(episode.key, {}),
                failures=told.failures.get(episode.key, ()),
                in_flight=(run := told.in_flight.get(episode.key)),
                ended_badly=told.ended_badly.get(episode.key),
                is_overtaken=episode.key in overtaken,
                working_on=working.get(run.run_id, ()) if run else (),
                is_launching=cursor is not None and episode.last_request > cursor,
            )
        )
        for episode in episodes
    ]


def _told(studio: Kept, history: EpisodeHistory) -> _Told:
    """Of each episode the foremost run in flight, the newest that ended badly, and what failed last."""
    in_flight, ended_badly = (_by_key(studio, history.runs(states)) for states in (IN_FLIGHT, ENDED_BADLY))
    return _Told(
        {key: _foremost(runs) for key, runs in in_flight.items()},
        {key: runs[0] for key, runs in ended_badly.items()},
        history.standing(),
    )


def _told_of(history: EpisodeHistory, episode: SubmittedEpisode) -> _Told:
    """The same of one episode."""
    key, runs = episode.key, history.runs_of(episode.key, episode.run_keys)
    in_flight = [run for run in runs if run.status in IN_FLIGHT]
    ended_badly = [run for run in runs if run.status in ENDED_BADLY]
    return _Told(
        {key: _foremost(in_flight)} if in_flight else {},
        {key: ended_badly[0]} if ended_badly else {},
        history.failures([key]),
    )


def in_flight(studio: Kept, history: EpisodeHistory, key: str) -> list[EpisodeRun]:
    """The runs that work on an episode or wait to, newest first."""
    return _by_key(studio, history.runs(IN_FLIGHT)).get(key, [])


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
        _status(Evidence(episode, artifacts.get(episode.key, {})), "history unreachable")
        for episode in studio.submissions.episodes(key)
    ]


def status_of(evidence: Evidence) -> EpisodeStatus:
    """The state that the evidence shows."""
    todo, run, ended = evidence.outstanding, evidence.in_flight, evidence.last_run
    if run is not None and run.status in WORKING:
        return _status(evidence, "running", phase=_first(evidence.working_on) or _first(todo))
    if run is not None or (ended is not None and ended.will_be_retried):
        return _status(evidence, "queued")
    if not todo:
        return _status(evidence, READY)
    if evidence.episode.is_waiting or evidence.is_launching:
        return _status(evidence, WAITING)
    return _stopped(evidence)


def _stopped(evidence: Evidence) -> EpisodeStatus:
    """The state of an episode of which something is outstanding, while no run and no request is about it."""
    todo, ended = evidence.outstanding, evidence.last_run
    is_cancelled = evidence.episode.is_withdrawn or (ended is not None and ended.status == RunState.CANCELED)
    for first in evidence.standing:
        if not (is_cancelled and first.failure.goes_on):
            return _failed(evidence, first)
    if is_cancelled:
        return _status(evidence, "cancelled", _first(todo))
    if _is_unattended(ended, ATTENDED_WITHIN):
        return _status(evidence, "queued")
    if ended is not None:
        return _status(evidence, "failed", _first(todo), RUN_FAILED.about(evidence.episode.key))
    return _status(evidence, "unfinished", _first(todo), _unfinished(todo).about(evidence.episode.key))


def _failed(evidence: Evidence, first: LastFailure) -> EpisodeStatus:
    """The state of an episode that a failure or a halt stopped."""
    if _waits_to_pass(evidence):
        return _status(evidence, "queued", first.asset, first.failure.once_it_passed(), first.run_id)
    return _status(evidence, _failed_state(first), first.asset, first.failure, first.run_id)


def _waits_to_pass(evidence: Evidence) -> bool:
    """Whether all that failed passes by itself, and the episode is about to be asked for again."""
    is_passing = all(one.failure.goes_on and one.failure.halt is None for one in evidence.standing)
    return is_passing and _is_unattended(evidence.last_run, PASSES_WITHIN)


def _is_unattended(ended: EpisodeRun | None, within: timedelta) -> bool:
    """Whether the run failed so lately that somebody has yet to decide what becomes of its episodes."""
    return ended is not None and ended.unattended_for is not None and ended.unattended_for < within


def _status(
    evidence: Evidence,
    state: str,
    phase: str | None = None,
    error: PhaseFailure | None = None,
    run_id: str | None = None,
) -> EpisodeStatus:
    details = evidence.artifacts.get(EpisodeDetails.asset)
    run = evidence.in_flight or evidence.ended_badly
    return EpisodeStatus(
        key=evidence.episode.key,
        url=evidence.episode.url,
        title=details.title if details else None,
        show=details.show if details else None,
        submitted_at=evidence.episode.submitted_at,
        state=state,
        phase=phase,
        error=error,
        run_id=run_id or (run.run_id if run else None),
        evidence=evidence,
    )


def _phases(evidence: Evidence) -> dict[str, PhaseStatus]:
    todo: dict[str, str] = dict(evidence.outstanding)
    todo |= {one.asset: _failed_state(one) for one in evidence.standing}
    return {asset: _phase(asset, evidence, todo) for asset in PHASES}


def _phase(asset: str, evidence: Evidence, todo: Mapping[str, str]) -> PhaseStatus:
    if asset in evidence.working_on:
        return RUNNING
    artifact = evidence.artifacts.get(asset)
    if artifact is None:
        return PhaseStatus(todo.get(asset, NOT_ASKED_FOR))
    return PhaseStatus(todo.get(asset, "done"), artifact.created_at, artifact.engine, artifact.seconds)


def _unfinished(todo: Mapping[str, Why]) -> PhaseFailure:
    """What is said of an episode with which nothing is wrong but that nobody goes on with it."""
    named = ", ".join(f"{asset} ({why})" for asset, why in todo.items())
    return PhaseFailure(
        error_class="Unfinished",
        message=f"no run and no request is about what is still to be done: {named}",
        remedy="ragtime retry KEY",
        cause="",
        permanent=False,
    )


def _failed_state(failure: LastFailure) -> str:
    return failure.failure.halt or "failed"


def makers(artifacts: Mapping[str, IndexedArtifact]) -> set[str]:
    """The runs that made what an episode has, but for its report, which any run may write."""
    return {one.run_id for asset, one in artifacts.items() if asset != REPORT}


def _started(runs: Mapping[str, EpisodeRun]) -> list[EpisodeRun]:
    return list({run.run_id: run for run in runs.values() if run.status == RunState.STARTED}.values())


def _first(assets: Collection[str]) -> str | None:
    return min(assets, key=PHASES.index, default=None)
