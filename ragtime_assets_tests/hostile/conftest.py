"""A house among hostile publishers: a server that may be visited, and one beside it that never may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets.adapters.http import GuardedHttp, HttpLimits
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.hostile.web import Web, served
from ragtime_assets_tests.house import House, ScriptedTranscriber

OpenHouse = Callable[..., AbstractContextManager[House]]


@pytest.fixture
def web() -> Iterator[Web]:
    """The one server that is allowed."""
    with served() as found:
        yield found


@pytest.fixture
def canary() -> Iterator[Web]:
    """A server on the same machine that nobody may ever connect to."""
    with served() as found:
        yield found
    assert found.visited == []


@pytest.fixture
def open_house(tmp_path: Path, web: Web) -> OpenHouse:
    """Opens a corpus that may visit `web`, with small limits and no waiting between attempts."""

    @contextmanager
    def opened(seconds: float = 10.0, **settings: Any) -> Iterator[House]:
        chosen = Settings(**{"home": tmp_path / "home", "allow_private_hosts": (web.host,), **settings})
        studio = Studio(chosen)
        speech = ScriptedTranscriber()
        studio.transcriber = speech
        studio.fetcher = GuardedHttp(
            chosen.allow_private_hosts,
            user_agent="ragtime-assets/test",
            limits=HttpLimits(
                document_bytes=200_000,
                document_seconds=seconds,
                download_bytes=1_000_000,
                download_seconds=seconds,
            ),
            retry_wait=lambda _seconds: None,
        )
        with open_instance(chosen) as instance:
            yield House(studio, instance, web.base, speech)
        studio.database.close()

    return opened


@pytest.fixture
def house(open_house: OpenHouse) -> Iterator[House]:
    """A corpus that may visit `web`."""
    with open_house() as found:
        yield found
