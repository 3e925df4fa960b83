"""The name of the corpus, which a backup carries; and whether a forgotten episode is gone, or only about to be."""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Name the corpus; of what was forgotten before, nothing is left to do."""
    corpus = op.create_table(
        "corpus",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_corpus"),
    )
    op.execute(sa.insert(corpus).values(id=uuid.uuid4().hex, made_at=datetime.now(UTC)))
    op.add_column("submissions", sa.Column("purged_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE submissions SET purged_at = forgotten_at")
