"""The ledger of model calls, and the journal that replays them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "model_calls",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("called_at", _time, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("key", sa.String(100)),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("agent", sa.String(40), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("input_tokens", sa.Integer),
        sa.Column("cached_tokens", sa.Integer),
        sa.Column("output_tokens", sa.Integer),
        sa.Column("audio_seconds", sa.Float),
        sa.Column("cost", sa.BigInteger),
        sa.Column("charge", sa.BigInteger, nullable=False),
        sa.Column("price_source", sa.Text),
        sa.Column("milliseconds", sa.Integer),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_model_calls"),
    )
    op.create_index("ix_model_calls_day", "model_calls", ["day"])
    op.create_index("ix_model_calls_key", "model_calls", ["key"])
    op.create_table(
        "journal",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("asset", sa.String(40), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("nth", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("rejected", sa.Boolean, nullable=False),
        sa.Column("kept_at", _time, nullable=False),
        sa.PrimaryKeyConstraint("key", "asset", "unit", "request", "nth", name="pk_journal"),
    )
