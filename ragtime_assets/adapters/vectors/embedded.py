"""The vector index without a server: immutable parts, named by a manifest that is replaced as a whole.

A publish copies the last part if it has room, changes the copy and replaces the manifest; so it costs the
same in a large corpus as in a small one, a publisher that dies at any instant leaves the generation before,
and any number of processes read meanwhile. An episode's points always lie in one part: where two parts hold
an episode, the newer is right.

    <folder>/<collection>/manifest.json     the current generation
                          parts/<name>/     one qdrant-edge shard each
                          publisher.lock    held for a whole publish: one at a time
                          files.lock        held while parts are copied, loaded or pruned

What belongs here: generations and their locks. What does not: shards (`parts.py`), the manifest's file
(`manifest.py`), a Qdrant server (`server.py`).
"""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.adapters.vectors import manifest as manifest_file
from ragtime_assets.adapters.vectors.manifest import Manifest, PartEntry, part_path
from ragtime_assets.adapters.vectors.parts import Doing, Form, Near, Part
from ragtime_assets.adapters.vectors.points import SPARE, best, check_query, check_shapes, narrowing, point_id, rows
from ragtime_assets.domain.artifacts.search_index import collection_name
from ragtime_assets.domain.figures import size
from ragtime_assets.domain.points import Filters, Hit, PointName, Points
from ragtime_assets.errors import StorageFull, StoreUnavailable, TooLarge

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

PART_POINTS = 10_000
"""A part has room for so many points at least, however long they are; a publish copies one part."""
_PIECE_BYTES = 30_000_000
"""The library maps vectors in pieces a little larger, and to open one takes as long, and as much memory, when it is
half empty. So a part is filled until its points fill one."""
MAX_POINTS = 200_000
_GONE = "gone-"
"""How a folder is called that is being removed, by this process or by one that died."""
_FREE_BYTES = 200_000_000
_PUBLISHER_SECONDS = 600
_FILES_SECONDS = 180


@dataclass(frozen=True)
class _Held:
    """The generation that is open."""

    stamp: tuple[int, int, int] | None
    generation: int
    parts: Mapping[str, Part]
    """Oldest first."""

    @cached_property
    def newer(self) -> list[frozenset[str]]:
        """For each part the episodes that newer parts hold."""
        parts = list(self.parts.values())
        return [
            frozenset[str]().union(*(part.episodes for part in parts[place:])) for place in range(1, len(parts) + 1)
        ]


_NOTHING = _Held(None, -1, {})


class EmbeddedVectorIndex:
    """Nearest chunks by vector, in a folder."""

    def __init__(
        self,
        folder: Path,
        engine: str,
        dimension: int,
        *,
        collection: str | None = None,
        part_points: int | None = None,
        max_points: int = MAX_POINTS,
    ) -> None:
        """Keep the points of one engine under `folder`; nothing is opened yet."""
        self._collection = collection or collection_name(engine, dimension)
        self._root = folder / self._collection
        self._part_points = part_points or max(PART_POINTS, _PIECE_BYTES // (4 * dimension))
        self._form = Form(dimension, self._part_points)
        self._rewritten = Form(dimension, self._part_points // 2)
        """How a part is kept that is written anew, seldom full and seldom added to."""
        self._max_points = max_points
        self._held = _NOTHING
        self._loading = threading.Lock()
        self._published = 0
        """The generation that this process published last: whoever searches in it finds that, or a later one."""

    @property
    def engine(self) -> str:
        """What kind of index it is."""
        return "qdrant embedded"

    @property
    def collection(self) -> str:
        """The folder of this engine and dimension."""
        return self._collection

    def publish(self, episodes: Mapping[str, Points]) -> str:
        """Replace all points of these episodes together; the number of the generation that readers now see."""
        check_shapes(episodes, self._form.dimension)
        with self._publisher() as manifest:
            parts = self._with_room(manifest, episodes)
            empty = [key for key, points in episodes.items() if not points.chunk_digests]
            parts = self._without(empty, parts) if empty else parts
            filled = {key: points for key, points in episodes.items() if points.chunk_digests}
            return self._commit(manifest.followed_by(self._with(filled, parts)))

    def nearest(
        self, vector: Vectors, limit: int, filters: Filters, among: Collection[PointName] | None = None
    ) -> list[Hit]:
        """The closest chunks, best first."""
        check_query(vector, self._form.dimension)
        held, narrowed = self._current(), narrowing(filters, among)
        found = [part.nearest(vector, limit + SPARE, narrowed) for part in held.parts.values()]
        return best(_hits(held, found, limit, narrowed.names), limit)

    def cosines(self, names: Collection[PointName], vectors: Vectors) -> dict[PointName, tuple[float, ...]]:
        """How near these chunks are to each of these vectors."""
        for vector in vectors:
            check_query(vector, self._form.dimension)
        held = self._current()
        cosines: dict[PointName, tuple[float, ...]] = {}
        for part, newer in zip(held.parts.values(), held.newer, strict=True):
            here = part.episodes - newer
            wanted = {point_id(*name): name for name in names if name.episode_key in here}
            found = part.cosines(wanted, vectors) if wanted else {}
            cosines |= {wanted[one]: figures for one, figures in found.items()}
        return cosines

    def forget(self, keys: Collection[str]) -> str:
        """Remove these episodes from every part, and the generation before with them."""
        with self._publisher() as manifest:
            following = manifest.followed_by(self._without(keys, manifest.parts))
            generation = self._commit(following.model_copy(update={"previous": ()}))
            self._prune()
            return generation

    def size(self) -> str:
        """How much of the disk it takes."""
        return size(bytes_in(self._root))

    def drop(self) -> None:
        """Remove the folder; under another name first, so that who opens it just then finds nothing half gone."""
        self.close()
        with Doing("removing", self._root):
            if self._root.exists():
                self._root.rename(self._root.with_name(f"{_GONE}{uuid.uuid4().hex}"))
            for path in self._root.parent.glob(f"{_GONE}*"):
                shutil.rmtree(path)

    def close(self) -> None:
        """Let go of all parts; the next search opens them again."""
        with self._loading:
            self._held = _NOTHING

    def _with(self, episodes: Mapping[str, Points], parts: list[PartEntry]) -> list[PartEntry]:
        """`parts` with these episodes' points in copies of the last one, or in new ones when it is full."""
        waiting = dict(episodes)
        while waiting:
            room = bool(parts) and parts[-1].points < self._part_points
            part = self._new_part(parts.pop() if room else None, self._form)
            part.drop_episodes(waiting)
            while waiting and len(part) < self._part_points:
                key = next(iter(waiting))
                part.put(rows(key, waiting.pop(key)))
            parts.append(_finished(part))
        return parts

    def _without(self, keys: Collection[str], parts: Collection[PartEntry]) -> list[PartEntry]:
        """`parts`, with those that hold one of these episodes written anew, so that no file keeps a trace of it."""
        kept: list[PartEntry] = []
        for entry in parts:
            source = self._open(entry)
            if not source.episodes.isdisjoint(keys):
                part = self._new_part(None, self._rewritten)
                part.take(source, but=frozenset(e.id for e in source.entries() if e.episode_key in keys))
                entry = _finished(part)
            if entry.points:
                kept.append(entry)
        return kept

    def _new_part(self, source: PartEntry | None, form: Form) -> Part:
        """An empty part, or a copy of one, that no manifest names yet."""
        target = part_path(self._root, uuid.uuid4().hex)
        if source is None:
            return Part.create(target, form)
        with self._files():
            return Part.copied(part_path(self._root, source.name), target, source.points, form)

    def _open(self, entry: PartEntry) -> Part:
        with self._files():
            return self._held_or_loaded(entry)

    def _held_or_loaded(self, entry: PartEntry) -> Part:
        path = part_path(self._root, entry.name)
        return self._held.parts.get(entry.name) or Part.load(path, entry.points, self._form.dimension)

    def _commit(self, following: Manifest) -> str:
        manifest_file.replace(self._root, following)
        self._published = following.generation
        return str(following.generation)

    def _with_room(self, manifest: Manifest, episodes: Mapping[str, Points]) -> list[PartEntry]:
        """The parts, packed if what these episodes bring would not fit beside what it and others made stale."""
        new = sum(len(points.chunk_digests) for points in episodes.values())
        if manifest.points + new <= self._max_points:
            return list(manifest.parts)
        sources = [self._open(part) for part in manifest.parts]
        stale = _stale_ids(sources, episodes)
        points = manifest.points - sum(map(len, stale)) + new
        if points > self._max_points:
            raise TooLarge(
                f"the embedded vector index would hold {points:,} points; it is made for {self._max_points:,}",
                remedy="Run a Qdrant server, name it in RAGTIME_QDRANT_URL, and fill it: `ragtime reindex --vectors`.",
            )
        return self._packed(sources, stale)

    def _packed(self, sources: Sequence[Part], stale: Sequence[Collection[str]]) -> list[PartEntry]:
        """All parts written anew, full ones, without stale points."""
        packed: list[Part] = []
        for source, dropped in zip(sources, stale, strict=True):
            fits = packed and len(packed[-1]) + len(source) - len(dropped) <= self._part_points
            target = packed[-1] if fits else self._new_part(None, self._rewritten)
            target.take(source, but=dropped)
            if not fits:
                packed.append(target)
        return [_finished(part) for part in packed if len(part)]

    def _current(self) -> _Held:
        """The current generation; loads only what a new manifest brought.

        That takes a while. Who searches meanwhile is answered by the generation before, and does not wait.
        """
        if manifest_file.stamp(self._root) != self._held.stamp:
            must_wait = self._held.generation < self._published
            if self._loading.acquire(blocking=must_wait):
                try:
                    self._load()
                finally:
                    self._loading.release()
        return self._held

    def _load(self) -> None:
        if manifest_file.stamp(self._root) == self._held.stamp:
            return
        with self._files():
            stamp, manifest = manifest_file.stamp(self._root), manifest_file.read(self._root)
            parts = {entry.name: self._held_or_loaded(entry) for entry in manifest.parts}
            self._held = _Held(stamp, manifest.generation, parts)

    @contextmanager
    def _publisher(self) -> Iterator[Manifest]:
        """Alone among publishers, with what dead ones left cleared away; the current manifest."""
        with Doing("making the folder of", self._root):
            part_path(self._root, "").mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self._root).free
        if free < _FREE_BYTES:  # asked first: writing to a mapped file on a full disk kills the process
            raise StorageFull(f"{free:,} bytes are free at {self._root}; publishing wants {_FREE_BYTES:,}")
        with _held(self._root / "publisher.lock", _PUBLISHER_SECONDS):
            yield self._prune()

    def _prune(self) -> Manifest:
        with self._files():
            manifest = manifest_file.read(self._root)
            manifest_file.prune(self._root, manifest)
        return manifest

    def _files(self) -> AbstractContextManager[None]:
        return _held(self._root / "files.lock", _FILES_SECONDS)


def bytes_in(folder: Path) -> int:
    """What a folder takes of the disk; its files have holes."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))


@contextmanager
def _held(path: Path, seconds: float) -> Iterator[None]:
    """A lock between processes and threads, which dies with its holder."""
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=seconds, poll_interval=0.01)
    try:
        with Doing("locking", path.parent):
            lock.acquire()
    except Timeout as error:
        raise StoreUnavailable(f"another process has held {path} for {seconds:g} s") from error
    try:
        yield
    finally:
        lock.release()


def _finished(part: Part) -> PartEntry:
    points = len(part)
    part.finish()
    return PartEntry(name=part.path.name, points=points)


def _hits(held: _Held, found: Sequence[Sequence[Near]], limit: int, known: Mapping[str, PointName] | None) -> list[Hit]:
    """The best of what was found in each part, `limit` or some more, without what a newer part holds anew."""
    ranked = sorted(
        ((near, place) for place, hits in enumerate(found) for near in hits), key=lambda one: one[0].score, reverse=True
    )
    current: list[Hit] = []
    step = max(limit, SPARE)
    for first in range(0, len(ranked), step):
        some = ranked[first : first + step]
        for place, (part, newer) in enumerate(zip(held.parts.values(), held.newer, strict=True)):
            scores = {str(near.point.id): near.score for near, its_place in some if its_place == place}
            names = part.named(scores) if known is None and scores else known or {}
            hits = (Hit(names[one], score) for one, score in scores.items() if one in names)
            current += (hit for hit in hits if hit.name.episode_key not in newer)
        if len(current) >= limit:
            break
    return current


def _stale_ids(parts: Sequence[Part], replaced: Collection[str]) -> list[frozenset[str]]:
    """For each part the ids of points that a newer part supersedes, or that are of `replaced` episodes."""
    stale: list[frozenset[str]] = []
    newer = set(replaced)
    for part in reversed(parts):
        entries = part.entries()
        stale.append(frozenset(entry.id for entry in entries if entry.episode_key in newer))
        newer.update(entry.episode_key for entry in entries)
    return stale[::-1]
