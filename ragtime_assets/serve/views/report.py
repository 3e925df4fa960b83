"""What happened to an episode."""

from __future__ import annotations

from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.serve.page import View


class ReportView(View):
    """The report of an episode."""

    key: str
    title: str
    show: str | None
    complete: bool
    markdown: str


def report_view(report: EpisodeReport) -> ReportView:
    """As the phase wrote it."""
    return ReportView(
        key=report.key,
        title=one_line(report.title) or report.key,
        show=one_line(report.show) or None,
        complete=report.complete,
        markdown=report.markdown,
    )
