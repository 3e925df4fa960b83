"""What is left of forgotten episodes: a row in the submissions table, so that no key is ever used again."""

from __future__ import annotations

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.schema import submissions

_IS_BURIED = submissions.c.forgotten_at.is_not(None)


class Tombstones:
    """The forgotten rows of the submissions table; `Submissions.bury` makes one."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def there(self, key: str) -> bool:
        """Whether the episode with this key was forgotten, or is being forgotten."""
        query = sa.select(submissions.c.id).where(submissions.c.key == key, _IS_BURIED)
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None

    def unfinished(self) -> list[str]:
        """The episodes that somebody began to forget, and of which something may be left."""
        query = sa.select(submissions.c.key).where(_IS_BURIED, submissions.c.purged_at.is_(None))
        with self._database.reading() as connection:
            return list(connection.execute(query.order_by(submissions.c.id)).scalars())

    def finish(self, key: str) -> None:
        """Note that nothing else is left of an episode."""
        with self._database.writing() as connection:
            gone = sa.update(submissions).where(submissions.c.key == key, _IS_BURIED)
            connection.execute(gone.values(purged_at=clock_of(connection)))
