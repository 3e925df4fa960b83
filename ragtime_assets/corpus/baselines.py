"""What a query's vector is told apart from: other questions, embedded once per engine.

By the mean of a few unrelated ones hits are ranked. Whether they are close is judged by what sets a query apart from
the everyday ones that are most like it: who types a few words is nearer to everything than who asks a whole question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import query_baselines as table
from ragtime_assets.domain.searching.unrelated import EVERYDAY, digest, everyday, languages, reckoned, unrelated
from ragtime_assets.ports import Embedder

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

_LIKE = 0.066
"""An everyday question counts a third of the likest one where it is less like the query by so much of the room that an
engine has for differences."""
_SPOKEN = 12
"""So many directions of a vector are taken for those of languages; with more of them what is asked goes, too."""


@dataclass(frozen=True)
class Told:
    """A query's vector without what it has in common with other questions."""

    vector: Vectors
    scale: float
    """What makes of the cosine with `vector` a likeness: 0 is as near as to anything, 1 about the query itself."""


class Baselines:
    """Keeps in the corpus what does not come along: sixteen questions take as long to embed as a search may."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        """Embed with this engine what is not in this database."""
        self._database = database
        self._embedder = embedder
        self._held: dict[str, Vectors] = {}

    def told_apart(self, vector: Vectors, asked: Sequence[str]) -> Told:
        """The vector of a query that is asked in one of these languages, told apart from unrelated questions in them.

        Where there are none in any of these, from those in all languages.
        """
        import numpy as np

        known = [language for language in asked if language in languages()] or languages()
        mean = np.mean([self._mean(language) for language in known], axis=0)
        difference = (vector - mean).astype(np.float32)
        length = float(np.linalg.norm(difference)) or 1.0
        return Told(difference / length, length / _room(mean))

    def own(self, vector: Vectors) -> Told:
        """What sets a query apart from the everyday questions that are most like it, without any language."""
        import numpy as np

        others = self._everyday()
        room = _room(others.mean(axis=0))
        likeness = others @ vector
        weights = np.exp((likeness - likeness.max()) / (_LIKE * room))
        apart = vector - weights @ others / weights.sum()
        apart = apart - self._spoken.T @ (self._spoken @ apart)
        length = float(np.linalg.norm(apart)) or 1.0
        return Told((apart / length).astype(np.float32), room**-0.5)

    @cached_property
    def _spoken(self) -> Vectors:
        """The directions in which languages differ most."""
        import numpy as np

        means = np.stack([self._mean(language) for language in languages()])
        _, _, spoken = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)
        return spoken[:_SPOKEN].astype(np.float32)

    def _mean(self, language: str) -> Vectors:
        return self._known(language, unrelated(language), mean_of)

    def _everyday(self) -> Vectors:
        return self._known(EVERYDAY, everyday(), rows_of).reshape(-1, self._embedder.dimension)

    def _known(self, name: str, questions: Sequence[str], of: Callable[[Embedder, Sequence[str]], Vectors]) -> Vectors:
        if name not in self._held:
            self._held[name] = self._read(name, questions, of)
        return self._held[name]

    def _read(self, name: str, questions: Sequence[str], of: Callable[[Embedder, Sequence[str]], Vectors]) -> Vectors:
        """What came along, or another process kept, or is made now and kept for others."""
        import numpy as np

        if known := reckoned(self._embedder.engine, name, questions):
            return np.frombuffer(known, dtype="<f4")
        key = {"engine": self._embedder.engine, "language": name, "questions": digest(questions)}
        with self._database.reading() as connection:
            found = connection.execute(
                sa.select(table.c.vector).where(*(table.c[column] == value for column, value in key.items()))
            ).scalar()
        if found is not None:
            return np.frombuffer(found, dtype="<f4")
        made = of(self._embedder, questions)
        with self._database.writing() as connection:
            connection.execute(self._database.insert_ignore(table), {**key, "vector": made.tobytes()})
        return made


def mean_of(embedder: Embedder, questions: Sequence[str]) -> Vectors:
    """The mean vector of these questions."""
    import numpy as np

    return np.mean(embedder.queries(questions), axis=0).astype("<f4")


def rows_of(embedder: Embedder, questions: Sequence[str]) -> Vectors:
    """The vector of each of these questions."""
    return embedder.queries(questions).astype("<f4")


def _room(mean: Vectors) -> float:
    """How far vectors with this mean are from it, squared: some engines have everything near to everything."""
    return max(1.0 - float(mean @ mean), 1e-6)
