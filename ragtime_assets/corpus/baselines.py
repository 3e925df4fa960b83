"""What a query's vector is told apart from: the mean vector of unrelated questions, reckoned once per engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import query_baselines as table
from ragtime_assets.domain.searching.unrelated import digest, reckoned, unrelated
from ragtime_assets.ports import Embedder

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors


@dataclass(frozen=True)
class Told:
    """A query's vector without what it has in common with unrelated questions."""

    vector: Vectors
    scale: float
    """What makes of the cosine with `vector` a likeness: 0 is as near as to anything, 1 the query itself."""


class Baselines:
    """Keeps the means that do not come along in the corpus: sixteen questions take as long to embed as a search may."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        """Embed with this engine what is not in this database."""
        self._database = database
        self._embedder = embedder
        self._means: dict[str, Vectors] = {}

    def told_apart(self, vector: Vectors, languages: Sequence[str]) -> Told:
        """The vector of a query in one of these languages, told apart from unrelated questions in them."""
        import numpy as np

        mean = np.mean([self._mean(language) for language in languages], axis=0)
        difference = (vector - mean).astype(np.float32)
        length = float(np.linalg.norm(difference)) or 1.0
        room = max(1.0 - float(mean @ mean), 1e-6)
        return Told(difference / length, length / room)

    def _mean(self, language: str) -> Vectors:
        if language not in self._means:
            self._means[language] = self._kept(language)
        return self._means[language]

    def _kept(self, language: str) -> Vectors:
        import numpy as np

        if known := reckoned(self._embedder.engine, language):
            return np.frombuffer(known, dtype="<f4")
        name = {"engine": self._embedder.engine, "language": language, "questions": digest(language)}
        with self._database.reading() as connection:
            found = connection.execute(
                sa.select(table.c.vector).where(*(table.c[column] == value for column, value in name.items()))
            ).scalar()
        if found is not None:
            return np.frombuffer(found, dtype="<f4")
        mean = mean_of(self._embedder, language)
        with self._database.writing() as connection:
            connection.execute(self._database.insert_ignore(table), {**name, "vector": mean.tobytes()})
        return mean


def mean_of(embedder: Embedder, language: str) -> Vectors:
    """The mean vector of the unrelated questions in a language."""
    import numpy as np

    return np.mean(embedder.queries(unrelated(language)), axis=0).astype("<f4")
