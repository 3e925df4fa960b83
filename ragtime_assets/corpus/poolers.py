"""Whether something before Postgres hands each transaction to another session: then no lock of ours would hold."""

from __future__ import annotations

import sqlalchemy as sa

from ragtime_assets.errors import ConfigurationError

_ROUNDS = 3
_WHO_ANSWERS = sa.select(sa.func.pg_backend_pid())


def refuse_transaction_pooling(engine: sa.Engine, shown: str) -> None:
    """Raise ConfigurationError where two transactions of one connection are not in one session.

    A server says at once which of its processes serves a connection; a pooler makes that number up. So who is
    connected directly is asked nothing more. Behind a pooler the sessions are watched: while another connection is in a
    transaction, it may not be served by the session of the first, nor may the first get a new one.
    """
    with engine.connect() as first, engine.connect() as second:
        session = first.execute(_WHO_ANSWERS).scalar_one()
        first.rollback()
        if session == _announced(first):
            return
        for _ in range(_ROUNDS):
            meanwhile = second.execute(_WHO_ANSWERS).scalar_one()
            now = session if meanwhile == session else first.execute(_WHO_ANSWERS).scalar_one()
            first.rollback()
            second.rollback()
            if meanwhile == session or now != session:
                raise ConfigurationError(
                    f"the corpus database {shown} is behind a pooler that gives each transaction another session "
                    "(PgBouncer's pool_mode=transaction), where locks do not hold",
                    remedy="Name the server itself in RAGTIME_DATABASE_URL, or a pool with pool_mode=session.",
                )


def _announced(connection: sa.Connection) -> int:
    """The process that the server said is ours when we connected."""
    return int(connection.connection.driver_connection.info.backend_pid)  # pyright: ignore[reportOptionalMemberAccess]
