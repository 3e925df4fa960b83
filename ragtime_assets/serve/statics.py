"""Style and scripts: under an address that tells their version a browser asks for them once."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
_FOR_A_YEAR = "private, max-age=31536000, immutable"


@cache
def static_url(name: str) -> str:
    """The address of a file, as it is now."""
    return f"/static/{name}?v={_version(name)}"


class Statics(StaticFiles):
    """The files of the pages."""

    def __init__(self) -> None:
        """Serve the folder beside this module."""
        super().__init__(directory=FOLDER)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file; to be kept where it is the version that was asked for."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        if QueryParams(scope["query_string"]).get("v") == _version(Path(full_path).name):
            answer.headers["Cache-Control"] = _FOR_A_YEAR
        return answer


@cache
def _version(name: str) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
