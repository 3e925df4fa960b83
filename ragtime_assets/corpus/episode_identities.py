"""Who owns an episode: what is learned of it later (guid, canonical page, audio) is claimed here, once."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.schema import episode_identities


class EpisodeIdentities:
    """The episode_identities table."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def claim(self, key: str, identities: Sequence[str]) -> str:
        """Claim all of them for `key`, or none: the key that owns the episode, `key` itself if it is new."""
        if not identities:
            return key
        with self._database.appending() as connection:
            others = connection.execute(
                sa.select(episode_identities.c.key)
                .where(episode_identities.c.identity.in_(identities), episode_identities.c.key != key)
                .order_by(episode_identities.c.claimed_at)
            ).scalars()
            for owner in others:
                return owner
            now = clock_of(connection)
            rows = [{"identity": one, "key": key, "claimed_at": now} for one in sorted(identities)]
            connection.execute(self._database.insert_ignore(episode_identities), rows)
        return key

    def owner(self, identity: str) -> str | None:
        """The key that claimed this identity."""
        query = sa.select(episode_identities.c.key).where(episode_identities.c.identity == identity)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def of(self, key: str) -> list[str]:
        """Everything that `key` claimed."""
        with self._database.reading() as connection:
            its = sa.select(episode_identities.c.identity).where(episode_identities.c.key == key)
            return list(connection.execute(its).scalars())

    def release(self, key: str) -> None:
        """Give up everything that `key` claimed."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(episode_identities).where(episode_identities.c.key == key))
