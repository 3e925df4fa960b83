"""Submissions and the requests that start runs: appended here, read in order by the sensor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import requests, submissions
from ragtime_assets.domain.episode.identity import Submission, checked_key, item_submission
from ragtime_assets.errors import InvalidSubmission

_BATCH = 500


@dataclass(frozen=True)
class Receipt:
    """What became of one submission; `new` is false when the episode was already there."""

    url: str
    key: str
    new: bool


@dataclass(frozen=True)
class Request:
    """One wish for a run: these assets of this episode, or whatever is missing when `assets` is None."""

    id: int
    key: str
    attempt: int
    assets: tuple[str, ...] | None
    bindings: Mapping[str, str]
    run_key: str | None = None
    place: str | None = None
    """The place on a machine that its run needs."""


@dataclass(frozen=True)
class SubmittedEpisode:
    """An episode as its submission knows it, with its newest request."""

    key: str
    url: str
    feed_url: str | None
    guid: str | None
    submitted_at: datetime
    is_waiting: bool
    """Whether there is a request that the sensor has not answered yet."""
    redo_asked_at: datetime | None = None
    """When the newest such request was made that asks for phases whether they are done or not."""
    podcast_guid: str | None = None

    @property
    def submission(self) -> Submission:
        """What was submitted."""
        if self.feed_url and self.guid:
            return item_submission(self.feed_url, self.guid, self.podcast_guid)
        return Submission(url=self.url)


class Submissions:
    """The submissions and requests tables."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self._database = database

    def submit(self, wanted: Sequence[Submission], by: str) -> list[Receipt]:
        """Record every episode once, with a first request for each that is new."""
        with self._database.appending() as connection:
            return append(connection, wanted, by)

    def request(
        self,
        keys: Sequence[str],
        by: str,
        assets: Sequence[str] | None = None,
        *,
        rebind: bool = False,
        place: str | None = None,
    ) -> None:
        """Ask for a run of each episode: of `assets`, or of what is missing, in this `place` if it needs one.

        It uses the models of the episode's last request unless it is to rebind.
        """
        with self._database.appending() as connection:
            rows = [_next_request(connection, checked_key(key), by, assets, rebind) | {"place": place} for key in keys]
            if rows:
                connection.execute(sa.insert(requests), rows)

    def bury(self, key: str) -> None:
        """Leave a tombstone: the key stays taken, a later submission of the same episode gets a new one."""
        with self._database.appending() as connection:
            buried = sa.update(submissions).where(submissions.c.key == checked_key(key))
            connection.execute(buried.values(forgotten_at=datetime.now(UTC)))

    def after(self, request_id: int, limit: int) -> list[Request]:
        """The requests past `request_id`, oldest first; those of forgotten episodes are left out."""
        query = (
            sa.select(requests, submissions.c.key)
            .join(submissions, submissions.c.id == requests.c.submission_id)
            .where(requests.c.id > request_id, submissions.c.forgotten_at.is_(None))
            .order_by(requests.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [
                Request(
                    id=row.id,
                    key=row.key,
                    attempt=row.attempt,
                    assets=tuple(row.assets) if row.assets else None,
                    bindings=row.bindings or {},
                    run_key=row.run_key,
                    place=row.place,
                )
                for row in connection.execute(query)
            ]

    def assign(self, run_keys: Mapping[int, str], bindings: Mapping[str, str] | None = None) -> None:
        """Write down which run answers each request, before it is launched: reading again launches nothing twice.

        A request that is bound to no models yet is bound to `bindings`.
        """
        if run_keys:
            by_id = sa.update(requests).where(requests.c.id == sa.bindparam("request"))
            rows = [{"request": request, "run_key": run_key} for request, run_key in run_keys.items()]
            unbound = by_id.where(requests.c.bindings.is_(None))
            with self._database.writing() as connection:
                connection.execute(by_id.values(run_key=sa.bindparam("run_key")), rows)
                if bindings is not None:
                    connection.execute(unbound.values(bindings=dict(bindings)), [{"request": one} for one in run_keys])

    def bindings(self, key: str) -> Mapping[str, str]:
        """By phase, the models that the newest request of an episode is bound to; empty when it is bound to none."""
        query = (
            sa.select(requests.c.bindings)
            .join(submissions, submissions.c.id == requests.c.submission_id)
            .where(submissions.c.key == checked_key(key), requests.c.bindings.is_not(None))
            .order_by(requests.c.id.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar() or {}

    def keys_of_runs(self, run_keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """By run key, the episodes that the run was launched for."""
        found: dict[str, list[str]] = {}
        query = sa.select(requests.c.run_key, submissions.c.key).join(submissions).order_by(requests.c.id)
        with self._database.reading() as connection:
            for some in _slices(run_keys):
                for row in connection.execute(query.where(requests.c.run_key.in_(some))):
                    found.setdefault(row.run_key, []).append(row.key)
        return {run_key: tuple(keys) for run_key, keys in found.items()}

    def episodes(self, key: str | None = None) -> list[SubmittedEpisode]:
        """All episodes that are not forgotten, or the one with `key`, in order of submission."""
        answered = sa.func.count(requests.c.run_key)
        is_redo = sa.and_(requests.c.run_key.is_(None), requests.c.assets.is_not(None))
        query = (
            sa.select(
                submissions,
                (sa.func.count(requests.c.id) > answered).label("is_waiting"),
                sa.func.max(requests.c.requested_at).filter(is_redo).label("redo_asked_at"),
            )
            .outerjoin(requests, requests.c.submission_id == submissions.c.id)
            .where(submissions.c.forgotten_at.is_(None))
            .group_by(submissions.c.id)
            .order_by(submissions.c.id)
        )
        if key is not None:
            query = query.where(submissions.c.key == checked_key(key))
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            SubmittedEpisode(
                key=row.key,
                url=row.url,
                feed_url=row.feed_url,
                guid=row.guid,
                submitted_at=_utc(row.submitted_at),
                is_waiting=bool(row.is_waiting),
                redo_asked_at=_utc(row.redo_asked_at) if row.redo_asked_at else None,
                podcast_guid=row.identity.partition("|")[0] if row.guid else None,
            )
            for row in rows
        ]

    def episode(self, key: str) -> SubmittedEpisode:
        """The episode with this partition key."""
        for episode in self.episodes(key):
            return episode
        raise _unknown(key)

    def waits_for_place(self, key: str, place: str) -> bool:
        """Whether a request of this episode for this place waits for its run."""
        query = (
            sa.select(requests.c.id)
            .join(submissions, submissions.c.id == requests.c.submission_id)
            .where(submissions.c.key == checked_key(key), requests.c.place == place, requests.c.run_key.is_(None))
        )
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def waiting_after(self, request_id: int) -> int:
        """How many requests lie past `request_id`."""
        query = sa.select(sa.func.count()).select_from(requests).where(requests.c.id > request_id)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())


def append(connection: sa.Connection, wanted: Sequence[Submission], by: str) -> list[Receipt]:
    """Record every episode once, inside an appending transaction that has more to write."""
    known, burials = _known(connection, [one.identity for one in wanted])
    fresh: dict[str, dict[str, Any]] = {}
    receipts: list[Receipt] = []
    for one in wanted:
        new = one.identity not in known
        if new:
            key = _key(one, burials[one.identity] + 1)
            known[one.identity] = key
            fresh[key] = _row(one, key, by)
        receipts.append(Receipt(one.url, known[one.identity], new))
    _insert(connection, fresh, by)
    return receipts


def _known(connection: sa.Connection, identities: Sequence[str]) -> tuple[dict[str, str], Counter[str]]:
    live: dict[str, str] = {}
    burials: Counter[str] = Counter()
    for some in _slices(identities):
        query = sa.select(submissions.c.identity, submissions.c.key, submissions.c.forgotten_at)
        for row in connection.execute(query.where(submissions.c.identity.in_(some))):
            if row.forgotten_at is None:
                live[row.identity] = row.key
            else:
                burials[row.identity] += 1
    return live, burials


def _insert(connection: sa.Connection, fresh: Mapping[str, dict[str, Any]], by: str) -> None:
    if not fresh:
        return
    connection.execute(sa.insert(submissions), list(fresh.values()))
    ids: dict[str, int] = {}
    for some in _slices(list(fresh)):
        found = connection.execute(sa.select(submissions.c.key, submissions.c.id).where(submissions.c.key.in_(some)))
        ids |= {row.key: row.id for row in found}
    connection.execute(sa.insert(requests), [_request_row(ids[key], 1, by, None) for key in fresh])


def _next_request(
    connection: sa.Connection, key: str, by: str, assets: Sequence[str] | None, rebind: bool
) -> dict[str, Any]:
    query = (
        sa.select(submissions.c.id, sa.func.count(requests.c.id).label("attempts"))
        .outerjoin(requests, requests.c.submission_id == submissions.c.id)
        .where(submissions.c.key == key, submissions.c.forgotten_at.is_(None))
        .group_by(submissions.c.id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise _unknown(key)
    bound = sa.select(requests.c.bindings).where(requests.c.submission_id == row.id).order_by(requests.c.id.desc())
    bindings = None if rebind else connection.execute(bound.limit(1)).scalar()
    return _request_row(row.id, row.attempts + 1, by, assets, bindings)


def _request_row(
    submission: int,
    attempt: int,
    by: str,
    assets: Sequence[str] | None,
    bindings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    return {
        "submission_id": submission,
        "attempt": attempt,
        "assets": list(assets) if assets is not None else None,
        "bindings": dict(bindings) if bindings else None,
        "requested_by": by,
        "requested_at": datetime.now(UTC),
    }


def _key(one: Submission, attempt: int) -> str:
    return one.key if attempt == 1 else f"{one.key}-r{attempt}"


def _row(one: Submission, key: str, by: str) -> dict[str, Any]:
    return {
        "key": key,
        "identity": one.identity,
        "url": one.url,
        "feed_url": one.feed_url,
        "guid": one.guid,
        "submitted_by": by,
        "submitted_at": datetime.now(UTC),
    }


def _slices(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def _unknown(key: str) -> InvalidSubmission:
    return InvalidSubmission(
        f"no episode has the key {key!r}", remedy="`ragtime status` lists the keys of all episodes."
    )


def _utc(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
