"""Names that people taught, and requests that only spell a transcript anew."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table, and the column."""
    op.create_table(
        "name_rules",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("heard", sa.Text, nullable=False),
        sa.Column("written", sa.Text, nullable=False),
        sa.Column("said_by", sa.Text, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_name_rules"),
        sqlite_autoincrement=True,
    )
    op.add_column("requests", sa.Column("respells", sa.Boolean, nullable=False, server_default=sa.false()))
