"""An index over the artifact files: rebuildable from them, and quick to ask what is missing or stale."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, slices
from ragtime_assets.corpus.schema import artifacts
from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.graph import PHASES, upstream
from ragtime_assets.domain.stale import Means

_MEANS = (artifacts.c.asset, artifacts.c.code_version, artifacts.c.engine, artifacts.c.vocabulary)
_TOLD = ("title", "show", "vocabulary")
"""What of the artifact itself is in the index, where it has such a field."""


class IndexedArtifact(NamedTuple):
    """One artifact, as much as questions about many need of it."""

    key: str
    asset: str
    digest: str
    inputs: Mapping[str, str]
    code_version: str
    engine: str
    run_id: str
    created_at: datetime
    seconds: float
    title: str | None
    show: str | None
    vocabulary: str | None = None


class BriefArtifact(NamedTuple):
    """One artifact of very many."""

    key: str
    created_at: datetime
    seconds: float
    means: Means


class ArtifactIndex:
    """The artifacts table."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def record(self, envelopes: Iterable[Envelope]) -> None:
        """Note that these artifacts were saved."""
        rows = [_row(envelope) for envelope in envelopes]
        if rows:
            with self._database.writing() as connection:
                connection.execute(self._database.upsert(artifacts, "key", "asset"), rows)

    def of(self, keys: Collection[str] | None = None) -> dict[str, dict[str, IndexedArtifact]]:
        """By key and asset, what these episodes have (all episodes when None)."""
        every = sa.select(*(artifacts.c[name] for name in IndexedArtifact._fields))
        queries = [every] if keys is None else [every.where(artifacts.c.key.in_(some)) for some in slices(keys)]
        found: dict[str, dict[str, IndexedArtifact]] = defaultdict(dict)
        with self._database.reading() as connection:
            for one in (IndexedArtifact._make(row) for query in queries for row in connection.execute(query)):
                found[one.key][one.asset] = one
        return found

    def digests(self, asset: str, keys: Collection[str]) -> dict[str, str]:
        """Of these episodes, which content their artifact of this asset has."""
        query = sa.select(artifacts.c.key, artifacts.c.digest).where(artifacts.c.asset == asset)
        with self._database.reading() as connection:
            rows = (row for some in slices(keys) for row in connection.execute(query.where(artifacts.c.key.in_(some))))
            return {row.key: row.digest for row in rows}

    def means(self) -> list[Means]:
        """What artifacts were made with, each once however many there are."""
        with self._database.reading() as connection:
            return [Means(*row) for row in connection.execute(sa.select(*_MEANS).distinct())]

    def counts(self) -> dict[Means, int]:
        """How many artifacts were made with what."""
        query = sa.select(*_MEANS, sa.func.count()).group_by(*_MEANS)
        with self._database.reading() as connection:
            return {Means(*means): count for *means, count in connection.execute(query)}

    def brief(self, keys: Collection[str] | None = None) -> list[BriefArtifact]:
        """The artifacts of these episodes, of all when None, without what they were made from."""
        every = sa.select(artifacts.c.key, artifacts.c.created_at, artifacts.c.seconds, *_MEANS)
        queries = [every] if keys is None else [every.where(artifacts.c.key.in_(some)) for some in slices(keys)]
        with self._database.reading() as connection:
            rows = (row for query in queries for row in connection.execute(query))
            return [BriefArtifact(key, at, seconds, Means(*means)) for key, at, seconds, *means in rows]

    def seconds(self, keys: Collection[str], assets: Collection[str]) -> float:
        """How long these artifacts of these episodes took, all together."""
        query = sa.select(sa.func.coalesce(sa.func.sum(artifacts.c.seconds), 0.0)).where(artifacts.c.asset.in_(assets))
        with self._database.reading() as connection:
            queries = (query.where(artifacts.c.key.in_(some)) for some in slices(keys))
            return sum(connection.execute(one).scalar_one() for one in queries)

    def whole(self) -> set[str]:
        """The episodes that have every artifact, each made from what is there now of what it is made from.

        It may miss some: one by one they are told by their `of`, a thousand times slower.
        """
        its = {asset: artifacts.c.asset == asset for asset in PHASES}
        content = [sa.func.max(sa.case((its[asset], artifacts.c.digest))).label(f"{asset}_is") for asset in PHASES]
        inputs = sa.cast(artifacts.c.inputs, sa.Text)
        made_from = [sa.func.max(sa.case((its[asset], inputs))).label(f"{asset}_of") for asset in PHASES]
        had = sa.select(artifacts.c.key, *content, *made_from).group_by(artifacts.c.key).subquery()
        place = sa.func.instr if self._database.is_sqlite else sa.func.strpos
        fits = [
            place(had.c[f"{asset}_of"], sa.literal(f'"{name}": "').concat(had.c[f"{name}_is"]).concat('"')) > 0
            for asset in PHASES
            for name in upstream(asset)
        ]
        with self._database.reading() as connection:
            return set(connection.execute(sa.select(had.c.key).where(*fits)).scalars())

    def newest_at(self) -> datetime | None:
        """When the newest artifact was made."""
        with self._database.reading() as connection:
            return connection.execute(sa.select(sa.func.max(artifacts.c.created_at))).scalar()

    def unpublished(self, asset: str, publishing: str) -> list[str]:
        """The episodes whose artifact `asset` is newer than what is published of them, or of which nothing is."""
        made, published = artifacts.alias("made"), artifacts.alias("published")
        same = sa.and_(made.c.key == published.c.key, published.c.asset == publishing)
        waits = sa.or_(published.c.key.is_(None), published.c.created_at < made.c.created_at)
        query = sa.select(made.c.key).select_from(made.outerjoin(published, same)).where(made.c.asset == asset, waits)
        with self._database.reading() as connection:
            return list(connection.execute(query.order_by(made.c.key)).scalars())

    def titled(self, having: str, show: str | None = None) -> dict[str, str]:
        """By key, the titles of the episodes that have this artifact, of one show or of all, the oldest first."""
        made, named = artifacts.alias("made"), artifacts.alias("named")
        same = sa.and_(made.c.key == named.c.key, named.c.asset == EpisodeDetails.asset)
        query = sa.select(named.c.key, named.c.title).select_from(made.join(named, same)).where(made.c.asset == having)
        if show is not None:
            query = query.where(named.c.show == show)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(named.c.created_at, named.c.key))
            return {row.key: row.title or row.key for row in rows}

    def makers(self) -> set[str]:
        """The runs that made an artifact which is there now."""
        with self._database.reading() as connection:
            return set(connection.execute(sa.select(artifacts.c.run_id).distinct()).scalars())

    def stamps(self, assets: Collection[str]) -> dict[str, str]:
        """By key, what changes when one of these artifacts is made anew; what people corrected changes no digest."""
        fields = (artifacts.c.key, artifacts.c.asset, artifacts.c.digest, artifacts.c.created_at)
        query = sa.select(*fields).where(artifacts.c.asset.in_(assets)).order_by(artifacts.c.key, artifacts.c.asset)
        with self._database.reading() as connection:
            return {
                key: hashlib.sha256(repr([tuple(row[1:]) for row in rows]).encode()).hexdigest()
                for key, rows in groupby(connection.execute(query), key=lambda row: row.key)
            }

    def is_shared(self, key: str, envelope: Envelope) -> bool:
        """Whether another episode has an artifact of the same content."""
        same = (artifacts.c.asset == envelope.asset, artifacts.c.digest == envelope.digest, artifacts.c.key != key)
        with self._database.reading() as connection:
            return connection.execute(sa.select(artifacts.c.key).where(*same).limit(1)).first() is not None

    def drop(self, gone: Iterable[tuple[str, str]]) -> None:
        """Forget these artifacts, each named by its episode's key and its asset."""
        rows = [{"gone_key": key, "gone_asset": asset} for key, asset in gone]
        noted = sa.and_(artifacts.c.key == sa.bindparam("gone_key"), artifacts.c.asset == sa.bindparam("gone_asset"))
        if rows:
            with self._database.writing() as connection:
                connection.execute(sa.delete(artifacts).where(noted), rows)

    def forget(self, key: str, assets: Collection[str] = PHASES) -> None:
        """Drop what is noted of these artifacts of an episode."""
        noted = sa.and_(artifacts.c.key == key, artifacts.c.asset.in_(assets))
        with self._database.writing() as connection:
            connection.execute(sa.delete(artifacts).where(noted))


def _row(envelope: Envelope) -> dict[str, Any]:
    row = {column.name: getattr(envelope, column.name, None) for column in artifacts.columns}
    return row | {name: envelope.payload.get(name) for name in _TOLD}
