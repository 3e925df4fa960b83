"""Which episodes a change of an entity touches is found by indexes: by the key of a name, and by whom it may mean."""

from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from ragtime_assets.domain.linking.keys import key

revision = "0011"
down_revision = "0010"

_BATCH = 1_000


def upgrade() -> None:
    """Add the column, the table and the indexes, and fill them from the decisions that are there."""
    op.add_column("entity_decisions", sa.Column("name_key", sa.Text, nullable=False, server_default=""))
    offers = op.create_table(
        "entity_offers",
        sa.Column("entity_id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "key", name="pk_entity_offers"),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name="fk_entity_offers_entity_id"),
    )
    connection = op.get_bind()
    decisions = sa.Table("entity_decisions", sa.MetaData(), autoload_with=connection)
    said = decisions.c
    _note_keys(connection, decisions)
    entities = sa.table("entities", sa.column("id"))
    known = set(connection.execute(sa.select(entities.c.id)).scalars())
    offered = sa.type_coerce(said["candidates"], sa.JSON)
    read: Any = connection.execute(sa.select(said.key, offered).where(said.outcome == "ambiguous"))
    episodes: list[tuple[str, list[dict[str, Any]]]] = [(row[0], row[1]) for row in read]
    rows = iter(sorted({(one, episode) for episode, listed in episodes for one in _offered(listed) & known}))
    while some := list(islice(rows, _BATCH)):
        connection.execute(sa.insert(offers), [{"entity_id": one, "key": episode} for one, episode in some])
    op.create_index("ix_entity_decisions_name_key", "entity_decisions", ["name_key"])
    op.create_index("ix_entity_offers_key", "entity_offers", ["key"])
    waits: dict[str, Any] = {f"{dialect}_where": sa.text("later") for dialect in ("sqlite", "postgresql")}
    op.create_index("ix_entity_decisions_later", "entity_decisions", ["decided_at"], **waits)


def _note_keys(connection: sa.Connection, decisions: sa.Table) -> None:
    """Each name is decided about in many episodes: an index finds them while their key is written."""
    said = decisions.c
    op.create_index("ix_entity_decisions_name", "entity_decisions", ["name"])
    names = iter(connection.execute(sa.select(said.name).distinct()).scalars().all())
    same = sa.update(decisions).where(said.name == sa.bindparam("one")).values(name_key=sa.bindparam("its_key"))
    while some := list(islice(names, _BATCH)):
        connection.execute(same, [{"one": name, "its_key": key(name)} for name in some])
    op.drop_index("ix_entity_decisions_name", "entity_decisions")


def _offered(candidates: list[dict[str, Any]]) -> set[str]:
    return {one["entity"]["entity_id"] for one in candidates if one["entity"].get("entity_id")}
