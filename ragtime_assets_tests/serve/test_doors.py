"""Who may come in, and what every answer carries."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from ragtime_assets.domain.links import report_url
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.serve.app import ACTIONS, FILES, PAGES
from ragtime_assets.serve.doors import ENTRANCE, Doors
from ragtime_assets.serve.face import json_address
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.serve.conftest import BASE, TOKEN, client_of


@pytest.mark.parametrize(
    ("settings", "host"),
    [({}, "0.0.0.0"), ({}, "192.0.2.7"), ({"serve_url": "https://corpus.example"}, "127.0.0.1")],  # noqa: S104
)
def test_it_does_not_start_where_anybody_could_come_in(settings: dict[str, str], host: str) -> None:
    with pytest.raises(ConfigurationError, match="nothing says who may come in"):
        Doors.of(OwnSettings(**settings), host)


def test_every_address_needs_a_name_by_which_it_is_reached() -> None:
    with pytest.raises(ConfigurationError, match="by which name"):
        Doors.of(OwnSettings(serve_token=TOKEN), "0.0.0.0")  # noqa: S104
    doors = Doors.of(OwnSettings(serve_token=TOKEN, serve_url="https://corpus.example"), "0.0.0.0")  # noqa: S104
    assert doors.knows("corpus.example")
    assert not doors.knows("corpus.example.evil")
    assert not doors.knows("127.0.0.1")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8080", "127.0.0.1:80x", "", "[::2]:8080"])
def test_a_name_that_is_not_the_server_s_is_turned_away(face: TestClient, host: str) -> None:
    assert face.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:3", "[::1]:8080"])
def test_loopback_is_called_by_its_names(face: TestClient, host: str) -> None:
    assert face.get("/static/icon.svg", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/face.css", "/episodes/nobody/report"])
def test_every_answer_forbids_scripts_from_elsewhere_and_being_framed(face: TestClient, path: str) -> None:
    headers = face.get(path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": BASE},
    ],
)
def test_a_page_of_another_site_may_write_nothing(face: TestClient, headers: dict[str, str]) -> None:
    assert face.post("/ask", headers=headers).status_code == 403


def test_a_token_lets_in_who_brings_it_and_nobody_else(library: Studio, key: str) -> None:
    doors = Doors(["127.0.0.1"], TOKEN)
    with client_of(library, doors) as client:
        page = report_url("", key)
        turned_away = client.get(page)
        assert turned_away.status_code == 303
        assert turned_away.headers["location"].startswith("/enter?to=")
        assert client.get(page, headers={"Accept": "application/json"}).status_code == 401
        assert client.get(page, headers={"Authorization": "Bearer no"}).status_code == 303
        assert client.get(page, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert client.get(page, headers={"Cookie": f"ragtime={TOKEN}"}).status_code == 303
        assert client.get(page, headers={"Cookie": f"ragtime={doors.pass_for_token}"}).status_code == 200


def test_a_proxy_names_the_reader_and_nobody_comes_in_without_a_name(library: Studio, key: str) -> None:
    settings = OwnSettings(serve_user_header="X-Forwarded-User", serve_url="https://corpus.example")
    doors = Doors.of(settings, "127.0.0.1")
    with client_of(library, doors) as client:
        page = report_url("", key)
        at_home = {"Host": "corpus.example"}
        assert client.get(page, headers=at_home).status_code == 401
        assert client.get(page, headers={**at_home, "X-Forwarded-User": " "}).status_code == 401
        assert client.get(page, headers={**at_home, "X-Forwarded-User": "ann"}).status_code == 200
    with pytest.raises(ConfigurationError, match="could say in X-Forwarded-User to be anybody"):
        Doors.of(settings, "0.0.0.0")  # noqa: S104
    with pytest.raises(ConfigurationError, match="two ways in"):
        Doors.of(OwnSettings(serve_user_header="X-Forwarded-User", serve_token=TOKEN), "127.0.0.1")


BEHIND_THE_TOKEN = sorted(
    {*PAGES, *map(json_address, PAGES), *ACTIONS, *FILES, "/openapi.json", "/agui", "/reconcile", "/mcp"}
    - {ENTRANCE, json_address(ENTRANCE)}
)


@pytest.mark.parametrize("path", BEHIND_THE_TOKEN)
def test_without_the_token_nothing_of_a_private_show_is_told_anywhere(library: Studio, key: str, path: str) -> None:
    filled = path.format(key=key, id="e", asset="transcript", sha256="0" * 64)
    with client_of(library, Doors(["127.0.0.1"], TOKEN)) as client:
        for answer in (client.get(filled), client.post(filled, json={"key": key})):
            assert answer.status_code in (303, 401)
            assert "Chorus" not in answer.text
