"""One part of the embedded index: a qdrant-edge shard in a folder of its own.

A part is written once, by one publisher, and then only read. What belongs here: everything that touches
qdrant_edge, and the copying of its sparse files. What does not: which parts are current (`embedded.py`).
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from ragtime_assets.adapters.storage.disk import FULL
from ragtime_assets.adapters.vectors.points import (
    CHUNK,
    DAY,
    EPISODE,
    LATER,
    NUMBERS,
    START,
    WORDS,
    Narrowing,
    Row,
    side_by_side,
)
from ragtime_assets.domain.points import PointName
from ragtime_assets.errors import ArtifactCorrupt, StorageFull, StoreUnavailable

if TYPE_CHECKING:
    from qdrant_edge import EdgeConfig, EdgeShard, Filter, Point, ScoredPoint

    from ragtime_assets.domain.points import Vectors

_BATCH = 1_000
_COPY_BYTES = 1 << 16
_ZEROS = bytes(_COPY_BYTES)
_FLOAT_BYTES = 4
_NO_GRAPH = 10_000_000
_SEGMENTS = 8
"""More pieces than a part ever has: nothing is gained by putting them together."""
_CHOSEN = 3.0
"""For each point that is asked for so many are chosen by their small vectors, to be compared by their own."""
_FEW = 50
"""So many of the nearest tell whether small vectors are what they should be."""
_BEING_WRITTEN = shutil.ignore_patterns(".atomicwrite*")
PARTS = "parts"
WAY_BACK = "`ragtime reindex --vectors` makes it anew from the artifacts and pays nothing, then `ragtime retry KEY`."
"""How to get over a damaged index."""


class Near(NamedTuple):
    """A point that was found, not read yet: its id is asked for late, because the library makes it anew each time."""

    score: float
    point: ScoredPoint


@dataclass(frozen=True)
class Entry:
    """A point that is in a part, without its vector."""

    id: str
    episode_key: str


@dataclass(frozen=True)
class Form:
    """How a part is kept."""

    dimension: int
    small_from: int
    """With so many points it gets small vectors as well, with a byte for each float, which choose what is compared."""


class Doing:
    """Says in our errors what went wrong while `doing` something with the files at `path`."""

    def __init__(self, doing: str, path: Path) -> None:
        """Keep the words for the message."""
        self._what = f"{doing} the embedded vector index at {path}"
        self._path = path

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Raise ours from theirs: qdrant_edge raises bare `Exception`, and of torn files a panic of its Rust code."""
        panicked = kind is not None and kind.__module__ == "pyo3_runtime"
        if kind is Exception or panicked or isinstance(error, OSError):
            if _tells_of_full_disk(error):
                raise StorageFull(f"no space is left for {self._what}") from error
            remedy = f"ragtime retry KEY; if it fails again: {WAY_BACK}"
            raise StoreUnavailable(f"{self._what} failed: {error}", remedy=remedy) from error


def _tells_of_full_disk(error: BaseException | None) -> bool:
    """By number, or in the words of Rust and of `shutil`, which gathers the errors of a whole tree."""
    told = str(error)
    by_number = isinstance(error, OSError) and error.errno in FULL
    return by_number or any(f"(os error {number})" in told or f"[Errno {number}]" in told for number in FULL)


class Part:
    """An open part."""

    def __init__(self, path: Path, shard: EdgeShard) -> None:
        """Use `create`, `load` or `copied` instead."""
        self.path = path
        self._shard = shard

    @classmethod
    def create(cls, path: Path, form: Form) -> Part:
        """A new, empty part."""
        import qdrant_edge as edge

        with Doing("creating a part of", path):
            shard = edge.EdgeShard.create(str(path), _config(form))
            kinds = edge.PayloadSchemaType
            indexed = [*((name, kinds.Keyword) for name in WORDS), *((name, kinds.Float) for name in NUMBERS)]
            for name, kind in (*indexed, (DAY, kinds.Datetime)):
                shard.update(edge.UpdateOperation.create_field_index(name, kind))
        return cls(path, shard)

    @classmethod
    def load(cls, path: Path, points: int, dimension: int, config: EdgeConfig | None = None) -> Part:
        """A part that is there; rewrites its `edge_config.json`, so nobody may copy it meanwhile.

        The library loads what is left of a torn part without a word, so its points are counted, by finding them.
        """
        import qdrant_edge as edge

        with Doing("loading a part of", path):
            part = cls(path, edge.EdgeShard.load(str(path), config))
        found = part._findable(dimension) if len(part) == points else len(part)
        if found != points:
            raise ArtifactCorrupt(
                f"the part {path} of the embedded vector index holds {found} of its {points} points",
                remedy=WAY_BACK,
            )
        return part

    @classmethod
    def copied(cls, source: Path, target: Path, points: int, form: Form) -> Part:
        """A copy of the part at `source`, to be changed.

        A reader that lets go of a part writes its small files anew, each beside the old one and then over it.
        """
        with Doing("copying a part of", source):
            shutil.copytree(source, target, copy_function=copy_sparse, ignore=_BEING_WRITTEN)
        return cls.load(target, points, form.dimension, _config(form))

    def __len__(self) -> int:
        """How many points are in it."""
        import qdrant_edge as edge

        with Doing("counting the points of", self.path):
            return self._shard.count(edge.CountRequest(exact=True))

    def put(self, rows: Iterator[Row]) -> None:
        """Add points."""
        import qdrant_edge as edge

        # Vectors go in as numpy rows, which the library takes though its stubs name lists only.
        self._upsert([edge.Point(row.id, _as_vector(row.vector), dict(row.payload)) for row in rows])

    def take(self, other: Part, but: Collection[str]) -> None:
        """Add the points of another part, except those with these ids."""
        import qdrant_edge as edge

        for page in other._pages(with_vectors=True):
            self._upsert([edge.Point(p.id, p.vector, p.payload) for p in page if str(p.id) not in but])

    def drop_episodes(self, keys: Collection[str]) -> None:
        """Delete all points of these episodes."""
        import qdrant_edge as edge

        with Doing("deleting from", self.path):
            self._shard.update(edge.UpdateOperation.delete_points_by_filter(_any_of(keys)))

    def finish(self) -> None:
        """Close a part that was written, and see it on the disk."""
        with Doing("writing", self.path):
            self._shard.optimize()
            self._shard.flush()
            self._shard.close()
            sync_tree(self.path)

    def nearest(self, vector: Vectors, limit: int, narrowed: Narrowing) -> list[Near]:
        """The closest points, best first."""
        found = self._asked(vector, limit, _filter(narrowed), exact=False)
        return [Near(point.score, point) for point in found]

    def cosines(self, ids: Collection[str], vectors: Vectors) -> dict[str, tuple[float, ...]]:
        """How near those of these points that are in it are to each of these vectors."""
        import qdrant_edge as edge

        among = edge.Filter(must=[edge.HasIdCondition(set(ids))])
        exact = edge.SearchParams(exact=True)
        requests = [
            edge.QueryRequest(query=edge.Query.Nearest(_as_vector(one)), filter=among, limit=len(ids), params=exact)
            for one in vectors
        ]
        with Doing("searching", self.path):
            found = self._shard.query_batch(edge.QueryBatchRequest(requests))
        return side_by_side({str(point.id): point.score for point in points} for points in found)

    def named(self, ids: Collection[str]) -> dict[str, PointName]:
        """What the points with these ids are called: read of few, because it takes longer than to find them."""
        import qdrant_edge as edge

        with Doing("searching", self.path):
            points = self._shard.retrieve(list(ids), edge.PayloadSelector.Include([EPISODE, CHUNK]), False)
        return {str(one.id): PointName(one.payload[EPISODE], one.payload[CHUNK]) for one in points if one.payload}

    @cached_property
    def episodes(self) -> frozenset[str]:
        """Which episodes have points in it; asked only of finished parts, which never change."""
        import qdrant_edge as edge

        request = edge.FacetRequest(EPISODE, limit=max(1, len(self)), exact=True)
        with Doing("searching", self.path):
            return frozenset(str(hit.value) for hit in self._shard.facet(request).hits)

    def entries(self) -> list[Entry]:
        """All its points."""
        pages = self._pages(with_vectors=False)
        return [Entry(str(p.id), p.payload[EPISODE]) for page in pages for p in page if p.payload]

    def _findable(self, dimension: int) -> int:
        """How many points a search can reach; a vector whose bytes are lost is at a right angle to everything.

        None, where it is led elsewhere by small vectors that are lost.
        """
        import numpy as np

        askew = np.sin(np.arange(1, dimension + 1, dtype=np.float32))
        points = self._asked(askew, max(1, len(self)), None, exact=True)
        few = [point.score for point in points[:_FEW]]
        chosen = {point.score for point in self._asked(askew, _FEW, None, exact=False)}
        is_led_astray = 2 * sum(score in chosen for score in few) < len(few)
        return 0 if is_led_astray else sum(point.score != 0 for point in points)

    def _asked(self, vector: Vectors, limit: int, among: Filter | None, *, exact: bool) -> list[ScoredPoint]:
        import qdrant_edge as edge

        chosen = edge.QuantizationSearchParams(oversampling=_CHOSEN, rescore=True)
        request = edge.QueryRequest(
            query=edge.Query.Nearest(_as_vector(vector)),
            filter=among,
            limit=limit,
            with_payload=False,
            params=edge.SearchParams(exact=exact, quantization=chosen),
        )
        with Doing("searching", self.path):
            return self._shard.query(request)

    def _upsert(self, points: list[Point]) -> None:
        import qdrant_edge as edge

        with Doing("writing to", self.path):
            for first in range(0, len(points), _BATCH):
                self._shard.update(edge.UpdateOperation.upsert_points(points[first : first + _BATCH]))

    def _pages(self, *, with_vectors: bool) -> Iterator[Sequence[Any]]:
        import qdrant_edge as edge

        offset = None
        while True:
            request = edge.ScrollRequest(offset=offset, limit=_BATCH, with_payload=True, with_vector=with_vectors)
            with Doing("reading", self.path):
                page, offset = self._shard.scroll(request)
            yield page
            if offset is None:
                return


def _config(form: Form) -> EdgeConfig:
    """What the library is told of a part.

    To choose by small vectors takes a fourth of the time. A graph over 10,000 takes seconds to make and saves nothing
    more. There is no write-ahead log: a publisher that dies leaves only what nobody reads.
    """
    import qdrant_edge as edge

    kilobytes = form.small_from * form.dimension * _FLOAT_BYTES // 1024
    return edge.EdgeConfig(
        vectors=edge.EdgeVectorParams(size=form.dimension, distance=edge.Distance.Cosine),
        quantization_config=edge.ScalarQuantizationConfig(type=edge.ScalarType.Int8, memory=edge.Memory.Cached),
        hnsw_config=edge.HnswIndexConfig(m=0, ef_construct=_NO_GRAPH, full_scan_threshold=_NO_GRAPH),
        optimizers=edge.EdgeOptimizersConfig(
            deleted_threshold=0.5, indexing_threshold=max(1, kilobytes), default_segment_number=_SEGMENTS
        ),
        wal_enabled=False,
    )


def _as_vector(vector: Vectors) -> Any:
    return vector


def _any_of(keys: Collection[str]) -> Filter:
    import qdrant_edge as edge

    return edge.Filter(must=[edge.FieldCondition(key=EPISODE, match=edge.MatchAny(sorted(keys)))])


def _filter(narrowed: Narrowing) -> Filter | None:
    import qdrant_edge as edge

    conditions: list[Any] = []
    for name, value in narrowed.equal.items():
        fits = edge.FieldCondition(key=name, match=edge.MatchValue(value))
        conditions.append(edge.Filter(should=[fits, edge.IsEmptyCondition(START)]) if name in LATER else fits)
    if narrowed.is_by_day:
        days = edge.RangeDateTime(gte=narrowed.since, lte=narrowed.until)
        conditions.append(edge.FieldCondition(key=DAY, range=days))
    if narrowed.names is not None:
        conditions.append(edge.HasIdCondition(set(narrowed.names)))
    return edge.Filter(must=conditions) if conditions else None


def copy_sparse(source: str, target: str) -> None:
    """Copy a file without its holes, nor what is zero: a part of one episode is 1 MB, and 110 MB to a plain copy.

    The library maps whole files, and where they lie in memory the holes of those that were read are none any more.
    """
    if not hasattr(os, "SEEK_DATA"):
        shutil.copyfile(source, target)
        return
    with open(source, "rb", buffering=0) as reading, open(target, "wb", buffering=0) as writing:
        size = os.fstat(reading.fileno()).st_size
        writing.truncate(size)
        for start, end in _data_ranges(reading.fileno(), size):
            _copy_range(reading.fileno(), writing.fileno(), start, end)


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    for place in range(start, end, _COPY_BYTES):
        piece = os.pread(source, min(_COPY_BYTES, end - place), place)
        if piece != _ZEROS[: len(piece)]:
            _write_all(target, piece, place)


def _write_all(target: int, piece: bytes, place: int) -> None:
    """A disk that fills takes a part of it, and says so only when it is asked to take the rest."""
    while piece:
        written = os.pwrite(target, piece, place)
        piece, place = piece[written:], place + written


def _data_ranges(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    end = 0
    while end < size:
        try:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole up to the end
                return
            raise
        end = os.lseek(descriptor, start, os.SEEK_HOLE)
        yield start, end


def sync_tree(folder: Path) -> None:
    """Have the system write a folder and everything in it to the disk."""
    for place, _, files in os.walk(folder):
        for name in (*files, "."):
            sync(Path(place, name))


def sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
