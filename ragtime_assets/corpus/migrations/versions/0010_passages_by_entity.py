"""Passages are found by entity, speaker, show, language, day and stems; what is there already is found so too."""

import json

import sqlalchemy as sa
from alembic import op

from ragtime_assets.corpus.word_index import indexed

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables and indexes, and fill them from what is known."""
    for column in ("show", "language", "published"):
        op.create_index(f"ix_passages_{column}", "passages", [column])
    _make("passage_entities", "entity_id", sa.String(32), sa.Column("position", sa.Integer, nullable=False))
    _make("passage_speakers", "speaker", sa.Text)
    op.create_table(
        "query_baselines",
        sa.Column("engine", sa.String(200), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("questions", sa.String(64), nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("engine", "language", "questions", name="pk_query_baselines"),
    )
    op.execute(
        "INSERT INTO passage_entities (passage_id, entity_id, position) "
        "SELECT p.id, d.entity_id, min(m.id) FROM passages p "
        "JOIN entity_mentions m ON m.key = p.episode_key AND m.chunk = p.position "
        "JOIN entity_decisions d ON d.key = m.key AND d.type = m.type AND d.name = m.name "
        "WHERE d.entity_id IS NOT NULL GROUP BY p.id, d.entity_id"
    )
    _fill_speakers()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    (_drop_index_sqlite if is_sqlite else _drop_index_postgres)()
    op.drop_column("passages", "signs")
    for column in ("words", "heading_words"):
        op.add_column("passages", sa.Column(column, sa.Text, nullable=False, server_default=""))
    _fill_words()
    (_index_words_sqlite if is_sqlite else _index_words_postgres)()


def _make(table: str, name: str, kind: type[sa.Text] | sa.String, *others: sa.Column[int]) -> None:
    op.create_table(
        table,
        sa.Column("passage_id", sa.Integer, nullable=False),
        sa.Column(name, kind, nullable=False),
        *others,
        sa.ForeignKeyConstraint(["passage_id"], ["passages.id"], name=f"fk_{table}_passage_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("passage_id", name, name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_{name}", table, [name])


def _fill_speakers() -> None:
    connection = op.get_bind()
    kept = connection.execute(sa.text("SELECT id, speakers FROM passages")).all()
    rows = [{"id": row.id, "speaker": one} for row in kept for one in dict.fromkeys(_listed(row.speakers))]
    if rows:
        connection.execute(sa.text("INSERT INTO passage_speakers (passage_id, speaker) VALUES (:id, :speaker)"), rows)


def _listed(column: str | list[str]) -> list[str]:
    return json.loads(column) if isinstance(column, str) else column


def _drop_index_sqlite() -> None:
    for trigger in ("passages_added", "passages_dropped", "passages_changed"):
        op.execute(f"DROP TRIGGER {trigger}")
    op.execute("DROP TABLE passage_words")


def _drop_index_postgres() -> None:
    op.execute("DROP INDEX ix_passages_words")


def _fill_words() -> None:
    """A page of rows at a time: a corpus may be large."""
    connection, last = op.get_bind(), 0
    read = sa.text(
        "SELECT id, text, episode_title, chapter, speakers, language FROM passages "
        "WHERE id > :last ORDER BY id LIMIT 1000"
    )
    write = sa.text("UPDATE passages SET words = :words, heading_words = :heading_words WHERE id = :id")
    while rows := connection.execute(read, {"last": last}).all():
        connection.execute(
            write,
            [
                {"id": row.id} | indexed(row.text, row.episode_title, row.chapter, _listed(row.speakers), row.language)
                for row in rows
            ],
        )
        last = rows[-1].id


def _index_words_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE passage_words USING fts5("
        "words, heading_words, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute("CREATE VIRTUAL TABLE passage_words_counts USING fts5vocab(passage_words, 'row')")
    insert = "INSERT INTO passage_words(rowid, words, heading_words) VALUES (new.id, new.words, new.heading_words);"
    delete = (
        "INSERT INTO passage_words(passage_words, rowid, words, heading_words) "
        "VALUES ('delete', old.id, old.words, old.heading_words);"
    )
    op.execute("INSERT INTO passage_words(rowid, words, heading_words) SELECT id, words, heading_words FROM passages")
    op.execute(f"CREATE TRIGGER passages_added AFTER INSERT ON passages BEGIN {insert} END")
    op.execute(f"CREATE TRIGGER passages_dropped AFTER DELETE ON passages BEGIN {delete} END")
    op.execute(f"CREATE TRIGGER passages_changed AFTER UPDATE ON passages BEGIN {delete} {insert} END")


def _index_words_postgres() -> None:
    op.execute(
        "ALTER TABLE passages ADD COLUMN document tsvector GENERATED ALWAYS AS ("
        "setweight(to_tsvector('simple', heading_words), 'A') || to_tsvector('simple', words)) STORED"
    )
    op.execute("CREATE INDEX ix_passages_words ON passages USING gin (document)")
