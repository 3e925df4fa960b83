"""`/episodes/{key}/report`: what happened to an episode."""

from __future__ import annotations

from starlette.requests import Request

from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.serve.face import Face
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.views.report import report_view
from ragtime_assets.studio.contents import needed


def report(face: Face, request: Request) -> Page:
    """The report as a page of its own."""
    episode = face.episode(request)
    return Page(report_view(needed(face.studio, episode.key, EpisodeReport)), "report.html")
