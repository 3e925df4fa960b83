"""Gathers what the report of one episode tells: its artifacts, and the last failure of each phase from history."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport, PhaseLine
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX
from ragtime_assets.domain.graph import ARTIFACTS, read_by
from ragtime_assets.orchestration.history import LastFailure
from ragtime_assets.orchestration.steps import Episode
from ragtime_assets.phases.episode_report import make_episode_report
from ragtime_assets.studio import Kept


def report_of(episode: Episode, kept: Kept, failures: Sequence[LastFailure]) -> EpisodeReport:
    """Make the report, and lay its page beside it; `failures` are what history tells of this episode."""
    phases = read_by(EpisodeReport.asset)
    last = {one.asset: one for one in failures}
    traces = {
        asset: kept.store.url(asset, episode.key, TRACE_SUFFIX)
        for asset in phases
        if kept.store.attachment(asset, episode.key, TRACE_SUFFIX) is not None
    }
    artifacts: dict[str, Artifact] = {}
    for asset in phases:
        artifact = episode.optional(ARTIFACTS[asset])
        if artifact is not None:
            artifacts[asset] = artifact
    lines = [
        _line(asset, episode.envelopes.get(asset), last.get(asset)).model_copy(update={"trace": traces.get(asset)})
        for asset in phases
    ]
    url = kept.submissions.episode(episode.key).url
    report = make_episode_report(episode.key, url, lines, artifacts, kept.ledger.total(key=episode.key))
    kept.store.attach(EpisodeReport.asset, episode.key, "md", report.markdown)
    return report


def _line(asset: str, envelope: Envelope | None, last: LastFailure | None) -> PhaseLine:
    if last is not None and (envelope is None or last.at > envelope.created_at.timestamp()):
        return PhaseLine(
            asset=asset,
            state="duplicate" if last.failure.halt else "failed",
            error_class=last.failure.error_class,
            error=last.failure.message,
            remedy=last.failure.remedy,
        )
    if envelope is None:
        return PhaseLine(asset=asset, state="missing")
    return PhaseLine(
        asset=asset, state="done", at=envelope.created_at, engine=envelope.engine, seconds=envelope.seconds
    )
