"""The tables of collections of vectors: which one answers, and which episodes are in the one that is being built."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.schema import passages, vector_collections, vector_episodes
from ragtime_assets.domain.vector_collections import CollectionState, VectorCollection, VectorKind

_SWAP_LOCK = 0x7261_6776
_table, _members = vector_collections, vector_episodes
_THERE = sa.select(_table).where(_table.c.place == sa.bindparam("place")).order_by(_table.c.id)


class SqlVectorCollections:
    """The collections of one place: the embedded index, or a server."""

    def __init__(self, database: Database, place: str, now: Callable[[sa.Connection], datetime] = clock_of) -> None:
        """Work on this database."""
        self._database = database
        self._place = place
        self._now = now

    def clock(self) -> datetime:
        """What time it is by the database, which tells when a collection may go."""
        return self._database.clock()

    def all(self) -> list[VectorCollection]:
        """Every collection, the oldest first."""
        with self._database.reading() as connection:
            return self._all(connection)

    def live(self) -> VectorCollection | None:
        """The one that answers; None before anything was published."""
        return next((one for one in self.all() if one.state == "live"), None)

    def taking(self, kind: VectorKind) -> list[VectorCollection]:
        """Those that points of this kind go into, what is being built first; one is begun where there is none."""
        found = self._taking(self.all(), kind)
        if found:
            return found
        with self._database.writing_alone(_SWAP_LOCK) as connection:
            there = self._all(connection)
            if not self._taking(there, kind):
                first = not any(one.state == "live" for one in there)
                self._begin(connection, kind, "live" if first else "building")
            return self._taking(self._all(connection), kind)

    def begin(self, kind: VectorKind) -> VectorCollection:
        """A collection of this kind that is being built: the one that was begun before, or a new one.

        It is what somebody wants now, so what is being built of other kinds is not waited for any more.
        """
        with self._database.writing_alone(_SWAP_LOCK) as connection:
            for other in self._all(connection):
                if other.state == "building" and not other.takes(kind):
                    self._retire(connection, self._named(other.name))
            building = [one for one in self._taking(self._all(connection), kind) if one.state == "building"]
            if not building:
                self._begin(connection, kind, "building")
                building = [one for one in self._taking(self._all(connection), kind) if one.state == "building"]
            return building[0]

    def published(self, name: str, keys: Collection[str]) -> bool:
        """Note that these episodes are in this collection; True when it is the one that answers from now on."""
        with self._database.writing_alone(_SWAP_LOCK) as connection:
            building = self._building(connection, name)
            if building is None:
                return False
            rows = [{"collection": building, "key": key} for key in dict.fromkeys(keys)]
            if rows:
                connection.execute(self._database.insert_ignore(_members), rows)
            return self._swapped(connection, building)

    def forget(self, keys: Collection[str]) -> None:
        """These episodes are in no collection any more; what waited for them alone is complete."""
        if not any(one.state == "building" for one in self.all()):
            return
        with self._database.writing_alone(_SWAP_LOCK) as connection:
            connection.execute(sa.delete(_members).where(_members.c.key.in_(list(keys))))
            building = sa.select(_table.c.id).where(_table.c.place == self._place, _table.c.state == "building")
            for one in connection.execute(building).scalars().all():
                self._swapped(connection, one)

    def missing(self, name: str) -> list[str]:
        """The published episodes that are not in a collection that is being built."""
        with self._database.reading() as connection:
            building = self._building(connection, name)
            return [] if building is None else [str(key) for key in connection.execute(_not_in(building)).scalars()]

    def drop(self, name: str) -> None:
        """Forget a collection that is gone."""
        with self._database.writing_alone(_SWAP_LOCK) as connection:
            this = sa.select(_table.c.id).where(self._named(name)).scalar_subquery()
            connection.execute(sa.delete(_members).where(_members.c.collection == this))
            connection.execute(sa.delete(_table).where(self._named(name)))

    def start_over(self) -> VectorKind | None:
        """Forget the collections of every place, because their points are not there; the kind of the one that answered.

        That of this place, or of another when this one had none.
        """
        with self._database.writing_alone(_SWAP_LOCK) as connection:
            answering = sa.select(_table).where(_table.c.state == "live")
            live = connection.execute(answering.order_by(_table.c.place != self._place, _table.c.id)).first()
            connection.execute(sa.delete(_members))
            connection.execute(sa.delete(_table))
        return VectorKind(live.embedder, live.engine, live.dimension) if live else None

    def _swapped(self, connection: sa.Connection, building: int) -> bool:
        """Make this the collection that answers, if every published episode is in it."""
        if connection.execute(_not_in(building).limit(1)).first() is not None:
            return False
        ours = _table.c.place == self._place
        self._retire(connection, sa.and_(ours, _table.c.state != "retired", _table.c.id != building))
        connection.execute(
            sa.update(_table).where(_table.c.id == building).values(state="live", since=self._now(connection))
        )
        mine = sa.select(_table.c.id).where(ours)
        connection.execute(sa.delete(_members).where(_members.c.collection.in_(mine)))
        return True

    def _retire(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
        connection.execute(sa.update(_table).where(which).values(state="retired", since=self._now(connection)))

    def _building(self, connection: sa.Connection, name: str) -> int | None:
        found = sa.select(_table.c.id).where(self._named(name), _table.c.state == "building")
        return connection.execute(found).scalar()

    def _begin(self, connection: sa.Connection, kind: VectorKind, state: CollectionState) -> None:
        """The first is named after its kind; later ones have a number too, so that no two are the same."""
        fields = {"embedder": kind.embedder, "engine": kind.engine, "dimension": kind.dimension, "state": state}
        row = {
            "place": self._place,
            "name": kind.name if state == "live" else "",
            "since": self._now(connection),
            **fields,
        }
        made = connection.execute(sa.insert(_table).values(**row).returning(_table.c.id)).scalar_one()
        if state == "building":
            connection.execute(sa.update(_table).where(_table.c.id == made).values(name=f"{kind.name}-{made}"))

    def _all(self, connection: sa.Connection) -> list[VectorCollection]:
        rows = connection.execute(_THERE, {"place": self._place}).all()
        return [
            VectorCollection(row.name, VectorKind(row.embedder, row.engine, row.dimension), row.state, row.since)
            for row in rows
        ]

    def _taking(self, there: list[VectorCollection], kind: VectorKind) -> list[VectorCollection]:
        return sorted((one for one in there if one.takes(kind)), key=lambda one: one.state == "live")

    def _named(self, name: str) -> sa.ColumnElement[bool]:
        return sa.and_(_table.c.place == self._place, _table.c.name == name)


def _not_in(collection: int) -> sa.Select[tuple[str]]:
    """The published episodes that are not in this collection."""
    members = sa.select(_members.c.key).where(_members.c.collection == collection)
    query = sa.select(passages.c.episode_key).distinct().where(passages.c.episode_key.not_in(members))
    return query.order_by(passages.c.episode_key)
