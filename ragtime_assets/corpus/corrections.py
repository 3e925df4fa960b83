"""People's corrections of episodes, field by field: the newest word on each counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import corrections
from ragtime_assets.corpus.submissions import ask_again
from ragtime_assets.domain.episode.corrections import Corrections


class SqlCorrections:
    """The corrections table."""

    def __init__(self, database: Database, without: Callable[[str], str] = str) -> None:
        """Work on this database; `without` takes known secrets out of what is said before it is kept."""
        self._database = database
        self._without = without

    def of(self, key: str) -> Corrections:
        """Everything that people corrected of this episode."""
        with self._database.reading() as connection:
            query = sa.select(corrections.c.field, corrections.c.value).where(corrections.c.key == key)
            return Corrections.model_validate({row.field: row.value for row in connection.execute(query)})

    def correct(
        self,
        key: str,
        said: Corrections,
        by: str,
        withdrawn: Collection[str] = (),
        again: Sequence[str] = (),
    ) -> None:
        """Keep what is said, forget what is withdrawn, and ask for the phases `again`, all in one transaction."""
        values = said.model_dump(mode="json", exclude_none=True)
        common = {"key": key, "corrected_by": by, "corrected_at": datetime.now(UTC)}
        said_openly = {name: self._without(one) if isinstance(one, str) else one for name, one in values.items()}
        rows = [{"field": field, "value": value, **common} for field, value in said_openly.items()]
        gone = sa.delete(corrections).where(corrections.c.key == key, corrections.c.field.in_(withdrawn))
        with self._database.writing() as connection:
            if rows:
                connection.execute(self._database.upsert(corrections, "key", "field"), rows)
            connection.execute(gone)
            if again:
                ask_again(self._database, connection, [key], by, again)

    def newest(self) -> dict[str, datetime]:
        """By episode, when it was last corrected; without what was taken back since."""
        query = sa.select(corrections.c.key, sa.func.max(corrections.c.corrected_at)).group_by(corrections.c.key)
        with self._database.reading() as connection:
            return {key: at for key, at in connection.execute(query)}

    def forget(self, key: str) -> None:
        """Forget every correction of an episode."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(corrections).where(corrections.c.key == key))
