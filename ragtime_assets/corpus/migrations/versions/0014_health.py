"""What tools came to, added up; and what people were told of failures."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "tool_outcomes",
        sa.Column("asset", sa.String(40), nullable=False),
        sa.Column("tool", sa.String(100), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("asset", "tool", "host", "outcome", name="pk_tool_outcomes"),
    )
    op.create_table(
        "notices",
        sa.Column("cause", sa.String(100), nullable=False),
        sa.Column("pending", sa.Integer, nullable=False),
        sa.Column("sample", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("remedy", sa.Text, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("cause", name="pk_notices"),
    )
