"""The search tables: passages with what a hit shows of them, and the words in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.narrowing import narrowed
from ragtime_assets.corpus.postgres_words import PostgresWords
from ragtime_assets.corpus.schema import passage_entities, passage_speakers
from ragtime_assets.corpus.schema import passages as table
from ragtime_assets.corpus.sqlite_words import SqliteWords
from ragtime_assets.corpus.word_index import Weighed, Worded, WordIndex, asked, indexed, one_behind_the_other
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import EVERYTHING, Filters, PointName

_AT_ONCE = 500
_NAME = (table.c.episode_key, table.c.chunk_digest)


class SqlPassages:
    """`ports.PassageTable` over the passages table, and the lexical leg of search."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database
        self._words: WordIndex = SqliteWords() if database.is_sqlite else PostgresWords()

    def add(self, key: str, passages: Sequence[Passage]) -> None:
        """Make these passages readable; one that is there is overwritten."""
        values = [_row(passage) for passage in passages]
        if not values:
            return
        with self._database.writing() as connection:
            connection.execute(self._database.upsert(table, "episode_key", "chunk_digest"), values)
            _file(connection, key, passages)

    def keep_only(self, key: str, chunk_digests: frozenset[str]) -> None:
        """Drop the episode's other passages."""
        with self._database.writing() as connection:
            have = connection.execute(
                sa.select(table.c.id, table.c.chunk_digest).where(table.c.episode_key == key)
            ).all()
            gone = [row.id for row in have if row.chunk_digest not in chunk_digests]
            if gone:
                by_id = sa.delete(table).where(table.c.id == sa.bindparam("gone"))
                connection.execute(by_id, [{"gone": row} for row in gone])

    def named(self, names: Collection[PointName]) -> dict[PointName, Passage]:
        """The passages that exist among these."""
        query = sa.select(*_READ).where(self._digest_is_of(names))
        with self._database.reading() as connection:
            by_name = {name_of(one): one for one in _read(connection, query)}
        return {name: by_name[name] for name in names if name in by_name}

    def names(self, filters: Filters, most: int) -> list[PointName] | None:
        """What the passages that these filters let through are called; None where there are more than so many."""
        query = sa.select(table.c.episode_key, table.c.chunk_digest)
        with self._database.reading() as connection:
            found = connection.execute(narrowed(connection, query, filters).limit(most + 1)).all()
        return [PointName(*row) for row in found] if len(found) <= most else None

    def window(self, episode_key: str, index: int, around: int) -> list[Passage]:
        """The passage at this place of an episode and as many as `around` on each side of it, in order."""
        place = table.c.position
        near = (table.c.episode_key == episode_key, place >= index - around, place <= index + around)
        with self._database.reading() as connection:
            return _read(connection, sa.select(*_READ).where(*near).order_by(place, table.c.id))

    def weighed(self, query: str, filters: Filters = EVERYTHING) -> Weighed:
        """The words that are asked for, in the forms that texts in the languages that are searched have them."""
        with self._database.reading() as connection:
            languages = [filters.language] if filters.language else _languages(connection)
            return self._words.weighed(connection, asked(query, languages))

    def matching(self, words: Weighed, limit: int, filters: Filters = EVERYTHING) -> list[Worded]:
        """The passages in which these words are, best first."""
        if not words.weights:
            return []
        with self._database.reading() as connection:
            found = self._words.best(connection, words, limit, filters)
            if words.together and len(found) < limit:
                return self._words.best(connection, words.alone, limit, filters)
            return found

    def shares(
        self, words: Weighed, names: Collection[PointName], filters: Filters = EVERYTHING
    ) -> dict[PointName, float]:
        """How much of the weight of these words each of these passages has; without those that are filtered out."""
        with self._database.reading() as connection:
            return self._words.shares(connection, words, names, filters)

    def episodes_with(self, names: Iterable[str]) -> list[str]:
        """The episodes in whose passages the words of one of these names stand one behind the other."""
        with self._database.reading() as connection:
            languages = _languages(connection)
            wanted = [phrase for name in names for phrase in one_behind_the_other(name, languages)]
            if not wanted:
                return []
            found = self._words.holding(wanted)
            keys = sa.select(table.c.episode_key).join(found, found.c.id == table.c.id).distinct()
            return sorted(connection.execute(keys).scalars())

    def languages(self) -> list[str]:
        """The languages of the corpus."""
        with self._database.reading() as connection:
            return _languages(connection)

    def speakers(self) -> list[str]:
        """Everybody who speaks in a passage."""
        speaker = passage_speakers.c.speaker
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(speaker).distinct().order_by(speaker)).scalars())

    def episodes(self) -> list[str]:
        """The episodes that have passages."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(table.c.episode_key).distinct()).scalars())

    def extent(self, keys: Sequence[str]) -> tuple[int, int]:
        """How many passages these episodes have, and how many characters are in them."""
        found: list[tuple[int, int]] = []
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.func.length(table.c.text)), 0))
        with self._database.reading() as connection:
            for first in range(0, len(keys), _AT_ONCE):
                some = table.c.episode_key.in_(keys[first : first + _AT_ONCE])
                count, signs = connection.execute(query.where(some)).one()
                found.append((count, signs))
        return sum(count for count, _ in found), sum(signs for _, signs in found)

    def some_texts(self, limit: int) -> list[str]:
        """The texts of a few passages."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(table.c.text).limit(limit)).scalars())

    def count(self) -> int:
        """How many passages there are."""
        with self._database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())

    def _digest_is_of(self, names: Iterable[PointName]) -> sa.ColumnElement[bool]:
        return self._database.is_one_of(table.c.chunk_digest, sorted({name.chunk_digest for name in names}))


def name_of(passage: Passage) -> PointName:
    """What the vector index calls a passage."""
    return PointName(passage.episode_key, passage.chunk_digest)


def _languages(connection: sa.Connection) -> list[str]:
    """Each language by one step in the index: DISTINCT would read all of it."""
    return [one for one in connection.execute(_EACH_LANGUAGE).scalars() if one is not None]


def _each_language() -> sa.Select[str]:
    one = sa.select(sa.func.min(table.c.language).label("language")).cte("one", recursive=True)
    following = sa.select(sa.func.min(table.c.language)).where(table.c.language > one.c.language).scalar_subquery()
    return sa.select(one.union_all(sa.select(following).where(one.c.language.is_not(None))).c.language)


_EACH_LANGUAGE = _each_language()


def _file(connection: sa.Connection, key: str, passages: Sequence[Passage]) -> None:
    """Note by whom, and by which entities, these passages of an episode are found."""
    query = sa.select(table.c.chunk_digest, table.c.id).where(table.c.episode_key == key)
    ids = {row.chunk_digest: row.id for row in connection.execute(query)}
    mine = [{"mine": ids[one.chunk_digest]} for one in passages]
    named = [
        {"passage_id": ids[one.chunk_digest], "entity_id": entity, "position": place}
        for one in passages
        for place, entity in enumerate(dict.fromkeys(one.entity_ids))
    ]
    speaking = [
        {"passage_id": ids[one.chunk_digest], "speaker": speaker}
        for one in passages
        for speaker in dict.fromkeys(one.speakers)
    ]
    for filed, rows in ((passage_entities, named), (passage_speakers, speaking)):
        connection.execute(sa.delete(filed).where(filed.c.passage_id == sa.bindparam("mine")), mine)
        if rows:
            connection.execute(sa.insert(filed), rows)


def _read(connection: sa.Connection, query: Any) -> list[Passage]:
    """The passages of a query, with their entities."""
    rows = connection.execute(query).all()
    if not rows:
        return []
    ids: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(_NAMED_IN, {"passages": [row.id for row in rows]}):
        ids[row.passage_id].append(row.entity_id)
    return [_passage(row, ids[row.id]) for row in rows]


def _row(passage: Passage) -> dict[str, Any]:
    values = passage.model_dump(mode="json", exclude={"entity_ids"})
    of_it = indexed(passage.text, passage.episode_title, passage.chapter, passage.speakers, passage.language)
    return {"position": values.pop("index"), **of_it, **values}


def _passage(row: Any, entity_ids: Iterable[str]) -> Passage:
    told = row._mapping
    return Passage(index=row.position, entity_ids=tuple(entity_ids), **{name: told[name] for name in _SHOWN})


_NAMED_IN = (
    sa.select(passage_entities.c.passage_id, passage_entities.c.entity_id)
    .where(passage_entities.c.passage_id.in_(sa.bindparam("passages", expanding=True)))
    .order_by(passage_entities.c.passage_id, passage_entities.c.position)
)
_SHOWN = frozenset(Passage.model_fields) - {"index", "entity_ids"}
_READ = (table.c.id, table.c.position, *(table.c[name] for name in sorted(_SHOWN)))
