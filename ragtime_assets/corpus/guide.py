"""What there is in the corpus, listed for somebody who looks for passages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.entities import SqlEntities
from ragtime_assets.corpus.schema import passages, submissions
from ragtime_assets.domain.answering.listed import ListedEntity, ListedEpisode
from ragtime_assets.domain.language.words import folded


class SqlCorpusGuide:
    """`ports.CorpusGuide` over the search tables and the registry."""

    def __init__(self, database: Database, registry: SqlEntities) -> None:
        """Read these."""
        self._database = database
        self._registry = registry

    def episodes(self, words: str, limit: int) -> Sequence[ListedEpisode]:
        """The episodes that can be searched and have these words in title or show, the newest first."""
        row = passages.c
        columns = (row.episode_key, row.episode_title, row.show, row.published)
        newest_first = (sa.func.coalesce(row.published, "").desc(), row.episode_key)
        query = sa.select(*columns).group_by(*columns).order_by(*newest_first)
        wanted = [folded(word) for word in words.split()]
        with self._database.reading() as connection:
            found = (ListedEpisode(*one) for one in connection.execute(query))
            return [one for one in found if _has_all(one, wanted)][:limit]

    def entities(self, name: str, limit: int) -> Sequence[ListedEntity]:
        """Who and what is called so, or nearly so, and is named somewhere."""
        found = self._registry.find(name)[:limit] if name.strip() else []
        return [
            ListedEntity(
                one.entity.entity_id or "", one.entity.name, one.entity.type, one.entity.disambiguation, one.episodes
            )
            for one in found
            if one.episodes
        ]

    def standing(self, keys: Collection[str]) -> dict[str, bool]:
        """Of these episodes, those that were ever submitted, and whether each is still there."""
        query = sa.select(submissions.c.key, submissions.c.forgotten_at).where(submissions.c.key.in_(sorted(keys)))
        with self._database.reading() as connection:
            return {key: forgotten is None for key, forgotten in connection.execute(query)}


def _has_all(episode: ListedEpisode, words: Sequence[str]) -> bool:
    told = folded(f"{episode.title} {episode.show or ''}")
    return all(word in told for word in words)
