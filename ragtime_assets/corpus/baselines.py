"""What a query's vector is told apart from: the vectors of unrelated questions, reckoned once per engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import query_baselines as table
from ragtime_assets.domain.searching.unrelated import digest, unrelated
from ragtime_assets.ports import Embedder

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors


@dataclass(frozen=True)
class Told:
    """A query's vector without what it has in common with unrelated questions."""

    vector: Vectors
    scale: float
    """What makes of the cosine with `vector` a likeness: 0 is as near as to anything, 1 the query itself."""
    unrelated: float
    """The likeness of the query and the nearest of the unrelated questions."""


class Baselines:
    """Keeps the vectors in the corpus, because sixteen questions take as long to embed as a search may."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        """Embed with this engine what is not in this database."""
        self._database = database
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}

    def told_apart(self, vector: Vectors, languages: Sequence[str]) -> Told:
        """The vector of a query in one of these languages, told apart from unrelated questions in them."""
        import numpy as np

        vectors = [self._of(language) for language in languages]
        mean = np.mean([some.mean(axis=0) for some in vectors], axis=0)
        difference = (vector - mean).astype(np.float32)
        length = float(np.linalg.norm(difference)) or 1.0
        room = max(1.0 - float(mean @ mean), 1e-6)
        unrelated = max(float((some @ difference).max()) for some in vectors) / room
        return Told(difference / length, length / room, unrelated)

    def _of(self, language: str) -> Vectors:
        if language not in self._vectors:
            self._vectors[language] = self._kept(language)
        return self._vectors[language]

    def _kept(self, language: str) -> Vectors:
        import numpy as np

        of_it = {"engine": self._embedder.engine, "language": language}
        name = {**of_it, "questions": digest(language)}
        with self._database.reading() as connection:
            found = connection.execute(
                sa.select(table.c.vector).where(*(table.c[column] == value for column, value in name.items()))
            ).scalar()
        if found is not None:
            return np.frombuffer(found, dtype="<f4").reshape(len(unrelated(language)), -1)
        vectors = self._embedder.queries(unrelated(language)).astype("<f4")
        with self._database.writing() as connection:
            former = (table.c[column] == value for column, value in of_it.items())
            connection.execute(sa.delete(table).where(*former, table.c.questions != name["questions"]))
            connection.execute(self._database.insert_ignore(table), {**name, "vector": vectors.tobytes()})
        return vectors
