"""Who may come in over HTTP, decided from settings and address before anything listens."""

from __future__ import annotations

from typing import Any

import pytest

from ragtime_assets.errors import ConfigurationError
from ragtime_assets.mcp.doors import Doors, is_everywhere, is_loopback
from ragtime_assets.settings import OwnSettings

TOKEN = {"mcp_token": "correct-horse-battery"}
URL = {"mcp_url": "https://corpus.example/mcp"}
ISSUER = {"mcp_issuer": "https://id.example/"}


@pytest.mark.parametrize(
    ("host", "settings", "told"),
    [
        ("0.0.0.0", {}, "RAGTIME_MCP_TOKEN"),  # noqa: S104
        ("0.0.0.0", {}, "Set RAGTIME_MCP_URL"),  # noqa: S104
        ("192.0.2.7", {}, "RAGTIME_MCP_TOKEN"),
        ("corpus.example", {}, "RAGTIME_MCP_TOKEN"),
        ("127.0.0.1", URL, "RAGTIME_MCP_TOKEN"),  # a proxy makes it reached
        ("::", TOKEN, "RAGTIME_MCP_URL"),
        ("0.0.0.0", TOKEN, "RAGTIME_MCP_URL"),  # noqa: S104
        ("", TOKEN, "RAGTIME_MCP_URL"),
        ("127.0.0.1", {**TOKEN, **ISSUER, **URL}, "Set one of them"),
        ("127.0.0.1", ISSUER, "RAGTIME_MCP_URL"),
    ],
)
def test_a_door_that_is_open_to_anybody_is_refused(host: str, settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Doors.of(OwnSettings(**settings), host)
    assert told in f"{refused.value.message} {refused.value.remedy}"


def test_only_names_under_which_it_is_reached_are_let_in() -> None:
    at_home = Doors.of(OwnSettings(), "127.0.0.1")
    assert set(at_home.hosts) == {form for name in ("127.0.0.1", "localhost", "[::1]") for form in (name, f"{name}:*")}
    abroad = Doors.of(OwnSettings(**TOKEN, **URL, mcp_origins="https://tools.example"), "0.0.0.0")  # noqa: S104
    assert set(abroad.hosts) == {"corpus.example", "corpus.example:*"}
    assert set(abroad.origins) == {"https://corpus.example", "https://tools.example"}
    one = Doors.of(OwnSettings(**TOKEN), "2001:db8::7")
    assert set(one.hosts) == {"[2001:db8::7]", "[2001:db8::7]:*"}


def test_an_issuer_is_named_as_it_is_written() -> None:
    found = Doors.of(OwnSettings(**ISSUER, **URL), "0.0.0.0").auth  # noqa: S104
    assert found is not None
    assert str(found[0].issuer_url) == "https://id.example/"
    assert Doors.of(OwnSettings(**TOKEN, **URL), "0.0.0.0").auth is None  # noqa: S104


@pytest.mark.parametrize(
    ("host", "loopback", "everywhere"),
    [
        ("127.0.0.1", True, False),
        ("127.8.8.8", True, False),
        ("::1", True, False),
        ("localhost", True, False),
        ("localhost.evil.example", False, False),
        ("0.0.0.0", False, True),  # noqa: S104
        ("::", False, True),
        ("10.0.0.1", False, False),
    ],
)
def test_an_address_is_of_this_machine_of_all_or_of_one(host: str, loopback: bool, everywhere: bool) -> None:
    assert (is_loopback(host), is_everywhere(host)) == (loopback, everywhere)
