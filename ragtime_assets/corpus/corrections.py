"""People's corrections of episodes, field by field: the newest word on each counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.schema import corrections, entities, entity_corrections
from ragtime_assets.corpus.submissions import ask_again
from ragtime_assets.domain.episode.corrections import Corrections


@dataclass(frozen=True)
class Said:
    """One word of a person's about an episode: a field of its details, or what a name means."""

    about: str
    said: str
    by: str
    at: datetime


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

    def said(self, key: str) -> list[Said]:
        """Who corrected what of this episode, and when: its details, and what names mean in it; the oldest first."""
        of_names = entity_corrections.c
        names = (
            sa.select(of_names.type, of_names.name, of_names.said_by, of_names.said_at, entities.c.name.label("meant"))
            .select_from(entity_corrections.outerjoin(entities, of_names.entity_id == entities.c.id))
            .where(of_names.key == key, of_names.withdrawn_at.is_(None))
        )
        with self._database.reading() as connection:
            stands = sa.and_(corrections.c.key == key, corrections.c.value.is_not(None))
            fields = connection.execute(sa.select(corrections).where(stands)).all()
            told = [Said(row.field, str(row.value), row.corrected_by, row.corrected_at) for row in fields]
            for row in connection.execute(names):
                meant = f"means {row.meant}" if row.meant else "means nobody that is known"
                told.append(Said(f"{row.name} ({row.type})", meant, row.said_by, row.said_at))
        return sorted(told, key=lambda one: one.at)

    def correct(
        self,
        key: str,
        said: Corrections,
        by: str,
        withdrawn: Collection[str] = (),
        again: Sequence[str] = (),
    ) -> None:
        """Keep what is said and what is withdrawn, and ask for the phases `again`, all in one transaction.

        Of what is withdrawn only the value goes: that it was tells who has to read the episode anew.
        """
        values = said.model_dump(mode="json", exclude_none=True)
        common = {"key": key, "corrected_by": by}
        said_openly = {name: self._without(one) if isinstance(one, str) else one for name, one in values.items()}
        rows = [{"field": field, "value": value, **common} for field, value in said_openly.items()]
        gone = sa.update(corrections).where(corrections.c.key == key, corrections.c.field.in_(withdrawn))
        with self._database.writing() as connection:
            now = clock_of(connection)
            if rows:
                upsert = self._database.upsert(corrections, "key", "field")
                connection.execute(upsert, [row | {"corrected_at": now} for row in rows])
            connection.execute(gone.values(value=None, corrected_by=by, corrected_at=now))
            if again:
                ask_again(self._database, connection, [key], by, again)

    def newest(self) -> dict[str, datetime]:
        """By episode, when it was last corrected, or a correction taken back."""
        query = sa.select(corrections.c.key, sa.func.max(corrections.c.corrected_at)).group_by(corrections.c.key)
        with self._database.reading() as connection:
            return {key: at for key, at in connection.execute(query)}

    def forget(self, key: str) -> None:
        """Forget every correction of an episode."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(corrections).where(corrections.c.key == key))
