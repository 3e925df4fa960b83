"""The search tables: passages with what a hit shows of them, and the words in them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.narrowing import narrowed
from ragtime_assets.corpus.query_words import Phrase, content_words, phrases
from ragtime_assets.corpus.schema import passage_entities, passage_speakers
from ragtime_assets.corpus.schema import passages as table
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.language.words import is_unspaced, signs, without_accents
from ragtime_assets.domain.points import EVERYTHING, Filters, PointName

_MOST_WORDS = 32
_POSTGRES_DOCUMENT = (
    r"to_tsvector('simple', "
    r"regexp_replace(normalize(coalesce(signs, text || ' ' || episode_title), NFKD), '[\u0300-\u036f]', '', 'g'))"
)
"""As `ix_passages_words` has it: SQLite's word index leaves accents out by itself."""


class SqlPassages:
    """`ports.PassageTable` over the passages table, and the lexical leg of search."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

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

    def named(self, names: Collection[PointName], filters: Filters = EVERYTHING) -> dict[PointName, Passage]:
        """The passages that exist among these, and that the filters let through."""
        query = sa.select(table).where(table.c.chunk_digest.in_(sorted({name.chunk_digest for name in names})))
        with self._database.reading() as connection:
            found = _read(connection, narrowed(connection, query, filters))
        by_name = {PointName(one.episode_key, one.chunk_digest): one for one in found}
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
            return _read(connection, sa.select(table).where(*near).order_by(place, table.c.id))

    def matching_words(self, query: str, limit: int, filters: Filters = EVERYTHING) -> list[Passage]:
        """The passages in which the query's words stand, best first."""
        asked = (without_accents(word) for word in content_words(re.findall(r"\w+", _composed(query))))
        words = [phrase for word in asked for phrase in phrases(word)][:_MOST_WORDS]
        if not words:
            return []
        match = self._sqlite_match(words) if self._database.is_sqlite else self._postgres_match(words)
        with self._database.reading() as connection:
            return _read(connection, narrowed(connection, match, filters).limit(limit))

    def episodes_with(self, names: Iterable[str]) -> list[str]:
        """The episodes in whose passages the words of one of these names stand one behind the other."""
        asked = filter(None, map(_words_of, names))
        match = self._sqlite_match if self._database.is_sqlite else self._postgres_match
        with self._database.reading() as connection:
            found = (match([phrase]).order_by(None).subquery().c.episode_key for phrase in asked)
            return sorted(
                {key for column in found for key in connection.execute(sa.select(column).distinct()).scalars()}
            )

    def languages(self) -> list[str]:
        """The languages of the corpus."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(table.c.language).distinct()).scalars())

    def count(self) -> int:
        """How many passages there are."""
        with self._database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())

    def _sqlite_match(self, phrases: Sequence[Phrase]) -> Any:
        match = " OR ".join(f'"{" ".join(phrase)}"' for phrase in phrases)
        found = (
            sa.text(
                "SELECT rowid AS id, bm25(passage_words) AS score FROM passage_words WHERE passage_words MATCH :match"
            )
            .bindparams(match=match)
            .columns(id=sa.Integer, score=sa.Float)
            .subquery("found")
        )
        return sa.select(table).join(found, found.c.id == table.c.id).order_by(found.c.score, table.c.id)

    def _postgres_match(self, phrases: Sequence[Phrase]) -> Any:
        document = sa.literal_column(_POSTGRES_DOCUMENT)
        query = sa.func.to_tsquery(sa.literal_column("'simple'"), _as_indexed(phrases))
        rank = sa.func.ts_rank_cd(document, query)
        return sa.select(table).where(document.op("@@")(query)).order_by(rank.desc(), table.c.id)


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
    """The passages of a query, each with its entities."""
    rows = connection.execute(query).all()
    if not rows:
        return []
    entity = passage_entities.c
    named = sa.select(entity.passage_id, entity.entity_id).where(entity.passage_id.in_([row.id for row in rows]))
    ids: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(named.order_by(entity.passage_id, entity.position)):
        ids[row.passage_id].append(row.entity_id)
    return [_passage(row, ids[row.id]) for row in rows]


def _as_indexed(phrases: Sequence[Phrase]) -> str:
    """The query of Postgres, decomposed as its document is."""
    return unicodedata.normalize("NFKD", " | ".join(f"({' <-> '.join(phrase)})" for phrase in phrases))


def _signs(passage: Passage) -> str | None:
    """Text and title sign by sign where they are written without spaces; else the text itself is indexed."""
    text = f"{passage.text} {passage.episode_title}"
    return "".join(f" {sign}" for word in text.split() for sign in signs(word)) if is_unspaced(text) else None


def _words_of(name: str) -> Phrase:
    """The words of a name as they are indexed."""
    words = re.findall(r"\w+", _composed(name))
    return tuple(without_accents(sign) for word in words for sign in signs(word))


def _composed(text: str) -> str:
    """An accent that stands apart from its letter would end the word."""
    return unicodedata.normalize("NFC", text)


def _row(passage: Passage) -> dict[str, Any]:
    values = passage.model_dump(mode="json", exclude={"entity_ids"})
    return {"position": values.pop("index"), "signs": _signs(passage), **values}


def _passage(row: Any, entity_ids: Sequence[str]) -> Passage:
    fields = dict(row._mapping)
    del fields["id"], fields["signs"]
    return Passage(index=fields.pop("position"), entity_ids=entity_ids, **fields)
