"""`/episodes/{key}`: an episode, with the part of its transcript that is asked for."""

from __future__ import annotations

from starlette.requests import Request

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.orchestration.looking import look
from ragtime_assets.orchestration.run_page import run_page
from ragtime_assets.serve.face import Face
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.parameters import number_in, second_in
from ragtime_assets.serve.views.episode import EpisodeView, OpenEpisode, unheard_view
from ragtime_assets.serve.views.standing import Standing, standing_view, told_of
from ragtime_assets.studio import Studio
from ragtime_assets.studio.contents import found, to_read


def episode(face: Face, request: Request) -> Page:
    """The episode as far as it is made; where it stands, unless all of it is."""
    return Page(_view(face, request), "episode.html")


def _view(face: Face, request: Request) -> EpisodeView:
    studio, submitted = face.studio, face.episode(request)
    key = submitted.key
    made = studio.artifact_index.of([key]).get(key, {})
    has_report = EpisodeReport.asset in made
    if Transcript.asset not in made:
        details, audio = found(studio, key, EpisodeDetails), found(studio, key, AudioFile)
        return unheard_view(_standing(face, key), submitted.url, details, audio, has_report=has_report)
    query = request.query_params
    stamp = tuple((one.asset, one.digest, one.created_at) for one in made.values())
    opened = face.open_episodes.get(key, stamp, lambda: _opened(studio, key))
    part, second = number_in(query, "part", 1), second_in(query)
    is_complete = made.keys() >= set(PHASES)
    standing = face.standing(key, lambda: _standing(face, key)) if is_complete else _standing(face, key)
    told = told_of(standing, is_complete=is_complete)
    return opened.view(part, second, has_report=has_report, standing=told)


def _opened(studio: Studio, key: str) -> OpenEpisode:
    read = to_read(studio, key)
    return OpenEpisode(read.contents, read.words)


def _standing(face: Face, key: str) -> Standing:
    studio = face.studio
    (status,) = look(studio, key).episodes
    run = run_page(studio.settings, status.run_id) if status.run_id else None
    return standing_view(status, run, studio.approvals.newest([key]).get(key))
