"""A database whose clock is not that of this machine."""

from __future__ import annotations

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database

_CLOCK = """
    create schema off;
    create function off.clock_timestamp() returns timestamptz language sql volatile as
        $$ select pg_catalog.clock_timestamp() + interval '{hours} hours' $$;
    create function off.statement_timestamp() returns timestamptz language sql stable as
        $$ select pg_catalog.statement_timestamp() + interval '{hours} hours' $$
"""


def with_clock_off(url: str, hours: int) -> str:
    """This Postgres database, as it is to somebody whose own clock is so many hours behind it: its URL."""
    engine = sa.create_engine(Database(url).url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(_CLOCK.format(hours=hours)))
    found_first = {"options": "-csearch_path=public,off,pg_catalog"}
    return sa.make_url(url).update_query_dict(found_first).render_as_string(hide_password=False)
