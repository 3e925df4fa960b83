"""What a day and an episode were charged, as sums that are kept; the index by day has no reader any more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ADDED_UP = "insert into spending select {scope}, phase, sum(charge) from model_calls where {where} group by 1, 2, 3"


def upgrade() -> None:
    """Make the table, and add up what was called so far."""
    op.create_table(
        "spending",
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("charge", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scope", "subject", "phase", name="pk_spending"),
    )
    op.execute(_ADDED_UP.format(scope="'day', cast(day as varchar(10))", where="charge <> 0"))
    op.execute(_ADDED_UP.format(scope="'episode', key", where="charge <> 0 and key is not null"))
    op.drop_index("ix_model_calls_day", "model_calls")
