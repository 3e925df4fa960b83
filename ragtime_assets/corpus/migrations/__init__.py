"""Brings the corpus tables to the present schema, from empty or from any earlier version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

_FOLDER = Path(__file__).parent
_MIGRATION_LOCK = 0x7261_6D69


def newest_version() -> str:
    """The version of the schema that the code speaks of: the number of the last migration."""
    return max(file.name.partition("_")[0] for file in (_FOLDER / "versions").glob("[0-9]*.py"))


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Run the missing migrations in one transaction; processes that come together wait for the first."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    with engine.connect().execution_options(ragtime_write=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"select pg_advisory_xact_lock({_MIGRATION_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
