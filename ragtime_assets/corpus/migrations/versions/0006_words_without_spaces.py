"""Words are found in scripts without spaces: such a passage is also kept sign by sign, and so it is indexed.

Rows of before have no signs until `search_index` is made again. SQLite's index keeps no text of its own any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, and index it where it has something."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        for trigger in ("passages_added", "passages_dropped", "passages_changed"):
            op.execute(f"DROP TRIGGER {trigger}")
        op.execute("DROP TABLE passage_words")
    else:
        op.execute("DROP INDEX ix_passages_words")
    op.add_column("passages", sa.Column("signs", sa.Text))
    (_index_words_sqlite if is_sqlite else _index_words_postgres)()


def _index_words_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE passage_words USING fts5("
        "text, episode_title, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    insert = (
        "INSERT INTO passage_words(rowid, text, episode_title) "
        "VALUES (new.id, coalesce(new.signs, new.text), new.episode_title);"
    )
    delete = (
        "INSERT INTO passage_words(passage_words, rowid, text, episode_title) "
        "VALUES ('delete', old.id, coalesce(old.signs, old.text), old.episode_title);"
    )
    op.execute("INSERT INTO passage_words(rowid, text, episode_title) SELECT id, text, episode_title FROM passages")
    op.execute(f"CREATE TRIGGER passages_added AFTER INSERT ON passages BEGIN {insert} END")
    op.execute(f"CREATE TRIGGER passages_dropped AFTER DELETE ON passages BEGIN {delete} END")
    op.execute(f"CREATE TRIGGER passages_changed AFTER UPDATE ON passages BEGIN {delete} {insert} END")


def _index_words_postgres() -> None:
    op.execute(
        r"CREATE INDEX ix_passages_words ON passages USING gin (to_tsvector('simple', "
        r"regexp_replace(normalize(coalesce(signs, text || ' ' || episode_title), NFKD), '[\u0300-\u036f]', '', 'g')))"
    )
