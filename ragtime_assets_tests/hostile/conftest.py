"""A house among hostile publishers: a server that may be visited, and one beside it that never may."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets.adapters.web.credentials import Credentials
from ragtime_assets.adapters.web.http import GuardedHttp, HttpLimits
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import Settings
from ragtime_assets_tests.fakes import FakeSpotListener
from ragtime_assets_tests.hostile.web import Web
from ragtime_assets_tests.house import House, ScriptedTranscriber, laid
from ragtime_assets_tests.raw_server import served

OpenHouse = Callable[..., AbstractContextManager[House]]


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """The one server that is allowed."""
    with served(Web) as found:
        yield found


@pytest.fixture(scope="module")
def canary() -> Iterator[Web]:
    """A server on the same machine that nobody may ever connect to."""
    with served(Web) as found:
        yield found
    assert found.requests == []


@pytest.fixture
def open_house(tmp_path: Path, web: Web) -> OpenHouse:
    """Opens an empty corpus that may visit `web`."""
    return lambda seconds=10.0, **settings: opened_house(tmp_path / "home", web, seconds, **settings)


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory, web: Web) -> Iterator[House]:
    """One corpus for many attacks, because making a Dagster instance takes longer than most of them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("RAGTIME_", "DAGSTER_"))]:
            patch.delenv(name)
        folder = tmp_path_factory.mktemp("shared")
        patch.chdir(folder)
        with opened_house(folder / "home", web) as house:
            yield house


@contextmanager
def opened_house(home: Path, web: Web, seconds: float = 10.0, **settings: Any) -> Iterator[House]:
    """A corpus in `home` that may visit `web`, with small limits."""
    chosen = Settings(
        **{"home": home, "allow_private_hosts": (web.host,), "podcast_indexes": (), "browser": "off", **settings}
    )
    studio = laid(chosen)
    speech = ScriptedTranscriber()
    studio.speech.transcriber = speech
    studio.speech.spot_listener = FakeSpotListener()
    studio.web.fetcher = hasty(web, seconds, studio.credentials)
    with open_instance(chosen) as instance:
        yield House(studio, instance, web.base, speech)
    studio.database.close()


def hasty(web: Web, seconds: float, credentials: Credentials | None = None) -> GuardedHttp:
    """Fetches from `web` alone, little, for at most so long, and without waiting between attempts."""
    limits = HttpLimits(
        document_bytes=200_000, document_seconds=seconds, download_bytes=1_000_000, download_seconds=seconds
    )
    return GuardedHttp(
        [web.host], user_agent="test", limits=limits, credentials=credentials, retry_wait=lambda _seconds: None
    )
