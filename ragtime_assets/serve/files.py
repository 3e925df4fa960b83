"""Audio by its digest, with ranges so that it can be sought in, and artifacts as they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.episode.identity import PARTITION_KEY
from ragtime_assets.domain.episode.trace import EXCHANGE_SUFFIX, TRACE_SUFFIX
from ragtime_assets.domain.graph import ARTIFACTS
from ragtime_assets.domain.links import blob_url
from ragtime_assets.serve.faults import NOT_FOUND
from ragtime_assets.serve.ranges import BeyondTheEnd, Part, part_of
from ragtime_assets.studio.audio import known_audio, opened_audio
from ragtime_assets.studio.contents import needed

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio

_PIECE = 256 * 1024
_FOREVER = "private, max-age=31536000, immutable"
_MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "mp4": "audio/mp4",
    "m4a": "audio/mp4",
    "mov": "audio/mp4",
    "ogg": "audio/ogg",
    "webm": "audio/webm",
    "matroska": "audio/webm",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "aac": "audio/aac",
}
_TEXT_TYPES = {"vtt": "text/vtt", "json": "application/json", "jsonl": "application/jsonl"}
"""Of what lies beside artifacts; all else is plain text."""


def artifact(studio: Studio, request: Request) -> Response:
    """`/artifacts/{asset}/{key}`: the envelope; `.../{key}.{suffix}`: a text that lies beside it."""
    kind = ARTIFACTS.get(request.path_params["asset"])
    key, _, suffix = request.path_params["key"].partition(".")
    if kind is None or not PARTITION_KEY.fullmatch(key) or not studio.submissions.episodes(key):
        raise HTTPException(NOT_FOUND)
    if suffix in ("", "json"):
        envelope = studio.store.envelope(kind.asset, key)
        content = envelope and envelope.model_dump_json()
    else:
        is_known = suffix in (*kind.files.values(), TRACE_SUFFIX, EXCHANGE_SUFFIX)
        content = studio.store.attachment(kind.asset, key, suffix) if is_known else None
    if content is None:
        raise HTTPException(NOT_FOUND)
    return Response(content, media_type=_TEXT_TYPES.get((suffix or "json").rpartition(".")[2], "text/plain"))


def audio_of(studio: Studio, request: Request) -> Response:
    """`/episodes/{key}/audio`: leads to the audio that the episode has now."""
    key = request.path_params["key"]
    if not PARTITION_KEY.fullmatch(key) or not studio.submissions.episodes(key):
        raise HTTPException(NOT_FOUND)
    return RedirectResponse(blob_url("", needed(studio, key, AudioFile).sha256), status_code=302)


def blob(studio: Studio, request: Request) -> Response:
    """`/blobs/{sha256}`: the audio of an episode, whole or in part."""
    digest = request.path_params["sha256"]
    audio = known_audio(studio, digest)
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{digest}"', "Cache-Control": _FOREVER}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    file = opened_audio(studio, audio)
    size = file.seek(0, 2)
    asked = (
        request.headers.get("range") if request.headers.get("if-range", headers["ETag"]) == headers["ETag"] else None
    )
    try:
        part = part_of(asked, size)
    except BeyondTheEnd:
        file.close()
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    chosen = part or Part(0, size)
    headers["Content-Length"] = str(chosen.end - chosen.start)
    kind = next((kind for name, kind in _MEDIA_TYPES.items() if name in audio.facts.container), "audio/mpeg")
    if request.method == "HEAD":
        file.close()
        return Response(status_code=200, headers=headers, media_type=kind)
    return _PartOfFile(file, chosen, 206 if part else 200, headers, kind)


class _PartOfFile(StreamingResponse):
    """A part of an open file, closed behind it also where the reader goes away, as players do all the time."""

    def __init__(self, file: BinaryIO, part: Part, status: int, headers: Mapping[str, str], kind: str) -> None:
        super().__init__(_pieces(file, part), status, headers, kind)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def _pieces(file: BinaryIO, part: Part) -> Iterator[bytes]:
    file.seek(part.start)
    left = part.end - part.start
    while left > 0 and (piece := file.read(min(_PIECE, left))):
        left -= len(piece)
        yield piece
