"""The search tables: passages with what a hit shows of them, and the words in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.query_words import Phrase, content_words, phrases
from ragtime_assets.corpus.schema import passages as table
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.language.words import is_unspaced, signs, without_accents

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

    def by_digest(self, digests: Sequence[str], filters: Mapping[str, str] | None = None) -> dict[str, Passage]:
        """The passages that exist among these; of a chunk that episodes share, one that the filters let through."""
        query = _filtered(sa.select(table).where(table.c.chunk_digest.in_(digests)), filters or {})
        with self._database.reading() as connection:
            return {row.chunk_digest: _passage(row) for row in connection.execute(query)}

    def matching_words(self, query: str, limit: int, filters: Mapping[str, str]) -> list[Passage]:
        """The passages in which the query's words stand, best first."""
        asked = (without_accents(word) for word in content_words(re.findall(r"\w+", _composed(query))))
        words = [phrase for word in asked for phrase in phrases(word)][:_MOST_WORDS]
        if not words:
            return []
        match = self._sqlite_match(words) if self._database.is_sqlite else self._postgres_match(words)
        statement = _filtered(match, filters)
        with self._database.reading() as connection:
            return [_passage(row) for row in connection.execute(statement.limit(limit))]

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


def _filtered(query: Any, filters: Mapping[str, str]) -> Any:
    return query.where(*(table.c[column] == value for column, value in filters.items()))


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
    values = passage.model_dump(mode="json")
    return {"position": values.pop("index"), "signs": _signs(passage), **values}


def _passage(row: Any) -> Passage:
    fields = dict(row._mapping)
    del fields["id"], fields["signs"]
    return Passage(index=fields.pop("position"), **fields)
