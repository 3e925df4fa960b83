"""What is meant for one host (a key, a cookie, who leads there) is told to that host, and to no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ragtime_assets.adapters.web.http import GuardedHttp

SECRET = {"Authorization": "Bearer hunter2", "Cookie": "session=hunter2", "Referer": "https://pod.example/members"}


def fetch(web: GuardedHttp, url: str, headers: Mapping[str, str], _to: Path) -> object:
    return web.fetch(url, headers)


def download(web: GuardedHttp, url: str, headers: Mapping[str, str], to: Path) -> object:
    return web.download(url, to, lambda *_: None, headers)


@pytest.mark.parametrize("ask", [fetch, download])
def test_headers_follow_a_redirect_within_their_host_and_to_no_other(
    httpserver: HTTPServer, tmp_path: Path, ask: Callable[[GuardedHttp, str, Mapping[str, str], Path], object]
) -> None:
    here, there = (f"http://{host}:{httpserver.port}" for host in ("localhost", "127.0.0.1"))
    hops = {"/a": f"{here}/b", "/b": f"{there}/c", "/c": f"{there}/d"}
    heard: dict[str, set[str]] = {}

    def answer(request: Request) -> Response:
        heard[request.path] = {name for name, value in SECRET.items() if request.headers.get(name) == value}
        leads_to = hops.get(request.path)
        return Response(status=302, headers={"Location": leads_to}) if leads_to else Response("there")

    for path in ("/a", "/b", "/c", "/d"):
        httpserver.expect_request(path).respond_with_handler(answer)
    web = GuardedHttp(["localhost", "127.0.0.1"], user_agent="ragtime-assets/test")
    ask(web, f"{here}/a", SECRET, tmp_path / "file")
    assert heard == {"/a": set(SECRET), "/b": set(SECRET), "/c": set(), "/d": set()}
