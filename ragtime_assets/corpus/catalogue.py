"""What can be searched, as lists: shows, and the episodes of one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, slices
from ragtime_assets.corpus.schema import passages


@dataclass(frozen=True)
class ListedShow:
    """A show, and how many of its episodes a search finds."""

    name: str
    episodes: int
    newest: str | None


@dataclass(frozen=True)
class ListedEpisode:
    """An episode that a search finds."""

    key: str
    title: str
    show: str | None
    published: str | None
    language: str
    url: str


class SqlCatalogue:
    """Reads the search tables."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def shows(self) -> list[ListedShow]:
        """Every show, by name."""
        columns = passages.c
        count = sa.func.count(columns.episode_key.distinct())
        query = sa.select(columns.show, count, sa.func.max(columns.published)).where(columns.show.is_not(None))
        with self._database.reading() as connection:
            return [ListedShow(*row) for row in connection.execute(query.group_by(columns.show).order_by(columns.show))]

    def episodes(
        self,
        show: str | None = None,
        since: str | None = None,
        until: str | None = None,
        *,
        limit: int,
        offset: int = 0,
    ) -> tuple[list[ListedEpisode], int]:
        """Episodes of a show and of these days, the newest first, and how many there are in all."""
        first = sa.select(passages).where(passages.c.position == 0)
        query = first.where(*_narrowed(show, since, until))
        newest = (passages.c.published.desc().nulls_last(), passages.c.episode_key)
        with self._database.reading() as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
            rows = connection.execute(query.order_by(*newest).limit(limit).offset(offset))
            return [_listed(row) for row in rows], int(total)

    def named(self, keys: Collection[str]) -> dict[str, ListedEpisode]:
        """By key, those of these episodes that a search finds."""
        first = sa.select(passages).where(passages.c.position == 0)
        with self._database.reading() as connection:
            found = (
                _listed(row)
                for some in slices(keys)
                for row in connection.execute(first.where(passages.c.episode_key.in_(some)))
            )
            return {one.key: one for one in found}


def _narrowed(show: str | None, since: str | None, until: str | None) -> list[Any]:
    columns = passages.c
    return [
        *([columns.show == show] if show is not None else []),
        *([columns.published >= since] if since is not None else []),
        *([columns.published <= until] if until is not None else []),
    ]


def _listed(row: Any) -> ListedEpisode:
    return ListedEpisode(
        key=row.episode_key,
        title=row.episode_title,
        show=row.show,
        published=row.published,
        language=row.language,
        url=row.url.partition("#t=")[0],
    )
