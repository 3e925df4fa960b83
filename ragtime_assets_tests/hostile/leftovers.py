"""What must not be left in the home of a corpus."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ragtime_assets.adapters.storage.artifact_store import opened
from ragtime_assets.domain.graph import ARTIFACTS
from ragtime_assets_tests.house import House


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def assert_nothing_half_written(house: House) -> None:
    """No scratch, no lock, no blob that is not its digest, no artifact that cannot be read."""
    home = house.studio.settings.root
    store = home / "store"
    assert everything(store / "scratch") == []
    assert everything(home / "locks") == []
    for blob in everything(store / "blobs"):
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name
    for envelope in house.studio.store.envelopes():
        opened(ARTIFACTS[envelope.asset], envelope)
    assert [path.name for path in home.parent.iterdir()] == [home.name]
