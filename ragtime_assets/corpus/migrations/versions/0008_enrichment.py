"""Who asked for QIDs, why an entity has none, and whose turn it is at a public service."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables, and the column."""
    op.add_column("entities", sa.Column("qid_reason", sa.Text))
    op.create_table(
        "enrichment_requests",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("retry_failed", sa.Boolean, nullable=False),
        sa.Column("most", sa.Integer),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_enrichment_requests"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "service_turns",
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("free_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("service", name="pk_service_turns"),
    )
