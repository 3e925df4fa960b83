"""Finds the episode, or the show, that a person means: by a key, a title, or a part of either."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import artifacts, submissions
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.identity import PARTITION_KEY
from ragtime_assets.domain.episode.naming import Named, meant, the_one

_IS_LIVE = submissions.c.forgotten_at.is_(None)
_HAS_DETAILS = sa.and_(artifacts.c.key == submissions.c.key, artifacts.c.asset == EpisodeDetails.asset)


class EpisodeNames:
    """Reads keys and titles; the index of keys alone where a key, or enough of one, is given."""

    def __init__(self, database: Database) -> None:
        """Look into this database."""
        self._database = database

    def key(self, words: str) -> str:
        """The key of the episode that is meant; raises InvalidSubmission with those that it may be."""
        words = words.strip()
        beginning = self._beginning(words) if PARTITION_KEY.fullmatch(words) else []
        if words in beginning or len(beginning) == 1:
            return words if words in beginning else beginning[0]
        everything = self._titled()
        begun = frozenset(beginning)
        found = [*meant(words, everything), *(one for one in everything if one.key in begun)]
        found = found or [one for one in everything if words and words.casefold() in one.key]
        return the_one("episode", words, list(dict.fromkeys(found)), everything).key

    def keys(self, words: Iterable[str]) -> list[str]:
        """The keys of the episodes that are meant, each once."""
        return list(dict.fromkeys(map(self.key, words)))

    def title(self, key: str) -> str | None:
        """The title of the episode with this key, once it was read."""
        query = sa.select(artifacts.c.title).where(artifacts.c.key == key, artifacts.c.asset == EpisodeDetails.asset)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def show(self, words: str) -> str:
        """The name of the show that is meant, as its episodes have it."""
        query = sa.select(artifacts.c.show).distinct().where(artifacts.c.show.is_not(None))
        with self._database.reading() as connection:
            shows = [Named(show, show) for show in connection.execute(query).scalars()]
        return the_one("show", words, meant(words, shows), shows).key

    def _beginning(self, words: str) -> list[str]:
        """The keys that begin with these signs; SQLite finds them in its index by GLOB, not by LIKE."""
        key = submissions.c.key
        begins = key.op("GLOB")(f"{words}*") if self._database.is_sqlite else key.startswith(words, autoescape=True)
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(key).where(begins, _IS_LIVE).order_by(key)).scalars())

    def _titled(self) -> list[Named]:
        """Every episode with its title, the newest first."""
        joined = submissions.outerjoin(artifacts, _HAS_DETAILS)
        query = sa.select(submissions.c.key, artifacts.c.title).select_from(joined).where(_IS_LIVE)
        with self._database.reading() as connection:
            return [Named(row.key, row.title) for row in connection.execute(query.order_by(submissions.c.id.desc()))]
