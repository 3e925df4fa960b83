"""The collections of vectors that a corpus has: which one answers, and which is being built beside it.

Vectors of two engines, or of two lengths, never meet: each collection is of one engine. Searches ask the `live` one.
Another may be `building`; when every episode is in it, it becomes the live one, and the one before is `retired`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ragtime_assets.domain.artifacts.search_index import collection_name

CollectionState = Literal["live", "building", "retired"]
KEPT_RETIRED = timedelta(minutes=10)
"""For how long a search that began before the swap may still ask the collection of before."""


@dataclass(frozen=True)
class VectorKind:
    """What makes the vectors of a collection."""

    embedder: str
    """As RAGTIME_EMBEDDER names it; never `auto`."""
    engine: str
    dimension: int

    @property
    def name(self) -> str:
        """The name that such vectors are kept under, whichever build of their collection it is."""
        return collection_name(self.engine, self.dimension)


@dataclass(frozen=True)
class VectorCollection:
    """One collection."""

    name: str
    kind: VectorKind
    state: CollectionState
    since: datetime
    """When it became that."""

    def takes(self, kind: VectorKind) -> bool:
        """Whether points of this kind go into it."""
        return self.state != "retired" and self.kind.name == kind.name and self.kind.engine == kind.engine

    def is_spent(self, now: datetime) -> bool:
        """Whether nobody asks it any more."""
        return self.state == "retired" and now - self.since > KEPT_RETIRED
