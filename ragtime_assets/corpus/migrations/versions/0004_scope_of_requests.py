"""What a request covers, and the place on a machine that its run needs."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_PHASES = [
    "episode_details",
    "audio_file",
    "transcript",
    "summary",
    "chunks",
    "entities",
    "entity_links",
    "embeddings",
    "search_index",
    "episode_report",
]
"""All that there were until now: what every earlier request covers."""


def upgrade() -> None:
    """Add the two columns."""
    covered = sa.text(f"'{json.dumps(_PHASES)}'")
    op.add_column("requests", sa.Column("scope", sa.JSON, nullable=False, server_default=covered))
    op.add_column("requests", sa.Column("place", sa.Text))
