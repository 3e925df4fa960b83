"""What the supervisor takes for lost, and what it waits for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from ragtime_assets.orchestration.supervisor import MOST_UNANSWERED, Definitions


@pytest.fixture
def code_socket() -> Iterator[Path]:
    """A short path, for a socket can have no long one."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "code"


def test_a_proxy_whose_server_was_killed_while_it_started_is_lost_though_it_is_new(code_socket: Path) -> None:
    """It listens, has no server to ask, and would say so for ever: there is nothing to be patient about."""
    proxy = grpc.server(ThreadPoolExecutor(1))
    proxy.add_insecure_port(f"unix:{code_socket}")
    proxy.start()
    try:
        definitions = Definitions(code_socket, every=0)
        assert [definitions.are_lost() for _ in range(MOST_UNANSWERED)] == [False] * (MOST_UNANSWERED - 1) + [True]
    finally:
        proxy.stop(None).wait()


def test_a_code_location_that_still_loads_is_given_its_time(code_socket: Path) -> None:
    definitions = Definitions(code_socket, every=0)
    assert not any(definitions.are_lost() for _ in range(2 * MOST_UNANSWERED))
