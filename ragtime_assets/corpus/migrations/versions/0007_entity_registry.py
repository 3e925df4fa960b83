"""One registry: a name may mean several entities, decisions and corrections are rows, names are found by trigrams.

Entities that differ only in what a name's key leaves out ("The Beatles", "Beatles") become one: the later ones are
merged into the first. What episodes mention had no seconds; it stays as decisions until `entity_links` is made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import exc

from ragtime_assets.domain.linking.keys import LONGEST_NAME, key, short_key
from ragtime_assets.errors import ConfigurationError

revision = "0007"
down_revision = "0006"

_json = sa.JSON(none_as_null=True)
_time = sa.DateTime(timezone=True)
_PEOPLE = frozenset({"person", "musician"})
_TRIGRAM_REMEDY = (
    "Have an administrator of the server run CREATE EXTENSION pg_trgm in this database, or let the user of "
    "RAGTIME_DATABASE_URL create it, then try again. Nothing was changed."
)


def upgrade() -> None:
    """Make the tables anew, with what was in them."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        _allow_trigrams()
    entities, names, mentions = _rows("entities"), _rows("entity_names"), _rows("entity_mentions")
    for table in ("entity_mentions", "entity_names", "entities"):
        op.drop_table(table)
    made = (_make_entities(), _make_names(), _make_decisions())
    _make_mentions()
    _make_corrections()
    _make_lookups()
    (_index_trigrams_sqlite if is_sqlite else _index_trigrams_postgres)()
    kept = list(_entities(entities))
    rows = (kept, list(_names(names, kept)), list(_decisions(mentions, kept)))
    for table, some in zip(made, rows, strict=True):
        for start in range(0, len(some), 1_000):
            op.bulk_insert(table, some[start : start + 1_000])


def _allow_trigrams() -> None:
    connection = op.get_bind()
    if connection.execute(sa.text("select 1 from pg_extension where extname = 'pg_trgm'")).first():
        return
    try:
        connection.execute(sa.text("create extension pg_trgm"))
    except exc.DBAPIError as error:
        raise ConfigurationError(
            "names are found by trigrams, and Postgres does not give this database its extension pg_trgm: "
            f"{str(error.orig).strip().splitlines()[0]}",
            remedy=_TRIGRAM_REMEDY,
        ) from error


def _rows(table: str) -> list[dict[str, Any]]:
    columns = {"entities": (sa.column("created_at", _time),), "entity_names": (), "entity_mentions": ()}[table]
    names = {
        "entities": ("id", "type", "name", "mbid", "qid"),
        "entity_names": ("entity_id", "name", "is_alias"),
        "entity_mentions": ("key", "entity_id", "mentions"),
    }[table]
    query = sa.select(*map(sa.column, names), *columns).select_from(sa.table(table))
    return [dict(row) for row in op.get_bind().execute(query).mappings()]


def _entities(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    owners: dict[tuple[str, str], str] = {}
    qids: set[str] = set()
    for row in sorted(rows, key=lambda row: (row["created_at"], row["id"])):
        own_key = key(row["name"]) if row["mbid"] is None else None
        owner = owners.setdefault((row["type"], own_key), row["id"]) if own_key else row["id"]
        is_owner = owner == row["id"]
        qid = row["qid"] if row["qid"] not in qids else None
        qids.add(row["qid"])
        yield row | {
            "name": row["name"][:LONGEST_NAME],
            "qid": qid,
            "own_key": own_key if is_owner else None,
            "merged_into": None if is_owner else owner,
            "disambiguation": "",
            "related": [],
            "qid_status": "resolved" if qid else "pending",
            "qid_tries": 0,
        }


def _names(rows: list[dict[str, Any]], entities: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    types = {row["id"]: row["type"] for row in entities}
    seen: set[tuple[str, str]] = set()
    for row in rows:
        name = row["name"][:LONGEST_NAME]
        found = {name: (key(name), "alias" if row["is_alias"] else "name")}
        short = short_key(name) if types[row["entity_id"]] in _PEOPLE else None
        if short:
            found.setdefault(short, (short, "short"))
        for one, (one_key, kind) in found.items():
            if (row["entity_id"], one) not in seen:
                seen.add((row["entity_id"], one))
                yield {"entity_id": row["entity_id"], "name": one, "key": one_key, "kind": kind, "source": "corpus"}


def _decisions(rows: list[dict[str, Any]], entities: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    by_id = {row["id"]: row for row in entities}
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        entity = by_id[row["entity_id"]]
        said = (row["key"], entity["type"], entity["name"])
        if said not in seen:
            seen.add(said)
            yield {
                "key": row["key"],
                "type": entity["type"],
                "name": entity["name"],
                "outcome": "unknown",
                "entity_id": entity["id"],
                "reason": "noted_before_there_were_reasons",
                "sentence": "noted before reasons were kept",
                "evidence": [],
                "candidates": [],
                "decided_by": "rule",
                "engine": "registry",
                "decided_at": entity["created_at"],
                "mentions": row["mentions"],
                "later": False,
            }


def _make_entities() -> sa.Table:
    table = op.create_table(
        "entities",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("own_key", sa.Text),
        sa.Column("mbid", sa.String(36)),
        sa.Column("qid", sa.String(20)),
        sa.Column("disambiguation", sa.Text, nullable=False),
        sa.Column("begin", sa.Integer),
        sa.Column("end", sa.Integer),
        sa.Column("area", sa.Text),
        sa.Column("related", _json, nullable=False),
        sa.Column("qid_status", sa.String(12), nullable=False),
        sa.Column("qid_tries", sa.Integer, nullable=False),
        sa.Column("qid_looked_up_at", _time),
        sa.Column("merged_into", sa.String(32)),
        sa.Column("created_at", _time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entities"),
        sa.UniqueConstraint("type", "mbid", name="uq_entities_type_mbid"),
        sa.UniqueConstraint("type", "own_key", name="uq_entities_type_own_key"),
        sa.UniqueConstraint("qid", name="uq_entities_qid"),
        sa.ForeignKeyConstraint(["merged_into"], ["entities.id"], name="fk_entities_merged_into"),
    )
    op.create_index("ix_entities_merged_into", "entities", ["merged_into"])
    op.create_index("ix_entities_qid_status", "entities", ["qid_status"])
    return table


def _make_names() -> sa.Table:
    table = op.create_table(
        "entity_names",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("entity_id", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("language", sa.String(12)),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entity_names"),
        sa.UniqueConstraint("entity_id", "name", name="uq_entity_names_entity_id_name"),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name="fk_entity_names_entity_id"),
    )
    op.create_index("ix_entity_names_key", "entity_names", ["key"])
    return table


def _make_mentions() -> None:
    op.create_table(
        "entity_mentions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("chunk", sa.Integer, nullable=False),
        sa.Column("start", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entity_mentions"),
    )
    op.create_index("ix_entity_mentions_key", "entity_mentions", ["key"])


def _make_decisions() -> sa.Table:
    table = op.create_table(
        "entity_decisions",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("entity_id", sa.String(32)),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("evidence", _json, nullable=False),
        sa.Column("candidates", _json, nullable=False),
        sa.Column("confidence", sa.Float),
        sa.Column("decided_by", sa.String(10), nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("decided_at", _time, nullable=False),
        sa.Column("mentions", sa.Integer, nullable=False),
        sa.Column("later", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key", "type", "name", name="pk_entity_decisions"),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name="fk_entity_decisions_entity_id"),
    )
    op.create_index("ix_entity_decisions_entity_id", "entity_decisions", ["entity_id"])
    return table


def _make_corrections() -> None:
    op.create_table(
        "entity_corrections",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(100)),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("entity_id", sa.String(32)),
        sa.Column("said_by", sa.Text, nullable=False),
        sa.Column("said_at", _time, nullable=False),
        sa.Column("withdrawn_at", _time),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name="fk_entity_corrections_entity_id"),
        sqlite_autoincrement=True,
    )
    for column in ("key", "name_key", "entity_id"):
        op.create_index(f"ix_entity_corrections_{column}", "entity_corrections", [column])


def _make_lookups() -> None:
    op.create_table(
        "entity_lookups",
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("answer", _json, nullable=False),
        sa.Column("looked_up_at", _time, nullable=False),
        sa.PrimaryKeyConstraint("type", "key", name="pk_entity_lookups"),
    )


def _index_trigrams_sqlite() -> None:
    op.execute("CREATE VIRTUAL TABLE entity_name_trigrams USING fts5(key, content='', tokenize='trigram')")
    op.execute("CREATE VIRTUAL TABLE entity_name_trigram_counts USING fts5vocab(entity_name_trigrams, 'row')")
    insert = "INSERT INTO entity_name_trigrams(rowid, key) VALUES (new.id, new.key);"
    delete = "INSERT INTO entity_name_trigrams(entity_name_trigrams, rowid, key) VALUES ('delete', old.id, old.key);"
    is_whole = "WHEN {}.kind <> 'short'"
    for name, when, does in (
        ("added AFTER INSERT", is_whole.format("new"), insert),
        ("dropped AFTER DELETE", is_whole.format("old"), delete),
        ("changed AFTER UPDATE OF key", is_whole.format("new"), f"{delete} {insert}"),
    ):
        op.execute(f"CREATE TRIGGER entity_names_{name} ON entity_names {when} BEGIN {does} END")


def _index_trigrams_postgres() -> None:
    op.execute(
        "CREATE INDEX ix_entity_names_trigrams ON entity_names USING gin (key gin_trgm_ops) WHERE kind <> 'short'"
    )
