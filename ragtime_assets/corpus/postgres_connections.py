"""Engines for Postgres whose connections end at both ends, within half a minute, when one of them is gone.

A machine that loses its power or its network says no goodbye. The server would keep the locks of such a session for two
hours, for so long Linux lets a silent connection be; and a program would wait as long for an answer.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

NO_POOL = sa.NullPool
"""The pool of an engine that keeps no connection."""
_SILENT, _BETWEEN, _UNANSWERED = 10, 5, 3
"""Seconds before the other end is asked whether it is there, seconds between such questions, how many are enough."""
_UNHEARD = (_SILENT + _BETWEEN * _UNANSWERED) * 1_000
"""Milliseconds that what was sent may wait for a sign that it arrived."""
_CONNECT_SECONDS = 10
_OUR_END = {
    "keepalives_idle": _SILENT,
    "keepalives_interval": _BETWEEN,
    "keepalives_count": _UNANSWERED,
    "tcp_user_timeout": _UNHEARD,
    "connect_timeout": _CONNECT_SECONDS,
}
_THEIR_END = (
    f"set tcp_keepalives_idle = {_SILENT}; set tcp_keepalives_interval = {_BETWEEN}; "
    f"set tcp_keepalives_count = {_UNANSWERED}; set tcp_user_timeout = {_UNHEARD}"
)


def ending_here(url: str | sa.URL) -> dict[str, int]:
    """How to connect so that our end notices when the other is gone; what the URL says of connections stands."""
    told = sa.make_url(url).query
    return {name: value for name, value in _OUR_END.items() if name not in told}


def engine_of(url: sa.URL, **options: Any) -> sa.Engine:
    """An engine for this server."""
    engine = sa.create_engine(url, connect_args=ending_here(url), **options)
    event.listen(engine, "connect", _tell_their_end)
    return engine


def _tell_their_end(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_THEIR_END)
    connection.commit()
