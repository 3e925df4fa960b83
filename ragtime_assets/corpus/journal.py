"""The journal: answers that were paid for, kept until the phase that needs them comes to its end.

An end is an artifact, or a verdict: the phase has judged what it was given, and judges anew when it is asked again.
What was cut short (a crash, a passing error, a budget, a wrong setting, an answer that was no good) goes on where it
stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.schema import journal
from ragtime_assets.errors import (
    AudioNotFound,
    AudioUnsure,
    BlockedAddress,
    DuplicateEpisode,
    ExtractionFailed,
    InvalidContent,
    NoSpeech,
    NotAnEpisode,
    SourceGone,
)

_VERDICTS = (
    NotAnEpisode,
    ExtractionFailed,
    SourceGone,
    BlockedAddress,
    InvalidContent,
    AudioNotFound,
    AudioUnsure,
    NoSpeech,
    DuplicateEpisode,
)


def is_verdict(raised: BaseException) -> bool:
    """Whether a phase that raised this has come to its end: it judged the episode, and was not cut short."""
    return isinstance(raised, _VERDICTS)


class Journals:
    """The journal table."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def of(self, key: str, asset: str) -> EpisodeJournal:
        """The journal of one phase of one episode."""
        return EpisodeJournal(self._database, key, asset)

    def seal(self, keys: Collection[str], asset: str) -> None:
        """The phase is at its end for these episodes: nothing is replayed again, so that making it anew pays anew."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(journal).where(journal.c.asset == asset, journal.c.key.in_(list(keys))))

    def last_kept(self, key: str) -> datetime | None:
        """When the newest answer that an unfinished phase of this episode goes on from was kept."""
        newest = sa.select(sa.func.max(journal.c.kept_at)).where(journal.c.key == key)
        with self._database.reading() as connection:
            return connection.execute(newest).scalar()

    def forget(self, key: str) -> int:
        """Drop everything that is kept of one episode; how many answers that were."""
        with self._database.writing() as connection:
            return connection.execute(sa.delete(journal).where(journal.c.key == key)).rowcount


class EpisodeJournal:
    """`ports.Journal` of one phase of one episode; each answer is its own transaction."""

    def __init__(self, database: Database, key: str, asset: str) -> None:
        """Keep the answers that `asset` of episode `key` gets."""
        self._database = database
        self._place = {"key": key, "asset": asset}

    def find(self, unit: str, request: str, nth: int = 0) -> str | None:
        """The answer that an unfinished attempt already got; None when there is none."""
        good = sa.select(journal.c.answer).where(*self._this(unit, request, nth), journal.c.rejected.is_(False))
        with self._database.reading() as connection:
            return connection.execute(good).scalar()

    def keep(self, unit: str, request: str, answer: str, nth: int = 0) -> None:
        """Keep an answer before it is used; it takes the place of one that was rejected."""
        row = {**self._place, "unit": unit, "request": request, "nth": nth}
        row |= {"answer": answer, "rejected": False}
        with self._database.writing() as connection:
            upsert = self._database.upsert(journal, *(column.name for column in journal.primary_key))
            connection.execute(upsert, row | {"kept_at": clock_of(connection)})

    def reject(self, unit: str, request: str, nth: int = 0) -> None:
        """Never replay this answer: it proved to be no good."""
        with self._database.writing() as connection:
            connection.execute(sa.update(journal).where(*self._this(unit, request, nth)).values(rejected=True))

    @contextmanager
    def sealed_by_verdict(self) -> Iterator[None]:
        """Seal when what happens inside ends with a verdict; an artifact seals when it is saved."""
        try:
            yield
        except BaseException as error:
            if is_verdict(error):
                self.seal()
            raise

    def seal(self) -> None:
        """The phase is at its end: nothing of this is replayed again, so that making it anew pays anew."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(journal).where(*self._all()))

    def _all(self) -> list[sa.ColumnElement[bool]]:
        return [journal.c[name] == value for name, value in self._place.items()]

    def _this(self, unit: str, request: str, nth: int) -> list[sa.ColumnElement[bool]]:
        return [*self._all(), journal.c.unit == unit, journal.c.request == request, journal.c.nth == nth]


class NoJournal:
    """`ports.Journal` of work that no retry goes on with, such as a question to the corpus: asked again, it is new."""

    def find(self, unit: str, request: str, nth: int = 0) -> str | None:
        """Nothing."""
        return None

    def keep(self, unit: str, request: str, answer: str, nth: int = 0) -> None:
        """Keep nothing."""

    def reject(self, unit: str, request: str, nth: int = 0) -> None:
        """Nothing was kept."""
