"""Brings the corpus tables to the present schema, from empty or from any earlier version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.errors import PermanentError

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
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def migrating(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction for migrations, one process at a time.

    SQLite changes a table by making it anew, which foreign keys forbid while other tables refer to it, and it turns
    them off only outside of a transaction: so they are off meanwhile, and checked before the end.
    """
    with engine.connect().execution_options(ragtime_write=True) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _pragma(connection, "foreign_keys=OFF")
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.exec_driver_sql(f"select pg_advisory_xact_lock({_MIGRATION_LOCK})")
                yield connection
                if is_sqlite:
                    _check_foreign_keys(connection)
        finally:
            if is_sqlite:
                _pragma(connection, "foreign_keys=ON")


def _pragma(connection: sa.Connection, pragma: str) -> None:
    """Say it to the driver: SQLAlchemy would begin a transaction first."""
    connection.connection.cursor().execute(f"PRAGMA {pragma}")


def _check_foreign_keys(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({f"{row[0]} to {row[2]}" for row in broken}))
        raise PermanentError(
            f"a migration of the corpus tables would leave {len(broken)} rows that refer to nothing: {tables}",
            remedy="Nothing was changed. Report it, and go on with the ragtime-assets you had.",
        )
