"""A vector index whose collection may be replaced while searches go on.

Points go into every collection of their kind, into one that is being built first: then it may become the one that
answers, and what is wrong with the one before concerns nobody any more. What belongs here: which collection gets what,
and when one goes. What does not: what a collection is (`embedded.py`, `server.py`), and which answers (`corpus/`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from ragtime_assets.domain.points import Filters, Hit, PointName, Points
from ragtime_assets.domain.vector_collections import VectorCollection, VectorKind
from ragtime_assets.errors import RagtimeError
from ragtime_assets.ports import VectorIndex

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors


class VectorCollections(Protocol):
    """Which collections of vectors there are, and which of them answers."""

    def clock(self) -> datetime:
        """What time it is for all who share them."""
        ...

    def all(self) -> list[VectorCollection]:
        """Every collection, the oldest first."""
        ...

    def taking(self, kind: VectorKind) -> list[VectorCollection]:
        """Those that points of this kind go into, what is being built first; one is begun where there is none."""
        ...

    def published(self, name: str, keys: Collection[str]) -> bool:
        """Note that these episodes are in this collection; True when it is the one that answers from now on."""
        ...

    def forget(self, keys: Collection[str]) -> None:
        """These episodes are in no collection any more."""
        ...

    def drop(self, name: str) -> None:
        """Forget a collection that is gone."""
        ...


class StoredCollection(VectorIndex, Protocol):
    """One collection, on a disk or a server."""

    def size(self) -> str:
        """How large it is, as people read it."""
        ...

    def close(self) -> None:
        """Let go of it; it opens again when it is asked."""
        ...

    def drop(self) -> None:
        """Remove it, if it is there."""
        ...


class ChangingVectorIndex:
    """`VectorIndex` for the points of one kind."""

    def __init__(
        self,
        kind: Callable[[], VectorKind],
        collections: VectorCollections,
        opened: Callable[[VectorCollection], StoredCollection],
    ) -> None:
        """Publish points of this kind, which is asked for late, into collections as `opened` gives them."""
        self._kind = kind
        self._collections = collections
        self._opened = opened

    @property
    def engine(self) -> str:
        """What kind of index it is."""
        return self._any.engine

    @property
    def collection(self) -> str:
        """What points of this kind are kept under, whichever build it is."""
        return self._kind().name

    def publish(self, episodes: Mapping[str, Points]) -> str:
        """Replace the points of these episodes wherever they go, even where a build begins meanwhile."""
        done: dict[str, str] = {}
        while waiting := [one for one in self._collections.taking(self._kind()) if one.name not in done]:
            done[waiting[0].name] = self.publish_into(waiting[0], episodes)
        self.sweep()
        return list(done.values())[-1]

    def publish_into(self, collection: VectorCollection, episodes: Mapping[str, Points]) -> str:
        """Replace the points of these episodes in one collection; it answers from now on if these were the last."""
        generation = self._opened(collection).publish(episodes)
        if collection.state == "building":
            self._collections.published(collection.name, episodes)
        return generation

    def forget(self, keys: Collection[str]) -> str:
        """Remove these episodes from every collection, of whatever kind."""
        generation = ""
        for one in self._collections.all():
            told = self._opened(one).forget(keys)
            generation = told if one.state == "live" else generation
        self._collections.forget(keys)
        return generation

    def nearest(
        self, vector: Vectors, limit: int, filters: Filters, among: Collection[PointName] | None = None
    ) -> list[Hit]:
        """The closest chunks of this kind, best first; of a build as far as it is, where another kind answers."""
        return self._any.nearest(vector, limit, filters, among)

    def cosines(self, names: Collection[PointName], vectors: Vectors) -> dict[PointName, tuple[float, ...]]:
        """How near these chunks are to each of these vectors, told where the closest are looked for."""
        return self._any.cosines(names, vectors)

    def sweep(self, now: datetime | None = None) -> int:
        """Remove the collections that nobody asks any more; how many went. One that cannot be removed stays noted."""
        gone = 0
        for one in self._collections.all():
            if one.is_spent(now or self._collections.clock()):
                with suppress(RagtimeError):
                    self._opened(one).drop()
                    self._collections.drop(one.name)
                    gone += 1
        return gone

    @property
    def _any(self) -> StoredCollection:
        kind = self._kind()
        there = [one for one in self._collections.all() if one.takes(kind)]
        live = [one for one in there if one.state == "live"]
        first = VectorCollection(kind.name, kind, "live", datetime.now(UTC))
        return self._opened((live or there or [first])[0])
