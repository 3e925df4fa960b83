"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_json = sa.JSON(none_as_null=True)
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table, and the word index in the dialect's own way."""
    _make_submissions()
    _make_artifacts()
    _make_entities()
    _make_passages()
    if op.get_bind().dialect.name == "sqlite":
        _index_words_sqlite()
    else:
        _index_words_postgres()


def _make_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("feed_url", sa.Text),
        sa.Column("guid", sa.Text),
        sa.Column("submitted_by", sa.Text, nullable=False),
        sa.Column("submitted_at", _time, nullable=False),
        sa.Column("forgotten_at", _time),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint("key", name="uq_submissions_key"),
    )
    live = sa.text("forgotten_at IS NULL")
    op.create_index(
        "uq_submissions_identity_live",
        "submissions",
        ["identity"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission_id", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("assets", _json),
        sa.Column("bindings", _json),
        sa.Column("run_key", sa.Text),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("requested_at", _time, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_requests_submission_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_requests_submission_id", "requests", ["submission_id"])
    op.create_index("ix_requests_run_key", "requests", ["run_key"])
    op.create_table(
        "episode_identities",
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("claimed_at", _time, nullable=False),
        sa.PrimaryKeyConstraint("identity", name="pk_episode_identities"),
    )
    op.create_index("ix_episode_identities_key", "episode_identities", ["key"])


def _make_artifacts() -> None:
    op.create_table(
        "artifacts",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("asset", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("inputs", _json, nullable=False),
        sa.Column("code_version", sa.String(80), nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("created_at", _time, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("show", sa.Text),
        sa.PrimaryKeyConstraint("key", "asset", name="pk_artifacts"),
    )


def _make_entities() -> None:
    op.create_table(
        "entities",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mbid", sa.String(36)),
        sa.Column("qid", sa.String(20)),
        sa.Column("created_at", _time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entities"),
        sa.UniqueConstraint("type", "mbid", name="uq_entities_type_mbid"),
    )
    op.create_table(
        "entity_names",
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("entity_id", sa.String(32), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("is_alias", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("type", "folded", name="pk_entity_names"),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name="fk_entity_names_entity_id"),
    )
    op.create_index("ix_entity_names_entity_id", "entity_names", ["entity_id"])
    op.create_table(
        "entity_mentions",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("entity_id", sa.String(32), nullable=False),
        sa.Column("mentions", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", "entity_id", name="pk_entity_mentions"),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name="fk_entity_mentions_entity_id"),
    )
    op.create_index("ix_entity_mentions_entity_id", "entity_mentions", ["entity_id"])


def _make_passages() -> None:
    op.create_table(
        "passages",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("episode_key", sa.String(100), nullable=False),
        sa.Column("chunk_digest", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("start", sa.Float, nullable=False),
        sa.Column("end", sa.Float, nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("episode_title", sa.Text, nullable=False),
        sa.Column("show", sa.Text),
        sa.Column("published", sa.String(40)),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("speakers", _json, nullable=False),
        sa.Column("chapter", sa.Text),
        sa.Column("entities", _json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passages"),
        sa.UniqueConstraint("episode_key", "chunk_digest", name="uq_passages_episode_key_chunk_digest"),
    )
    op.create_index("ix_passages_chunk_digest", "passages", ["chunk_digest"])


def _index_words_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE passage_words USING fts5("
        "text, episode_title, content='passages', content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
    )
    insert = "INSERT INTO passage_words(rowid, text, episode_title) VALUES (new.id, new.text, new.episode_title);"
    delete = (
        "INSERT INTO passage_words(passage_words, rowid, text, episode_title) "
        "VALUES ('delete', old.id, old.text, old.episode_title);"
    )
    op.execute(f"CREATE TRIGGER passages_added AFTER INSERT ON passages BEGIN {insert} END")
    op.execute(f"CREATE TRIGGER passages_dropped AFTER DELETE ON passages BEGIN {delete} END")
    op.execute(f"CREATE TRIGGER passages_changed AFTER UPDATE ON passages BEGIN {delete} {insert} END")


def _index_words_postgres() -> None:
    op.execute(
        r"CREATE INDEX ix_passages_words ON passages USING gin (to_tsvector('simple', "
        r"regexp_replace(normalize(text || ' ' || episode_title, NFKD), '[\u0300-\u036f]', '', 'g')))"
    )
