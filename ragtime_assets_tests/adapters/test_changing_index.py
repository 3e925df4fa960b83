"""One collection takes another's place while points come in and questions are asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragtime_assets.adapters.vectors.changing import ChangingVectorIndex
from ragtime_assets.adapters.vectors.embedded import EmbeddedVectorIndex
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.vector_collections import SqlVectorCollections
from ragtime_assets.domain.points import Filters, Points
from ragtime_assets.domain.vector_collections import VectorCollection, VectorKind
from ragtime_assets.errors import ArtifactCorrupt
from ragtime_assets_tests.corpus.rows import have_passages

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

OLD, NEW = VectorKind("old", "old 1", 4), VectorKind("new", "new 1", 8)


class World:
    """An embedded index with its tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "index"
        self.database = Database(f"sqlite:///{folder / 'corpus.sqlite'}")
        self.collections = SqlVectorCollections(self.database, "embedded")
        self.old, self.new = self.of(OLD), self.of(NEW)

    def of(self, kind: VectorKind) -> ChangingVectorIndex:
        return ChangingVectorIndex(lambda: kind, self.collections, self.opened)

    def opened(self, one: VectorCollection) -> EmbeddedVectorIndex:
        return EmbeddedVectorIndex(self.folder, one.kind.engine, one.kind.dimension, collection=one.name)

    def publish(self, index: ChangingVectorIndex, kind: VectorKind, *keys: str) -> str:
        have_passages(self.database, *keys)
        return index.publish({key: points(key, kind) for key in keys})

    def answering(self) -> tuple[str, set[str]]:
        """Which kind answers, and the episodes that are in it."""
        live = self.collections.live()
        assert live is not None
        hits = self.opened(live).nearest(towards(live.kind), 100, Filters())
        return live.kind.embedder, {hit.name.episode_key for hit in hits}


def towards(kind: VectorKind) -> Vectors:
    return np.ones(kind.dimension, dtype=np.float32)


def points(key: str, kind: VectorKind) -> Points:
    return Points((f"{key}-0",), np.ones((1, kind.dimension), dtype=np.float32), ({"show": "x"},))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.database.close()


def test_searches_ask_the_old_collection_until_every_episode_is_in_the_new_one(world: World) -> None:
    world.publish(world.old, OLD, "a", "b", "c")
    for key in ("a", "b"):
        world.publish(world.new, NEW, key)
        assert world.answering() == ("old", {"a", "b", "c"})
    world.publish(world.new, NEW, "c")
    assert world.answering() == ("new", {"a", "b", "c"})


def test_what_is_still_of_the_old_engine_may_be_published_again_meanwhile(world: World) -> None:
    world.publish(world.old, OLD, "a", "b")
    world.publish(world.new, NEW, "a")
    world.publish(world.old, OLD, "b")
    assert world.answering() == ("old", {"a", "b"})


def test_a_build_of_the_same_engine_gets_what_is_published_meanwhile(world: World) -> None:
    world.publish(world.old, OLD, "a", "b")
    building = world.collections.begin(OLD)
    world.old.publish_into(building, {"a": points("a", OLD)})
    world.publish(world.old, OLD, "c")
    assert world.answering() == ("old", {"a", "b", "c"})
    world.old.publish_into(building, {"b": points("b", OLD)})
    live = world.collections.live()
    assert live is not None
    assert live.name == building.name
    assert world.answering() == ("old", {"a", "b", "c"})


def test_an_index_that_is_broken_hinders_no_build_that_takes_its_place(world: World) -> None:
    world.publish(world.old, OLD, "a")
    (world.folder / OLD.name / "manifest.json").write_text("{")
    with pytest.raises(ArtifactCorrupt, match="manifest") as broken:
        world.publish(world.old, OLD, "a")
    assert "ragtime reindex --vectors" in broken.value.remedy
    world.collections.begin(OLD)
    world.publish(world.old, OLD, "a")
    assert world.answering() == ("old", {"a"})


def test_a_forgotten_episode_goes_from_every_collection(world: World) -> None:
    world.publish(world.old, OLD, "a", "b")
    world.publish(world.new, NEW, "a")
    SqlPassages(world.database).keep_only("a", frozenset())
    world.new.forget(["a"])
    assert world.answering() == ("old", {"b"})
    world.publish(world.new, NEW, "b")
    assert world.answering() == ("new", {"b"})


def test_nothing_is_left_of_the_old_collection_when_nobody_asks_it_any_more(world: World) -> None:
    world.publish(world.old, OLD, "a")
    world.publish(world.new, NEW, "a")
    assert world.new.sweep() == 0, "a search that began before may still ask it"
    assert world.new.sweep(datetime.now(UTC) + timedelta(hours=1)) == 1
    live = world.collections.live()
    assert live is not None
    assert [path.name for path in world.folder.iterdir()] == [live.name]
    assert world.collections.all() == [live]


def test_each_kind_is_told_its_own_nearest(world: World) -> None:
    assert world.new.nearest(towards(NEW), 5, Filters()) == []
    world.publish(world.old, OLD, "a", "b")
    world.publish(world.new, NEW, "a")
    assert {hit.name.episode_key for hit in world.old.nearest(towards(OLD), 5, Filters())} == {"a", "b"}
    assert {hit.name.episode_key for hit in world.new.nearest(towards(NEW), 5, Filters())} == {"a"}
