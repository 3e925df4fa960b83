"""Gathers what the reports of some episodes tell: artifacts, tables, and what Dagster's history knows of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

import dagster as dg

from ragtime_assets.corpus.submissions import SubmittedEpisode
from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.artifacts.episode_report import (
    DONE,
    REPORTING,
    ArtifactPlace,
    Circumstances,
    EpisodeReport,
    PhaseLine,
    ReportCheck,
    ReportCorrection,
    ReportDecision,
    ReportEvent,
    ReportRun,
    Spent,
    Tried,
)
from ragtime_assets.domain.artifacts.schemas import form_of
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX, TraceStep, read_trace
from ragtime_assets.domain.graph import ARTIFACTS, REPORT, read_by
from ragtime_assets.domain.history import ENDED_BADLY, RunState
from ragtime_assets.domain.links import artifact_url
from ragtime_assets.domain.money.spending import Total
from ragtime_assets.domain.outstanding import NOT_ASKED_FOR, Why, outstanding
from ragtime_assets.orchestration.checks import CHECKS
from ragtime_assets.orchestration.episode_history import EpisodeRun, LastFailure
from ragtime_assets.orchestration.episode_runs import Past, PastRun, pasts_of
from ragtime_assets.orchestration.history import Checked, History
from ragtime_assets.orchestration.run_page import run_page
from ragtime_assets.orchestration.standing import Evidence, makers, status_of
from ragtime_assets.orchestration.steps import Episode
from ragtime_assets.phases.episode_report import make_episode_report
from ragtime_assets.studio import Kept

LAST_EVENTS = 20
MOST_TRIED = 30


@dataclass(frozen=True)
class Known:
    """What Dagster's history knows of an episode."""

    failures: Sequence[LastFailure] = ()
    past: Past = field(default_factory=Past)
    checks: Sequence[Checked] = ()


def known_of(instance: dg.DagsterInstance, kept: Kept, keys: Sequence[str]) -> dict[str, Known]:
    """By key, what history knows; as many queries for many episodes as for one."""
    history = History(instance)
    failures, pasts = history.failures(keys), pasts_of(kept, instance, keys)
    names = {asset: [check.name for check in checks] for asset, checks in CHECKS.items()}
    checks = history.checked(names, keys)
    return {key: Known(failures.get(key, ()), pasts[key], checks.get(key, ())) for key in keys}


def report_of(episode: Episode, kept: Kept, known: Known) -> EpisodeReport:
    """Make the report, and lay its page beside it."""
    phases = read_by(REPORT)
    submitted = kept.submissions.episode(episode.key)
    todo = outstanding(episode.envelopes, submitted.wishes, {one.asset: one.moment for one in known.failures})
    last = {one.asset: one for one in known.failures}
    artifacts = {asset: made for asset in phases if (made := episode.optional(ARTIFACTS[asset])) is not None}
    costs = kept.ledger.by_phase(episode.key)
    lines = [
        _line(asset, episode.envelopes.get(asset), todo.get(asset), last.get(asset)).model_copy(
            update={
                "attempts": known.past.attempts(asset),
                "spent": _spent(costs.get(asset)),
                "artifact": _place(kept, episode.envelopes.get(asset)),
                **_tried(kept, asset, episode.key),
            }
        )
        for asset in phases
    ]
    total = kept.ledger.total(key=episode.key)
    around = _circumstances(submitted, kept, known, _state(episode, submitted, kept, known), episode.payer.run_id)
    report = make_episode_report(episode.key, submitted.url, lines, artifacts, total, around)
    kept.store.attach(EpisodeReport.asset, episode.key, "md", report.markdown)
    return report


def _line(asset: str, envelope: Envelope | None, why: Why | None, last: LastFailure | None) -> PhaseLine:
    if why is Why.FAILED and last is not None:
        return PhaseLine(
            asset=asset,
            state=last.failure.halt or why,
            halted=last.failure.halt is not None,
            at=last.moment,
            run_id=last.run_id or None,
            error_class=last.failure.error_class,
            error=last.failure.message,
            remedy=last.failure.remedy,
        )
    if envelope is None:
        return PhaseLine(asset=asset, state=why or NOT_ASKED_FOR)
    return PhaseLine(
        asset=asset,
        state=why or DONE,
        at=envelope.created_at,
        engine=envelope.engine,
        seconds=envelope.seconds,
        run_id=envelope.run_id,
    )


def _spent(total: Total | None) -> Spent | None:
    if total is None or not total.calls:
        return None
    cost = None if total.cost is None else float(total.cost)
    return Spent(calls=total.calls, tokens=total.tokens.total, cost_usd=cost)


def _place(kept: Kept, envelope: Envelope | None) -> ArtifactPlace | None:
    if envelope is None:
        return None
    return ArtifactPlace(
        url=artifact_url(kept.settings.serve_url, envelope.asset, envelope.key),
        path=kept.store.path(envelope.asset, envelope.key),
        digest=envelope.digest,
        schema_version=envelope.schema_version,
        form=form_of(envelope.asset),
        code_version=envelope.code_version,
    )


def _tried(kept: Kept, asset: str, key: str) -> Mapping[str, object]:
    """The last steps of a phase that tried some, and where they all are."""
    steps = read_trace(kept.store.attachment(asset, key, TRACE_SUFFIX))
    if not steps:
        return {}
    trace = artifact_url(kept.settings.serve_url, asset, key, TRACE_SUFFIX)
    return {"tried": tuple(map(_one_tried, steps[-MOST_TRIED:])), "trace": trace}


def _one_tried(step: TraceStep) -> Tried:
    on = " ".join(step.arguments.values())
    return Tried(tool=step.tool, on=on, outcome=step.outcome, seconds=step.seconds, said=step.output)


def _circumstances(submitted: SubmittedEpisode, kept: Kept, known: Known, state: str, run_id: str) -> Circumstances:
    past = known.past
    told = [one for one in past.moments if one.asset != REPORT]
    began = [one.created_at for one in past.runs]
    return Circumstances(
        state=state,
        submitted_at=submitted.submitted_at,
        started_at=min(began, default=None),
        ended_at=told[-1].at if told else None,
        runs=tuple(_run(one, kept, run_id) for one in past.runs),
        checks=tuple(ReportCheck.model_validate(vars(one)) for one in known.checks),
        decisions=tuple(_decisions(kept, submitted.key)),
        corrections=tuple(
            ReportCorrection(about=one.about, said=one.said, by=one.by, at=one.at)
            for one in kept.corrections.said(submitted.key)
        ),
        events=tuple(
            ReportEvent(at=one.at, asset=one.asset or "", kind=one.kind, text=one.text, run_id=one.run_id)
            for one in told[-LAST_EVENTS:]
        ),
    )


def _state(episode: Episode, submitted: SubmittedEpisode, kept: Kept, known: Known) -> str:
    """What the episode is called once this report is written, whatever the run that writes it does afterwards."""
    artifacts = kept.artifact_index.of([episode.key]).get(episode.key, {})
    ended = _ended_badly(episode.key, known.past)
    evidence = Evidence(
        episode=submitted,
        artifacts=artifacts,
        failures=[one for one in known.failures if one.asset != REPORT],
        ended_badly=ended,
        is_overtaken=ended is not None and not makers(artifacts).isdisjoint(_later_than(ended, known.past)),
    )
    return status_of(evidence).state if set(evidence.outstanding) - {REPORT} else "ready"


def _ended_badly(key: str, past: Past) -> EpisodeRun | None:
    """The newest run of the episode that ended, if it failed or was cancelled."""
    for one in past.runs:
        state = RunState(one.status.upper())
        if state in ENDED_BADLY:
            return EpisodeRun(one.run_id, state, one.ended_at or one.created_at, (key,), run_key=None)
    return None


def _later_than(run: EpisodeRun, past: Past) -> Iterator[str]:
    return takewhile(lambda run_id: run_id != run.run_id, (one.run_id for one in past.runs))


def _run(one: PastRun, kept: Kept, writing: str) -> ReportRun:
    return ReportRun(
        run_id=one.run_id,
        status=REPORTING if one.run_id == writing else one.status,
        attempt=one.attempt,
        started_at=one.created_at,
        ended_at=one.ended_at,
        of_many=one.is_of_many,
        page=run_page(kept.settings, one.run_id),
    )


def _decisions(kept: Kept, key: str) -> Iterator[ReportDecision]:
    for one in kept.approvals.asked(key):
        yield ReportDecision(
            asset=one.asset,
            why=one.why,
            estimate=one.estimate,
            asked_at=one.asked_at,
            decision=one.decision,
            by=one.by,
            at=one.at,
            note=one.note,
        )
