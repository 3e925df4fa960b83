"""Names that MusicBrainz was not asked about while their episode was linked, for want of time or because it was down.

Who waits is told by the decisions themselves, so nobody is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.families import REGISTRY_LOCK
from ragtime_assets.corpus.schema import entity_decisions
from ragtime_assets.corpus.submissions import ask_again
from ragtime_assets.domain.linking.decision import Name


class LateNames:
    """The decisions that are marked for later."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def is_waiting(self) -> bool:
        """Whether there is any."""
        with self._database.reading() as connection:
            return connection.execute(_waiting(entity_decisions.c.key).limit(1)).first() is not None

    def waiting(self, most: int) -> dict[str, list[Name]]:
        """By episode, its names that wait; those that were decided first come first."""
        said = entity_decisions.c
        oldest = _waiting(said.key, sa.func.min(said.decided_at).label("since")).group_by(said.key)
        found: dict[str, list[Name]] = {}
        with self._database.reading() as connection:
            keys = list(connection.execute(oldest.order_by(sa.text("since"), said.key).limit(most)).scalars())
            names = _waiting(said.key, said.type, said.name).where(said.key.in_(keys)).order_by(said.type, said.name)
            rows = connection.execute(names).all()
        for key in keys:
            found[key] = [Name(row.type, row.name) for row in rows if row.key == key]
        return found

    def link_again(self, episodes: Sequence[str], before: datetime, by: str, phases: Sequence[str]) -> list[str]:
        """Ask for these episodes, once each: in the same transaction their names wait no more.

        An episode that was linked after `before` may wait for other names, and is left for the next time.
        """
        said = entity_decisions.c
        waits = (said.key.in_(episodes), said.later, said.decided_at <= before)
        with self._database.writing_alone(REGISTRY_LOCK) as connection:
            there = set(connection.execute(sa.select(said.key).distinct().where(*waits)).scalars())
            connection.execute(sa.update(entity_decisions).where(*waits).values(later=False))
            return ask_again(self._database, connection, [key for key in episodes if key in there], by, phases)


def _waiting(*columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).where(entity_decisions.c.later)
