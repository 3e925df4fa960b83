"""A Postgres of somebody else's, read with a limit on every wait: connecting, and each statement.

The driver's own limits end where a server accepts a connection and says nothing more.
"""

from __future__ import annotations

import select
from collections.abc import Mapping
from typing import Any

from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import ConfigurationError, SourceUnavailable

CONNECT_SECONDS = 2.0
STATEMENT_SECONDS = 5.0
_REMEDY = "Check RAGTIME_MUSICBRAINZ_DATABASE_URL and that the database runs (`ragtime doctor`), then try again."


class BoundedPostgres:
    """One connection, opened when it is needed, and opened anew when it broke."""

    def __init__(self, url: str, schemas: str) -> None:
        """Read from the database at `url`, in these schemas."""
        self._url = url
        self._schemas = schemas
        self._connection: Any = None

    def rows(self, statement: str, values: Mapping[str, Any], deadline: Deadline) -> list[tuple[Any, ...]]:
        """What the statement answers; raises SourceUnavailable, or ConfigurationError where it cannot be asked."""
        import psycopg2

        fresh = self._connection is None
        try:
            return self._asked(statement, values, deadline)
        except psycopg2.OperationalError as error:
            self.close()
            if fresh:
                raise _unavailable(error) from error
        try:  # a connection that was opened long ago may be gone though the server is there
            return self._asked(statement, values, deadline)
        except psycopg2.OperationalError as error:
            self.close()
            raise _unavailable(error) from error

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _asked(self, statement: str, values: Mapping[str, Any], deadline: Deadline) -> list[tuple[Any, ...]]:
        import psycopg2

        connection = self._connected(deadline)
        limit = Deadline(STATEMENT_SECONDS, deadline)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                self._wait(connection, limit)
                return cursor.fetchall()
        except (psycopg2.ProgrammingError, psycopg2.DataError) as error:
            self.close()
            raise ConfigurationError(
                f"the MusicBrainz database does not take a question: {_reason(error)}", remedy=_REMEDY
            ) from error

    def _connected(self, deadline: Deadline) -> Any:
        import psycopg2

        if self._connection is None:
            limit = Deadline(CONNECT_SECONDS, deadline)
            try:
                self._connection = psycopg2.connect(self._url, async_=True, application_name="ragtime")
            except psycopg2.ProgrammingError:  # what it says may hold a part of the password
                raise ConfigurationError(
                    "RAGTIME_MUSICBRAINZ_DATABASE_URL cannot be read as the URL of a Postgres", remedy=_REMEDY
                ) from None
            self._wait(self._connection, limit)
            with self._connection.cursor() as cursor:
                cursor.execute(f"SET search_path = {self._schemas}")
                self._wait(self._connection, limit)
        return self._connection

    def _wait(self, connection: Any, limit: Deadline) -> None:
        """Until the server answered; it is left alone when it took too long."""
        from psycopg2.extensions import POLL_OK, POLL_READ

        while (state := connection.poll()) != POLL_OK:
            poll = select.poll()
            poll.register(connection.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
            if not poll.poll(max(0.0, limit.left()) * 1000):
                self.close()
                raise SourceUnavailable(
                    f"the MusicBrainz database did not answer within {limit.seconds:g} seconds", remedy=_REMEDY
                )


def _unavailable(error: Exception) -> SourceUnavailable:
    return SourceUnavailable(f"the MusicBrainz database does not answer: {_reason(error)}", remedy=_REMEDY)


def _reason(error: Exception) -> str:
    return masked(" ".join(str(error).split()))[:300] or type(error).__name__
