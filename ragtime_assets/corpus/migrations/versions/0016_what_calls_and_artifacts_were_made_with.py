"""What entities were read in; and of each call both halves of its cost, its turn, its prompt, its number there."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the columns; of what is there already nobody knows."""
    op.add_column("artifacts", sa.Column("vocabulary", sa.String(16)))
    for name, kind in (
        ("turn", sa.Integer),
        ("prompt_version", sa.String(12)),
        ("reasoning_tokens", sa.Integer),
        ("input_cost", sa.BigInteger),
        ("output_cost", sa.BigInteger),
        ("request_id", sa.Text),
    ):
        op.add_column("model_calls", sa.Column(name, kind))
