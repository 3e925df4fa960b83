"""The vector index: one contract for the embedded index and a server, then what each owes of its own."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from filelock import FileLock
from pytest_httpserver import HTTPServer
from qdrant_client import QdrantClient
from werkzeug import Response

from ragtime_assets.adapters.vectors.embedded import EmbeddedVectorIndex
from ragtime_assets.adapters.vectors.parts import copy_sparse
from ragtime_assets.adapters.vectors.server import ServerVectorIndex
from ragtime_assets.domain.points import Filters, PointName, Points
from ragtime_assets.errors import (
    ArtifactCorrupt,
    ConfigurationError,
    PermanentError,
    StoreUnavailable,
    TooLarge,
)
from ragtime_assets.ports import VectorIndex
from ragtime_assets_tests.forked import Forked
from ragtime_assets_tests.qdrant_server import QdrantServer

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

DIMENSION = 8
ENGINE = "fake 1"
ANYTHING = Filters()
MANY = 400
"""So many points that a search compares only some of them."""
PROJECT = Path(__file__).parents[2]

# What the library says of its own local mode; a server is not concerned.
pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant:UserWarning")


def towards(number: int) -> Vectors:
    """A direction of its own for each number."""
    vector = np.random.default_rng(number).normal(size=DIMENSION)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def episode(*numbers: int, **payload: str) -> Points:
    """Points of an episode whose chunks look in these directions."""
    vectors = np.array([towards(number) for number in numbers], dtype=np.float32).reshape(-1, DIMENSION)
    fields = {"show": "Blue Notes", "language": "en", "published": "2024-01-01", **payload}
    return Points(tuple(f"chunk-{number}" for number in numbers), vectors, (fields,) * len(numbers))


def fields(points: Points, **more: object) -> Points:
    """The points, each with more fields."""
    return replace(points, payloads=tuple({**payload, **more} for payload in points.payloads))


def digests(index: VectorIndex, towards_number: int = 1, limit: int = 100, **filters: str) -> set[str]:
    return {hit.chunk_digest for hit in index.nearest(towards(towards_number), limit, Filters(**filters))}


@pytest.fixture
def embedded(tmp_path: Path) -> EmbeddedVectorIndex:
    return EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, part_points=4)


@pytest.fixture
def in_memory() -> ServerVectorIndex:
    return ServerVectorIndex("http://in-memory", ENGINE, DIMENSION, client=QdrantClient(":memory:"))


@pytest.fixture
def qdrant(httpserver: HTTPServer) -> QdrantServer:
    return QdrantServer(httpserver)


@pytest.fixture
def server(qdrant: QdrantServer) -> Iterator[ServerVectorIndex]:
    index = ServerVectorIndex(qdrant.url, ENGINE, DIMENSION)
    yield index
    index.close()


@pytest.fixture(params=["embedded", "in_memory", "server"])
def index(request: pytest.FixtureRequest) -> VectorIndex:
    return request.getfixturevalue(request.param)


class TestEveryIndex:
    def test_an_empty_index_finds_nothing(self, index: VectorIndex) -> None:
        assert index.cosines([PointName("a", "chunk-1")], np.stack([towards(1)])) == {}
        assert index.nearest(towards(1), 5, ANYTHING) == []

    def test_the_collection_names_engine_and_dimension(self, index: VectorIndex) -> None:
        assert index.collection == "ragtime-fake-1-8"

    def test_the_nearest_chunk_comes_first_and_scores_its_cosine(self, index: VectorIndex) -> None:
        index.publish({"a": episode(1, 2, 3), "b": episode(4, 5)})
        hits = index.nearest(towards(4), 3, ANYTHING)
        assert len(hits) == 3
        assert hits[0].chunk_digest == "chunk-4"
        assert hits[0].score == pytest.approx(1, abs=1e-5)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)

    def test_chunks_are_as_near_to_each_vector_as_the_nearest_are_told_to_be(self, index: VectorIndex) -> None:
        index.publish({"a": fields(episode(1, 2, 3)), "b": episode(4, 5)})
        index.publish({"a": replace(episode(1, 2), vectors=np.array([towards(9), 3 * towards(2)], np.float32))})
        names = [PointName("a", f"chunk-{number}") for number in (1, 2, 3)] + [PointName("b", "chunk-4")]
        asked = np.stack([towards(4), towards(7)])
        cosines = index.cosines(names, asked)
        assert set(cosines) == {*names} - {PointName("a", "chunk-3")}, "of those that are there, as they are now"
        assert cosines[names[1]] == pytest.approx(asked @ towards(2), abs=1e-5)
        for place, vector in enumerate(asked):
            for hit in index.nearest(vector, 10, ANYTHING, names):
                assert cosines[hit.name][place] == pytest.approx(hit.score, abs=1e-6)
        assert index.cosines([], asked) == {}

    def test_publishing_twice_changes_nothing(self, index: VectorIndex) -> None:
        for _ in range(2):
            index.publish({"a": episode(1, 2, 3)})
        assert [hit.chunk_digest for hit in index.nearest(towards(2), 10, ANYTHING)].count("chunk-2") == 1
        assert digests(index) == {"chunk-1", "chunk-2", "chunk-3"}

    def test_a_republished_episode_loses_its_old_points_wherever_they_lie(self, index: VectorIndex) -> None:
        index.publish({"a": episode(1, 2, 3)})
        index.publish({"b": episode(11, 12, 13, 14)})
        index.publish({"c": episode(21, 22)})
        index.publish({"a": episode(3, 4)})
        assert digests(index, episode="a") == {"chunk-3", "chunk-4"}
        assert digests(index) >= {"chunk-11", "chunk-12", "chunk-13", "chunk-14", "chunk-21", "chunk-22"}
        assert not digests(index) & {"chunk-1", "chunk-2"}

    def test_a_republished_episode_is_found_under_its_new_fields_only(self, index: VectorIndex) -> None:
        index.publish({"a": episode(1, 2, show="Wrong Show")})
        index.publish({"b": episode(11, 12, 13, 14)})
        index.publish({"a": episode(1, 2, show="Right Show")})
        assert digests(index, show="Wrong Show") == set()
        assert digests(index, show="Right Show") == {"chunk-1", "chunk-2"}

    @pytest.mark.parametrize(
        ("name", "value"), [("episode", "b"), ("show", "Other"), ("language", "de"), ("until", "2020-02-02")]
    )
    def test_a_filter_lets_only_equal_values_through(self, index: VectorIndex, name: str, value: str) -> None:
        index.publish({"a": episode(1, 2), "b": episode(3, 4, show="Other", language="de", published="2020-02-02")})
        assert digests(index, **{name: value}) == {"chunk-3", "chunk-4"}

    def test_a_chunk_that_two_episodes_share_is_a_hit_in_each(self, index: VectorIndex) -> None:
        index.publish({"a": episode(1, 2)})
        index.publish({"b": episode(1, 3)})
        hits = index.nearest(towards(1), 10, ANYTHING)
        assert sorted(hit.name for hit in hits) == [
            ("a", "chunk-1"),
            ("a", "chunk-2"),
            ("b", "chunk-1"),
            ("b", "chunk-3"),
        ]
        assert {hit.name.episode_key for hit in hits[:2]} == {"a", "b"}

    def test_points_are_found_by_every_field_and_by_days_from_and_to(self, index: VectorIndex) -> None:
        index.publish({"a": episode(1, published="2024-01-01")})
        named = {"speakers": ("Ann", "Bob"), "entities": ("e1", "e2"), "entity_types": ("musician",), "start": 1.5}
        index.publish({"b": fields(episode(2, published="2024-02-01"), **named)})
        index.publish({"c": fields(episode(3, published=""), **{**named, "speakers": ("Cy",), "entities": ()})})
        assert digests(index, since="2024-01-01", until="2024-01-31") == {"chunk-1"}
        assert digests(index, since="2024-02-01") == digests(index, since="2024-02-01", until="2024-02-01")
        assert digests(index, since="2024-02-01") == {"chunk-2"}
        assert "chunk-3" not in digests(index, speaker="Bob") | digests(index, entity="e2")
        assert "chunk-2" in digests(index, speaker="Bob") & digests(index, entity="e2")
        assert {"chunk-2", "chunk-3"} <= digests(index, entity_type="musician")

    def test_points_of_before_that_lack_a_field_are_let_through(self, index: VectorIndex) -> None:
        index.publish({"old": episode(1), "new": fields(episode(2), start=0.0, speakers=("Ann",), entities=())})
        assert digests(index, speaker="Bob") == digests(index, entity="e1") == {"chunk-1"}
        assert digests(index, speaker="Ann") == {"chunk-1", "chunk-2"}

    def test_only_the_points_that_are_named_are_looked_at(self, index: VectorIndex) -> None:
        index.publish({"a": episode(*range(1, 30)), "b": episode(2, 3)})
        named = {PointName("b", "chunk-2"), PointName("a", "chunk-29"), PointName("gone", "chunk-1")}
        hits = index.nearest(towards(1), 2, ANYTHING, named)
        assert {hit.name for hit in hits} == {("b", "chunk-2"), ("a", "chunk-29")}
        assert index.nearest(towards(1), 2, ANYTHING, []) == []

    def test_an_episode_published_without_chunks_is_gone(self, index: VectorIndex) -> None:
        index.publish({"a": episode(1, 2), "b": episode(11, 12, 13)})
        index.publish({"c": episode(21)})
        index.publish({"a": episode()})
        assert digests(index) == {"chunk-11", "chunk-12", "chunk-13", "chunk-21"}

    def test_a_forgotten_episode_is_gone_and_the_others_stay(
        self, index: EmbeddedVectorIndex | ServerVectorIndex
    ) -> None:
        for key, numbers in {"a": (1, 2, 3), "b": (11, 12, 13), "c": (21, 22)}.items():
            index.publish({key: episode(*numbers)})
        index.forget(["a", "never-there"])
        assert digests(index) == {"chunk-11", "chunk-12", "chunk-13", "chunk-21", "chunk-22"}

    def test_vectors_of_another_dimension_are_refused_before_anything_is_written(self, index: VectorIndex) -> None:
        wrong = Points(("chunk-9",), np.ones((1, DIMENSION + 1), dtype=np.float32), ({"show": "x"},))
        with pytest.raises(ArtifactCorrupt, match="b has 1 chunks.*vectors of 8") as refusal:
            index.publish({"a": episode(1), "b": wrong})
        assert refusal.value.remedy == "ragtime redo b --from embeddings"
        assert digests(index) == set()

    def test_a_query_of_another_dimension_is_refused(self, index: VectorIndex) -> None:
        with pytest.raises(ArtifactCorrupt, match="the query's vector"):
            index.nearest(np.ones(DIMENSION + 1, dtype=np.float32), 5, ANYTHING)

    def test_a_closed_index_opens_again(self, index: EmbeddedVectorIndex | ServerVectorIndex) -> None:
        index.publish({"a": episode(1)})
        index.close()
        assert digests(index) == {"chunk-1"}

    def test_a_collection_with_a_name_of_its_own_lies_beside_the_other_and_goes_alone(
        self, index: EmbeddedVectorIndex | ServerVectorIndex, tmp_path: Path
    ) -> None:
        other = _beside(index, tmp_path)
        index.publish({"a": episode(1)})
        other.publish({"a": episode(2)})
        assert (digests(index), digests(other)) == ({"chunk-1"}, {"chunk-2"})
        assert re.fullmatch(r"\d\S* (kB|MB|points?)", other.size())
        for _ in range(2):
            other.drop()
        assert (digests(index), digests(other)) == ({"chunk-1"}, set())
        other.publish({"a": episode(3)})
        assert digests(other) == {"chunk-3"}


def _beside(index: EmbeddedVectorIndex | ServerVectorIndex, folder: Path) -> EmbeddedVectorIndex | ServerVectorIndex:
    """Another collection where this index keeps its own."""
    if isinstance(index, EmbeddedVectorIndex):
        return EmbeddedVectorIndex(folder, ENGINE, DIMENSION, collection="ragtime-fake-1-8-7")
    return ServerVectorIndex("x", ENGINE, DIMENSION, collection="ragtime-fake-1-8-7", client=index._connected())


class TestEmbedded:
    def test_who_searches_while_another_opens_a_new_generation_is_answered_by_the_one_before(
        self, embedded: EmbeddedVectorIndex, tmp_path: Path
    ) -> None:
        reader = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, part_points=4)
        embedded.publish({"a": episode(1)})
        assert digests(reader) == {"chunk-1"}
        embedded.publish({"b": episode(2)})
        with ThreadPoolExecutor(2) as pool:
            with FileLock(tmp_path / embedded.collection / "files.lock"):  # nobody can open a part meanwhile
                searches = [pool.submit(digests, reader) for _ in range(2)]
                (answered,), (opening,) = wait(searches, timeout=30, return_when=FIRST_COMPLETED)
            assert answered.result() == {"chunk-1"}
            assert opening.result() == {"chunk-1", "chunk-2"}

    def test_what_a_process_published_it_finds_from_then_on_however_many_search(
        self, embedded: EmbeddedVectorIndex, tmp_path: Path
    ) -> None:
        embedded.publish({"a": episode(1)})
        assert digests(embedded) == {"chunk-1"}
        embedded.publish({"b": episode(2)})
        with ThreadPoolExecutor(2) as pool:
            with FileLock(tmp_path / embedded.collection / "files.lock"):
                searches = [pool.submit(digests, embedded) for _ in range(2)]
                wait(searches, timeout=0.2)
            assert [one.result() for one in searches] == [{"chunk-1", "chunk-2"}] * 2

    def test_a_removal_that_was_cut_short_is_ended_by_the_next(
        self, embedded: EmbeddedVectorIndex, tmp_path: Path
    ) -> None:
        (tmp_path / "gone-0" / "parts").mkdir(parents=True)
        embedded.publish({"a": episode(1)})
        embedded.drop()
        assert list(tmp_path.iterdir()) == []

    def test_another_reader_sees_a_new_generation_without_being_told(
        self, embedded: EmbeddedVectorIndex, tmp_path: Path
    ) -> None:
        reader = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION)
        assert embedded.publish({"a": episode(1)}) == "1"
        assert digests(reader) == {"chunk-1"}
        assert embedded.publish({"b": episode(2)}) == "2"
        assert digests(reader) == {"chunk-1", "chunk-2"}

    def test_engines_never_meet(self, embedded: EmbeddedVectorIndex, tmp_path: Path) -> None:
        embedded.publish({"a": episode(1)})
        assert digests(EmbeddedVectorIndex(tmp_path, "fake 2", DIMENSION)) == set()

    def test_a_publish_touches_no_part_but_the_last(self, embedded: EmbeddedVectorIndex, tmp_path: Path) -> None:
        for number in range(10):
            embedded.publish({f"e{number}": episode(*range(number * 10, number * 10 + 3))})
        before = _manifest(embedded, tmp_path)["parts"]
        embedded.publish({"last": episode(1000)})
        assert _manifest(embedded, tmp_path)["parts"][: len(before) - 1] == before[:-1]
        assert sum(part["points"] for part in _manifest(embedded, tmp_path)["parts"]) == 31

    def test_an_episode_is_never_spread_over_parts(self, embedded: EmbeddedVectorIndex, tmp_path: Path) -> None:
        embedded.publish({"a": episode(*range(3)), "b": episode(*range(10, 19)), "c": episode(20)})
        assert [part["points"] for part in _manifest(embedded, tmp_path)["parts"]] == [12, 1]

    def test_only_two_generations_are_kept(self, embedded: EmbeddedVectorIndex, tmp_path: Path) -> None:
        for number in range(6):
            embedded.publish({"a": episode(number)})
        leftover = tmp_path / embedded.collection / "parts" / "of-a-dead-publisher"
        leftover.mkdir()
        embedded.publish({"a": episode(7)})
        assert not leftover.exists()
        assert len(list(leftover.parent.iterdir())) <= 3

    def test_a_forgotten_episode_is_in_no_file(self, tmp_path: Path) -> None:
        index = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION)
        index.publish({"a": episode(1, show="Rememberme"), "b": episode(2)})
        index.publish({"a": episode(3, show="Rememberme")})
        index.forget(["a"])
        assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"Rememberme" in path.read_bytes()]

    def test_what_is_stale_makes_room_before_anything_is_refused(self, tmp_path: Path) -> None:
        index = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, part_points=4, max_points=16)
        for number in range(3):
            index.publish({f"e{number}": episode(*range(number * 10, number * 10 + 4))})
        for number in (*range(3), *range(3)):
            index.publish({f"e{number}": episode(*range(number * 10 + 5, number * 10 + 9))})
        index.publish({"new": episode(100, 101, 102, 103)})
        live = {f"chunk-{number * 10 + place}" for number in range(3) for place in range(5, 9)}
        assert digests(index) == live | {f"chunk-{number}" for number in range(100, 104)}
        assert _manifest(index, tmp_path)["parts"][0]["points"] == 4
        with pytest.raises(TooLarge, match="would hold 17 points"):
            index.publish({"more": episode(200)})
        assert len(digests(index)) == 16

    def test_republishing_for_ever_does_not_grow_the_index(self, tmp_path: Path) -> None:
        index = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION)
        numbers = range(600)
        taken: list[float] = []
        for _ in range(12):
            index.publish({"a": episode(*numbers)})
            taken.append(_kilobytes(tmp_path))
        assert max(taken[6:]) < max(taken[:6]) * 1.1
        assert len(digests(index, limit=1000)) == 600

    def test_past_its_size_it_asks_for_a_server(self, tmp_path: Path) -> None:
        index = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, max_points=3)
        index.publish({"a": episode(1, 2, 3)})
        with pytest.raises(TooLarge, match="made for 3") as refusal:
            index.publish({"b": episode(4)})
        assert "RAGTIME_QDRANT_URL" in refusal.value.remedy
        assert digests(index) == {"chunk-1", "chunk-2", "chunk-3"}

    def test_a_broken_manifest_is_told_with_its_remedy(self, embedded: EmbeddedVectorIndex, tmp_path: Path) -> None:
        embedded.publish({"a": episode(1)})
        (tmp_path / embedded.collection / "manifest.json").write_text("{")
        with pytest.raises(ArtifactCorrupt, match="manifest") as refusal:
            digests(embedded)
        assert "ragtime reindex --vectors" in refusal.value.remedy

    def test_a_lost_part_is_told_with_its_remedy(self, embedded: EmbeddedVectorIndex, tmp_path: Path) -> None:
        embedded.publish({"a": episode(1)})
        part = next((tmp_path / embedded.collection / "parts").iterdir())
        part.rename(part.with_name("elsewhere"))
        with pytest.raises(StoreUnavailable, match="loading") as refusal:
            digests(EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION))
        assert "ragtime reindex --vectors" in refusal.value.remedy

    @pytest.mark.parametrize("harm", ["gone", "zeros"])
    @pytest.mark.parametrize(
        "file",
        ["vectors/status.dat", "vectors/chunk_0.mmap", "../mutable_id_tracker.mappings"],
    )
    def test_a_part_with_a_lost_file_is_told_before_it_finds_nothing(
        self, embedded: EmbeddedVectorIndex, tmp_path: Path, file: str, harm: str
    ) -> None:
        embedded.publish({"a": episode(1, 2, 3)})
        folder = tmp_path / embedded.collection
        (storage,) = folder.glob("parts/*/segments/*/vector_storage")
        damaged = storage / file
        size = damaged.stat().st_size
        damaged.unlink()
        if harm == "zeros":
            damaged.write_bytes(bytes(size))
        for act in (digests, lambda index: index.publish({"b": episode(4)})):
            with pytest.raises((ArtifactCorrupt, StoreUnavailable), match="the embedded vector index") as refusal:
                act(EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION))
            assert "ragtime reindex --vectors" in refusal.value.remedy

    def test_what_small_vectors_choose_is_what_all_vectors_compared_bring_up(self, tmp_path: Path) -> None:
        index = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, part_points=MANY)
        for first in range(0, 3 * MANY, MANY // 2):
            index.publish({f"e{first}": episode(*range(first, first + MANY // 2), show=f"show {first}")})
        index.publish({"e0": episode(*range(5_000, 5_010))})
        index.forget([f"e{MANY}"])
        assert len(_small_vectors(index, tmp_path)) == 3, "of each part that is full, or was until it was written anew"
        there = [*range(MANY // 2, MANY), *range(3 * MANY // 2, 3 * MANY), *range(5_000, 5_010)]
        vectors = np.array([towards(number) for number in there])
        for asked in range(9_000, 9_040):
            cosines = vectors @ towards(asked)
            best = np.argsort(-cosines)[:5]
            hits = index.nearest(towards(asked), 5, ANYTHING)
            assert [hit.chunk_digest for hit in hits] == [f"chunk-{there[place]}" for place in best]
            assert [hit.score for hit in hits] == pytest.approx(cosines[best], abs=1e-6)
            (hit,) = index.nearest(towards(asked), 1, Filters(show=f"show {2 * MANY}"))
            assert hit.score == pytest.approx(max(cosines[there.index(2 * MANY) :][: MANY // 2]), abs=1e-6)

    @pytest.mark.parametrize("harm", ["gone", "zeros"])
    def test_a_part_with_lost_small_vectors_is_told_before_they_lead_astray(self, tmp_path: Path, harm: str) -> None:
        EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, part_points=MANY).publish({"a": episode(*range(MANY))})
        index = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, part_points=MANY)
        assert len(digests(index, limit=MANY)) == MANY
        (damaged,) = _small_vectors(index, tmp_path)
        size = damaged.stat().st_size
        damaged.unlink()
        if harm == "zeros":
            damaged.write_bytes(bytes(size))
        with pytest.raises((ArtifactCorrupt, StoreUnavailable), match="the embedded vector index") as refusal:
            digests(EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, part_points=MANY))
        assert "ragtime reindex --vectors" in refusal.value.remedy

    def test_what_a_reader_is_just_writing_into_a_part_is_in_no_publishers_way(
        self, embedded: EmbeddedVectorIndex, tmp_path: Path
    ) -> None:
        embedded.publish({"a": episode(1)})
        (segment,) = (tmp_path / embedded.collection).glob("parts/*/segments/*")
        (segment / ".atomicwriteGone").symlink_to("gone before it is copied")
        embedded.publish({"b": episode(2)})
        assert digests(embedded) == {"chunk-1", "chunk-2"}
        new = tmp_path / embedded.collection / "parts" / str(_manifest(embedded, tmp_path)["parts"][0]["name"])
        assert not list(new.rglob(".atomicwrite*"))

    def test_a_copy_of_a_sparse_file_keeps_its_bytes_and_its_holes_and_writes_no_zeros(self, tmp_path: Path) -> None:
        original, copy = tmp_path / "original", tmp_path / "copy"
        with original.open("wb") as file:
            file.write(b"head" + bytes(2_000_000) + b"body")
            file.seek(8_000_000)
            file.write(b"middle")
            file.truncate(16_000_000)
        copy_sparse(str(original), str(copy))
        assert copy.read_bytes() == original.read_bytes()
        assert copy.stat().st_blocks * 512 < 1_000_000


PUBLISHER = """
import sys
from pathlib import Path
import numpy as np
from ragtime_assets.adapters.vectors.embedded import EmbeddedVectorIndex
from ragtime_assets.domain.points import Points

index = EmbeddedVectorIndex(Path(sys.argv[1]), "fake 1", 8, part_points=100)
vectors = np.random.default_rng(0).normal(size=(25, 8)).astype(np.float32)
while True:
    for number in range(8):
        chunks = tuple(f"chunk-{number * 100 + place}" for place in range(25))
        index.publish({f"e{number}": Points(chunks, vectors, ({},) * 25)})
        print(number, flush=True)
"""


def test_publishers_killed_at_any_instant_leave_whole_generations_to_readers(tmp_path: Path) -> None:
    """Two readers watch meanwhile; no episode is ever seen in part."""
    index = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, part_points=100)
    index.publish({f"e{number}": episode(*range(number * 100, number * 100 + 25)) for number in range(8)})
    everything = digests(index, limit=1000)
    assert len(everything) == 200
    over, seen, troubles = threading.Event(), [0, 0], list[str]()

    def read(reader: int) -> None:
        mine = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION)
        while not over.is_set():
            try:
                if digests(mine, limit=1000) != everything:
                    troubles.append("a partial read")
            except (StoreUnavailable, PermanentError) as error:
                troubles.append(error.message)
            seen[reader] += 1
            time.sleep(0.01)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(2)]
    for reader in readers:
        reader.start()
    published, kills = 0, 0
    while kills < 8 or min(seen) <= 20:
        command = [sys.executable, "-c", PUBLISHER, str(tmp_path)]
        process = Forked(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(1 + kills % 3)]
        time.sleep(0.04 * (kills % 5))  # to wherever it is by then in publishing the next
        process.send_signal(signal.SIGKILL)
        told += process.communicate()[0].splitlines()
        published += sum(map(bool, told))
        kills += 1
    over.set()
    for reader in readers:
        reader.join()

    assert troubles == []
    assert published > kills
    index.publish({"e8": episode(900)})
    assert digests(index, limit=1000) == everything | {"chunk-900"}


def test_publishers_that_meet_lose_nothing_of_each_other(tmp_path: Path) -> None:
    """Each starts from the generation that it finds, and clears away what no generation names."""
    together = threading.Barrier(6)

    def publish(number: int) -> None:
        mine = EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION, part_points=4)
        together.wait()
        for place in range(3):
            mine.publish({f"e{number}-{place}": episode(number * 10 + place)})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(publish, range(6)))
    found = digests(EmbeddedVectorIndex(tmp_path, ENGINE, DIMENSION), limit=1000)
    assert found == {f"chunk-{number * 10 + place}" for number in range(6) for place in range(3)}


class TestServer:
    def test_new_points_are_written_before_old_ones_go(self, server: ServerVectorIndex, qdrant: QdrantServer) -> None:
        server.publish({"a": episode(1, 2)})
        sent = [request for request, _ in qdrant.server.log if "points" in request.path]
        base = "/collections/ragtime-fake-1-8"
        assert [request.path.removeprefix(base) for request in sent] == ["/points", "/points/delete"]
        assert all(request.args["wait"] == "true" for request in sent)
        kept = json.loads(sent[1].data)["filter"]["must_not"][0]["has_id"]
        assert kept == [point["id"] for point in json.loads(sent[0].data)["points"]]

    @pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
    def test_the_key_goes_with_every_request(self, qdrant: QdrantServer) -> None:
        qdrant.key = "hunter2"
        index = ServerVectorIndex(qdrant.url, ENGINE, DIMENSION, api_key="hunter2")
        index.publish({"a": episode(1)})
        assert digests(index) == {"chunk-1"}
        assert qdrant.keys == {"hunter2"}
        index.close()

    def test_a_refused_key_is_a_wrong_setting(self, server: ServerVectorIndex, qdrant: QdrantServer) -> None:
        qdrant.key = "hunter2"
        with pytest.raises(ConfigurationError, match="refuses the key") as refusal:
            server.publish({"a": episode(1)})
        assert "RAGTIME_QDRANT_API_KEY" in refusal.value.remedy

    @pytest.mark.parametrize(
        ("status", "error"), [(503, StoreUnavailable), (429, StoreUnavailable), (404, PermanentError)]
    )
    def test_a_busy_server_is_worth_a_retry_and_a_wrong_one_is_not(
        self, server: ServerVectorIndex, qdrant: QdrantServer, status: int, error: type[Exception]
    ) -> None:
        qdrant.refusals = [Response("no", status)]
        with pytest.raises(error):
            server.nearest(towards(1), 1, ANYTHING)

    def test_a_server_that_does_not_answer_is_told_by_its_address(self) -> None:
        with pytest.raises(StoreUnavailable, match="http://127.0.0.1:9: ") as refusal:
            ServerVectorIndex("http://127.0.0.1:9", ENGINE, DIMENSION).publish({"a": episode(1)})
        assert "RAGTIME_QDRANT_URL" in refusal.value.remedy

    def test_a_server_whose_certificate_nobody_vouches_for_is_not_asked(self, httpserver: HTTPServer) -> None:
        address = f"https://127.0.0.1:{httpserver.port}"  # it speaks no TLS at all
        with pytest.raises(StoreUnavailable, match=f"{address}: the Qdrant server does not answer"):
            ServerVectorIndex(address, ENGINE, DIMENSION).nearest(towards(1), 1, ANYTHING)
        assert httpserver.log == []

    def test_a_server_that_is_slow_is_worth_a_retry(self, httpserver: HTTPServer) -> None:
        release = threading.Event()
        httpserver.expect_request(re.compile(".*")).respond_with_handler(lambda _: _late(release))
        try:
            with pytest.raises(StoreUnavailable, match="does not answer"):
                ServerVectorIndex(httpserver.url_for("/"), ENGINE, DIMENSION, seconds=1).nearest(
                    towards(1), 1, ANYTHING
                )
        finally:
            release.set()

    def test_an_old_server_is_named_with_its_version(self, server: ServerVectorIndex, qdrant: QdrantServer) -> None:
        server.publish({"a": episode(1)})
        qdrant.version = "1.7.4"
        qdrant.refusals = [Response("", 404)]
        with pytest.raises(ConfigurationError, match="Qdrant 1.7.4") as refusal:
            server.nearest(towards(1), 1, ANYTHING)
        assert "1.10 or later" in refusal.value.remedy

    def test_something_else_than_qdrant_is_told(self, httpserver: HTTPServer) -> None:
        httpserver.expect_request(re.compile(".*")).respond_with_data("<html>hello</html>", content_type="text/html")
        with pytest.raises(PermanentError, match="publish in ragtime-fake-1-8") as refusal:
            ServerVectorIndex(httpserver.url_for("/"), ENGINE, DIMENSION).publish({"a": episode(1)})
        assert "RAGTIME_QDRANT_URL" in refusal.value.remedy

    def test_a_collection_that_is_there_is_used_as_it_is(self, qdrant: QdrantServer) -> None:
        for key in ("a", "b"):
            index = ServerVectorIndex(qdrant.url, ENGINE, DIMENSION)
            index.publish({key: episode(1)})
            index.close()
        assert qdrant.kept.count("ragtime-fake-1-8").count == 2
        assert qdrant.asked.count(("PUT", "/collections/ragtime-fake-1-8")) == 1

    def test_a_collection_that_another_process_makes_in_the_same_moment_is_used(
        self, server: ServerVectorIndex, qdrant: QdrantServer
    ) -> None:
        ServerVectorIndex("x", ENGINE, DIMENSION, client=qdrant.kept).publish({"a": episode(1)})
        absent = {"result": {"exists": False}, "status": "ok", "time": 0}
        qdrant.refusals = [Response(json.dumps(absent), mimetype="application/json")]
        server.publish({"b": episode(2)})
        assert ("PUT", "/collections/ragtime-fake-1-8") in qdrant.asked
        assert digests(server) == {"chunk-1", "chunk-2"}

    @pytest.mark.parametrize(
        ("engine", "dimension", "told"),
        [("fake 1", 16, "fake 1 with 16 dimensions"), ("fake/1", 8, "fake/1 with 8 dimensions")],
    )
    def test_a_collection_of_another_dimension_or_engine_is_refused_with_both_names(
        self, server: ServerVectorIndex, qdrant: QdrantServer, engine: str, dimension: int, told: str
    ) -> None:
        other = ServerVectorIndex("x", engine, dimension, collection=server.collection, client=qdrant.kept)
        other.publish({"a": Points(("c",), np.ones((1, dimension), dtype=np.float32), ({"show": "x"},))})
        for use in (lambda: server.publish({"b": episode(1)}), lambda: server.nearest(towards(1), 1, ANYTHING)):
            with pytest.raises(ConfigurationError, match=f"{told}.*fake 1 makes vectors of 8") as refusal:
                use()
            assert "ragtime reindex --vectors" in refusal.value.remedy


def _late(release: threading.Event) -> Response:
    release.wait(30)
    return Response("")


def _manifest(index: EmbeddedVectorIndex, folder: Path) -> dict[str, list[dict[str, int]]]:
    return json.loads((folder / index.collection / "manifest.json").read_text())


def _small_vectors(index: EmbeddedVectorIndex, folder: Path) -> list[Path]:
    return list((folder / index.collection).glob("parts/*/segments/*/vector_storage/quantized.data"))


def _kilobytes(folder: Path) -> float:
    return sum(path.stat().st_blocks / 2 for path in folder.rglob("*"))
