"""Passages are found by entity, speaker, show, language and day; what is there already is found so too."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables and indexes, and fill them from what is known."""
    for column in ("show", "language", "published"):
        op.create_index(f"ix_passages_{column}", "passages", [column])
    _make("passage_entities", "entity_id", sa.String(32), sa.Column("position", sa.Integer, nullable=False))
    _make("passage_speakers", "speaker", sa.Text)
    op.execute(
        "INSERT INTO passage_entities (passage_id, entity_id, position) "
        "SELECT p.id, d.entity_id, min(m.id) FROM passages p "
        "JOIN entity_mentions m ON m.key = p.episode_key AND m.chunk = p.position "
        "JOIN entity_decisions d ON d.key = m.key AND d.type = m.type AND d.name = m.name "
        "WHERE d.entity_id IS NOT NULL GROUP BY p.id, d.entity_id"
    )
    _fill_speakers()


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
