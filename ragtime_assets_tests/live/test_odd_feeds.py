"""The odd feeds that a public feed parser is tested with: some can be read, none crashes us."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from ragtime_assets.adapters.feeds.reader import PodcastFeedReader
from ragtime_assets.adapters.pages.reader import EpisodePageReader
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.errors import RagtimeError

PARSER = "feedparser==6.0.14"


@pytest.fixture(scope="module")
def odd_feeds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The feeds in the parser's source distribution."""
    folder = tmp_path_factory.mktemp("odd")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", PARSER]
    subprocess.run(command, cwd=folder, check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return list(folder.rglob("*.xml"))


@pytest.mark.live
def test_no_odd_feed_crashes_us(odd_feeds: list[Path]) -> None:
    assert len(odd_feeds) > 2_000
    feeds, pages, read = PodcastFeedReader(), EpisodePageReader(), 0
    for path in odd_feeds:
        document = Document("https://pod.example/feed", path.read_bytes(), "text/xml")
        pages.read(document)
        try:
            feeds.item(document)
        except RagtimeError:
            continue
        read += 1
    assert read > 10
