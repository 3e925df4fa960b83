"""Gathers what the report of one episode tells: its artifacts, and the last failure of each phase from history."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.artifacts.episode_report import DONE, EpisodeReport, PhaseLine
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX
from ragtime_assets.domain.graph import ARTIFACTS, read_by
from ragtime_assets.domain.outstanding import NOT_ASKED_FOR, Why, outstanding
from ragtime_assets.orchestration.episode_history import LastFailure
from ragtime_assets.orchestration.steps import Episode
from ragtime_assets.phases.episode_report import make_episode_report
from ragtime_assets.studio import Kept


def report_of(episode: Episode, kept: Kept, failures: Sequence[LastFailure]) -> EpisodeReport:
    """Make the report, and lay its page beside it; `failures` are what history tells of this episode."""
    phases = read_by(EpisodeReport.asset)
    submitted = kept.submissions.episode(episode.key)
    todo = outstanding(episode.envelopes, submitted.wishes, {one.asset: one.moment for one in failures})
    last = {one.asset: one for one in failures}
    artifacts = {asset: made for asset in phases if (made := episode.optional(ARTIFACTS[asset])) is not None}
    lines = [
        _line(asset, episode.envelopes.get(asset), todo.get(asset), last.get(asset)).model_copy(
            update={"trace": _trace(episode, kept, asset)}
        )
        for asset in phases
    ]
    total = kept.ledger.total(key=episode.key)
    report = make_episode_report(episode.key, submitted.url, lines, artifacts, total)
    kept.store.attach(EpisodeReport.asset, episode.key, "md", report.markdown)
    return report


def _trace(episode: Episode, kept: Kept, asset: str) -> str | None:
    """Where the steps that a phase tried are kept, if there are any."""
    if kept.store.attachment(asset, episode.key, TRACE_SUFFIX) is None:
        return None
    return kept.store.url(asset, episode.key, TRACE_SUFFIX)


def _line(asset: str, envelope: Envelope | None, why: Why | None, last: LastFailure | None) -> PhaseLine:
    if why is Why.FAILED and last is not None:
        return PhaseLine(
            asset=asset,
            state=last.failure.halt or why,
            halted=last.failure.halt is not None,
            error_class=last.failure.error_class,
            error=last.failure.message,
            remedy=last.failure.remedy,
        )
    if envelope is None:
        return PhaseLine(asset=asset, state=why or NOT_ASKED_FOR)
    return PhaseLine(
        asset=asset, state=why or DONE, at=envelope.created_at, engine=envelope.engine, seconds=envelope.seconds
    )
