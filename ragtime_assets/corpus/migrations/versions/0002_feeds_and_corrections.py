"""Subscriptions to feeds, and people's corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_json = sa.JSON(none_as_null=True)
_time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "corrections",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("value", _json),
        sa.Column("corrected_by", sa.Text, nullable=False),
        sa.Column("corrected_at", _time, nullable=False),
        sa.PrimaryKeyConstraint("key", "field", name="pk_corrections"),
    )
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("podcast_guid", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("selection", _json, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("due_at", _time, nullable=False),
        sa.Column("polled_at", _time),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("added_at", _time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("identity", name="uq_feeds_identity"),
    )
    op.create_index("ix_feeds_state_due_at", "feeds", ["state", "due_at"])
    op.create_table(
        "feed_items",
        sa.Column("feed_id", sa.Integer, nullable=False),
        sa.Column("guid", sa.Text, nullable=False),
        sa.Column("seen_at", _time, nullable=False),
        sa.Column("is_wanted", sa.Boolean, nullable=False),
        sa.Column("key", sa.String(100)),
        sa.PrimaryKeyConstraint("feed_id", "guid", name="pk_feed_items"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_feed_items_feed_id"),
    )
