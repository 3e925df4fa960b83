"""Submissions and the requests that start runs: appended here, read in order by the sensor."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from ragtime_assets.corpus.database import SUBMIT_LOCK, Database, clock_of, slices
from ragtime_assets.corpus.schema import artifacts, corrections, requests, submissions
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.identity import Submission, checked_key, item_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.outstanding import Wish
from ragtime_assets.errors import InvalidSubmission

WITHDRAWN = "withdrawn"
"""Stands where a run key would, for a request that somebody cancelled before it had a run."""
WITHDRAWN_CORRECTION = "withdrawn correction"
"""The same, of a request that came with a correction which is not applied yet: what it asks for is still to be done."""
_NO_RUN = (WITHDRAWN, WITHDRAWN_CORRECTION)
_A_MOMENT = timedelta(microseconds=1)
_IS_LIVE = submissions.c.forgotten_at.is_(None)
_STANDS = sa.or_(requests.c.run_key.is_(None), requests.c.run_key.not_in(_NO_RUN))


class _Asked(NamedTuple):
    """A row of an episode and one of its requests: of ten thousand, the fields are read quicker than SQLAlchemy's."""

    key: str
    identity: str
    url: str
    feed_url: str | None
    guid: str | None
    submitted_at: datetime
    request_id: int
    requested_at: datetime
    scope: str
    assets: str | None
    run_key: str | None
    respells: bool


_ASKED = (
    *(submissions.c[name] for name in ("key", "identity", "url", "feed_url", "guid", "submitted_at")),
    requests.c.id,
    requests.c.requested_at,
    sa.cast(requests.c.scope, sa.Text),
    sa.cast(requests.c.assets, sa.Text),
    requests.c.run_key,
    requests.c.respells,
)
"""What `_Asked` has; ten thousand requests ask for a handful of lists, so that each list is parsed once."""


@dataclass(frozen=True)
class Receipt:
    """What became of one submission; `new` is false when the episode was already there."""

    url: str
    key: str
    new: bool


@dataclass(frozen=True)
class Request:
    """One wish for a run: these assets of this episode, or whatever is outstanding when `assets` is None."""

    id: int
    key: str
    attempt: int
    assets: tuple[str, ...] | None
    bindings: Mapping[str, str]
    asked_at: datetime
    run_key: str | None = None
    by: str = ""
    """Who made it."""
    place: str | None = None
    """The place on a machine that its run needs."""


@dataclass(frozen=True)
class SubmittedEpisode:
    """An episode as its submission knows it, with everything that was asked for it."""

    key: str
    url: str
    feed_url: str | None
    guid: str | None
    submitted_at: datetime
    wishes: tuple[Wish, ...] = ()
    is_waiting: bool = False
    """Whether there is a request that the sensor has not answered yet."""
    is_withdrawn: bool = False
    """Whether its last request was cancelled before it had a run."""
    last_request: int = 0
    run_keys: frozenset[str] = frozenset()
    """The runs that answer its requests."""
    podcast_guid: str | None = None

    @property
    def submission(self) -> Submission:
        """What was submitted."""
        if self.feed_url and self.guid:
            return item_submission(self.feed_url, self.guid, self.podcast_guid)
        return Submission(url=self.url)


class Submissions:
    """The submissions and requests tables."""

    def __init__(self, database: Database, without: Callable[[str], str] = str) -> None:
        """Work on this database; `without` takes known secrets out of addresses before they are kept."""
        self._database = database
        self._without = without

    def submit(self, wanted: Sequence[Submission], by: str) -> list[Receipt]:
        """Record every episode once, with a first request for each that is new."""
        with self._database.appending() as connection:
            return append(connection, [one.without(self._without) for one in wanted], by)

    def request(
        self,
        keys: Sequence[str],
        by: str,
        assets: Sequence[str] | None = None,
        *,
        rebind: bool = False,
        place: str | None = None,
        respells: bool = False,
        covers: Sequence[str] | None = None,
        bind: Mapping[str, str] | None = None,
    ) -> None:
        """Ask for a run of each episode: of `assets`, or of what is outstanding, in this `place` if it needs one.

        It uses the engines of the episode's last request unless it is to rebind, and those that `bind` names before
        all others. It covers the assets that it names, or
        what the earlier requests cover: a phase that was added to the graph since is none that somebody asked for. What
        it `covers` beyond those that it names is made again where they come out different. One that `respells` follows
        a correction of a name: nothing is heard again, and no model is asked.
        """
        with self._database.appending() as connection:
            more: dict[str, Any] = {"place": place, "respells": respells, "covers": covers, "bind": bind}
            append_requests(connection, keys, by, assets, rebind=rebind, **more)

    def withdraw(self, key: str) -> int:
        """Cancel the requests of an episode that have no run yet; how many there were.

        Corrections stay, and so does what is to be made again for them: the next run does it.
        """
        whose = sa.select(submissions.c.id).where(submissions.c.key == checked_key(key)).scalar_subquery()
        waits = sa.and_(requests.c.submission_id == whose, requests.c.run_key.is_(None))
        with self._database.writing() as connection:
            correcting = requests.c.respells | requests.c.id.in_(_correcting(connection, key))
            ended = sa.case((correcting, WITHDRAWN_CORRECTION), else_=WITHDRAWN)
            return connection.execute(sa.update(requests).where(waits).values(run_key=ended)).rowcount

    def asked_since(self, key: str, by: str, since: datetime) -> int:
        """How often `by` asked for this episode since then."""
        found = _live(sa.func.count(requests.c.id)).where(submissions.c.key == key, requests.c.requested_by == by)
        with self._database.reading() as connection:
            return connection.execute(found.where(requests.c.requested_at > since)).scalar_one()

    def asked_by_others(self, key: str, than: Collection[str]) -> datetime | None:
        """When somebody else than these asked for this episode last."""
        last = _live(sa.func.max(requests.c.requested_at)).where(submissions.c.key == key)
        with self._database.reading() as connection:
            return connection.execute(last.where(requests.c.requested_by.not_in(list(than)))).scalar()

    def bury(self, key: str) -> None:
        """Leave a tombstone: the key stays taken, a later submission of the same episode gets a new one."""
        with self._database.appending() as connection:
            buried = sa.update(submissions).where(submissions.c.key == checked_key(key), _IS_LIVE)
            connection.execute(buried.values(forgotten_at=clock_of(connection)))

    def after(self, request_id: int, limit: int) -> list[Request]:
        """The requests past `request_id`, oldest first; those withdrawn or of forgotten episodes are left out."""
        stands = sa.and_(_IS_LIVE, _STANDS)
        query = (
            sa.select(requests, submissions.c.key)
            .join(submissions, submissions.c.id == requests.c.submission_id)
            .where(requests.c.id > request_id, stands)
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
                    asked_at=row.requested_at,
                    run_key=row.run_key,
                    by=row.requested_by,
                    place=row.place,
                )
                for row in connection.execute(query)
            ]

    def assign(
        self,
        run_keys: Mapping[int, str],
        bindings: Mapping[str, str] | None = None,
        read: Iterable[Request] = (),
    ) -> bool:
        """Write down which run answers each request, before it is launched: reading again launches nothing twice.

        Where a request is bound to no engine yet, it is bound to that of `bindings`. False, and nothing written, when
        one of those that the plan was `read` from was withdrawn meanwhile, or planned by another daemon: the plan does
        not hold.
        """
        if not run_keys:
            return True
        by_id = sa.update(requests).where(requests.c.id == sa.bindparam("request"))
        rows = [{"request": request, "run_key": run_key} for request, run_key in run_keys.items()]
        planned = {request.id: request.run_key for request in read}
        now = (
            sa.select(requests.c.id, requests.c.run_key, requests.c.bindings)
            .where(requests.c.id.in_(run_keys))
            .with_for_update()
        )
        with self._database.writing() as connection:
            stands = connection.execute(now).all()
            if any(planned.get(row.id, row.run_key) != row.run_key for row in stands):
                return False
            connection.execute(by_id.values(run_key=sa.bindparam("run_key")), rows)
            bound = [{"request": row.id, "bound": {**(bindings or {}), **(row.bindings or {})}} for row in stands]
            if bindings is not None:
                connection.execute(by_id.values(bindings=sa.bindparam("bound")), bound)
        return True

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
            for some in slices(run_keys):
                for row in connection.execute(query.where(requests.c.run_key.in_(some))):
                    found.setdefault(row.run_key, []).append(row.key)
        return {run_key: tuple(keys) for run_key, keys in found.items()}

    def episodes(self, key: str | None = None) -> list[SubmittedEpisode]:
        """All episodes that are not forgotten, or the one with `key`, in order of submission."""
        query = _live(*_ASKED).order_by(submissions.c.id, requests.c.id)
        if key is not None:
            query = query.where(submissions.c.key == checked_key(key))
        return [_episode(rows) for rows in self._asked(query).values()]

    def episodes_with(self, keys: Collection[str]) -> list[SubmittedEpisode]:
        """Those of these episodes that are not forgotten; in order of submission, if the keys are."""
        return [_episode(rows) for rows in self._asked_of(keys).values()]

    def untouched(self) -> set[str]:
        """The episodes that only wait: nothing was made of them, and no run answers a request of theirs."""
        its_requests = sa.select(requests.c.id).where(requests.c.submission_id == submissions.c.id)
        answered = its_requests.where(requests.c.run_key.is_not(None)).exists()
        made = sa.select(artifacts.c.key).where(artifacts.c.key == submissions.c.key).exists()
        query = sa.select(submissions.c.key).where(_IS_LIVE, ~answered, ~made)
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def keys(self) -> list[str]:
        """The keys of all episodes that are not forgotten, in order of submission."""
        query = sa.select(submissions.c.key).where(submissions.c.forgotten_at.is_(None)).order_by(submissions.c.id)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def named(self) -> dict[tuple[str, str], datetime]:
        """By episode and phase, when the phase was last asked for by name; what was withdrawn is not asked for."""
        asks = sa.and_(requests.c.assets.is_not(None), _STANDS)
        query = _live(submissions.c.key, requests.c.requested_at, requests.c.assets).where(asks)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(requests.c.id))
            return {(row.key, asset): row.requested_at for row in rows for asset in row.assets or ()}

    def wishes(self, keys: Collection[str]) -> dict[str, tuple[Wish, ...]]:
        """By key, everything that was asked for these episodes, oldest first."""
        return {key: tuple(map(_wish, rows)) for key, rows in self._asked_of(keys).items()}

    def _asked_of(self, keys: Collection[str]) -> dict[str, list[_Asked]]:
        query = _live(*_ASKED).order_by(submissions.c.id, requests.c.id)
        found: dict[str, list[_Asked]] = {}
        for some in slices(keys):
            found |= self._asked(query.where(submissions.c.key.in_(some)))
        return found

    def _asked(self, query: sa.Select[*tuple[Any, ...]]) -> dict[str, list[_Asked]]:
        """By key, the rows of a query of `_ASKED`."""
        found: dict[str, list[_Asked]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(query).all():
                found.setdefault(row[0], []).append(_Asked._make(row))
        return found

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


def ask_again(
    database: Database,
    connection: sa.Connection,
    keys: Iterable[str],
    by: str,
    assets: Sequence[str],
    *,
    respells: bool = False,
) -> list[str]:
    """Ask for `assets` of those of these episodes that still are there, inside a transaction that has more to write."""
    database.take(connection, SUBMIT_LOCK)
    there = list(_asked_before(connection, list(dict.fromkeys(keys))))
    append_requests(connection, there, by, assets, respells=respells)
    return there


def append_requests(
    connection: sa.Connection,
    keys: Iterable[str],
    by: str,
    assets: Sequence[str] | None = None,
    *,
    rebind: bool = False,
    place: str | None = None,
    respells: bool = False,
    covers: Sequence[str] | None = None,
    bind: Mapping[str, str] | None = None,
) -> None:
    """Ask for a run of each episode, within a transaction of `Database.appending()`."""
    wanted = [checked_key(key) for key in dict.fromkeys(keys)]
    before = _asked_before(connection, wanted)
    for key in wanted:
        if key not in before:
            raise _unknown(key)
    made_at, now = _made_at(connection, wanted), clock_of(connection)
    more = {"respells": respells} | ({} if covers is None else {"scope": list(covers)})
    rows = [
        _next_request(before[key], by, assets, rebind, place, bind or {})
        | more
        | {"requested_at": _after(now, made_at.get(key), before[key][-1].requested_at)}
        for key in wanted
    ]
    if rows:
        connection.execute(sa.insert(requests), rows)


def append(connection: sa.Connection, wanted: Sequence[Submission], by: str) -> list[Receipt]:
    """Record every episode once, inside an appending transaction that has more to write."""
    known, burials = _known(connection, [one.identity for one in wanted])
    now = clock_of(connection)
    fresh: dict[str, dict[str, Any]] = {}
    receipts: list[Receipt] = []
    for one in wanted:
        new = one.identity not in known
        if new:
            key = _key(one, burials[one.identity] + 1)
            known[one.identity] = key
            fresh[key] = _row(one, key, by, now)
        receipts.append(Receipt(one.url, known[one.identity], new))
    _insert(connection, fresh, by, now)
    return receipts


def _known(connection: sa.Connection, identities: Sequence[str]) -> tuple[dict[str, str], Counter[str]]:
    live: dict[str, str] = {}
    burials: Counter[str] = Counter()
    for some in slices(identities):
        query = sa.select(submissions.c.identity, submissions.c.key, submissions.c.forgotten_at)
        for row in connection.execute(query.where(submissions.c.identity.in_(some))):
            if row.forgotten_at is None:
                live[row.identity] = row.key
            else:
                burials[row.identity] += 1
    return live, burials


def _insert(connection: sa.Connection, fresh: Mapping[str, dict[str, Any]], by: str, now: datetime) -> None:
    if not fresh:
        return
    connection.execute(sa.insert(submissions), list(fresh.values()))
    ids: dict[str, int] = {}
    for some in slices(list(fresh)):
        found = connection.execute(sa.select(submissions.c.key, submissions.c.id).where(submissions.c.key.in_(some)))
        ids |= {row.key: row.id for row in found}
    rows = [_request_row(ids[key], 1, by, scope=PHASES) | {"requested_at": now} for key in fresh]
    connection.execute(sa.insert(requests), rows)


def _live(*columns: Any) -> sa.Select[*tuple[Any, ...]]:
    """These columns of the episodes that are not forgotten and of their requests, a row for each request."""
    joined = submissions.join(requests, requests.c.submission_id == submissions.c.id)
    return sa.select(*columns).select_from(joined).where(_IS_LIVE)


def _episode(rows: Sequence[_Asked]) -> SubmittedEpisode:
    """One episode from the rows of its requests."""
    row = rows[-1]
    stands = [one for one in rows if one.run_key not in _NO_RUN]
    run_keys = frozenset(one.run_key for one in stands if one.run_key is not None)
    return SubmittedEpisode(
        key=row.key,
        url=row.url,
        feed_url=row.feed_url,
        guid=row.guid,
        submitted_at=row.submitted_at,
        wishes=tuple(map(_wish, rows)),
        is_waiting=any(one.run_key is None for one in stands),
        is_withdrawn=row.run_key in _NO_RUN,
        last_request=stands[-1].request_id if stands else 0,
        run_keys=run_keys,
        podcast_guid=row.identity.partition("|")[0] if row.guid else None,
    )


def _wish(row: _Asked) -> Wish:
    """What a request asks for; one that was withdrawn asks for nothing again, but what is missing stays missing.

    One that followed a correction does: without it the correction would be known and never applied.
    """
    again = _assets(None if row.run_key == WITHDRAWN else row.assets)
    return Wish(row.requested_at, _assets(row.scope), again, row.respells)


@cache
def _assets(stored: str | None) -> frozenset[str]:
    return frozenset(json.loads(stored) or () if stored else ())


def _correcting(connection: sa.Connection, key: str) -> list[int]:
    """The requests that were made with a correction of this episode's details which is newer than these."""
    made = sa.select(artifacts.c.created_at).where(artifacts.c.key == key, artifacts.c.asset == EpisodeDetails.asset)
    said = sa.select(corrections.c.corrected_at).where(corrections.c.key == key)
    read_at = connection.execute(made).scalar()
    times = [at for at in connection.execute(said).scalars() if read_at is not None and at >= read_at]
    asked = connection.execute(
        _live(requests.c.id, requests.c.requested_at).where(submissions.c.key == key).order_by(requests.c.id)
    ).all()
    firsts = (next((row.id for row in asked if row.requested_at >= at), None) for at in times)
    return [request for request in firsts if request is not None]


def _asked_before(connection: sa.Connection, keys: Sequence[str]) -> dict[str, list[sa.Row[Any]]]:
    """By key, the requests of these episodes that there are, oldest first."""
    found: dict[str, list[sa.Row[Any]]] = {}
    query = _live(submissions.c.key, requests).order_by(requests.c.id)
    for some in slices(keys):
        for row in connection.execute(query.where(submissions.c.key.in_(some))):
            found.setdefault(row.key, []).append(row)
    return found


def _made_at(connection: sa.Connection, keys: Sequence[str]) -> dict[str, datetime]:
    """By key, when the newest artifact of these episodes was made."""
    newest = sa.select(artifacts.c.key, sa.func.max(artifacts.c.created_at).label("at")).group_by(artifacts.c.key)
    return {
        row.key: row.at for some in slices(keys) for row in connection.execute(newest.where(artifacts.c.key.in_(some)))
    }


def _after(now: datetime, *moments: datetime | None) -> datetime:
    """Now, but after all of these, though the clock was stepped back: what is asked for again would count as made."""
    return max(now, *(moment + _A_MOMENT for moment in moments if moment is not None))


def _next_request(
    before: Sequence[sa.Row[Any]],
    by: str,
    assets: Sequence[str] | None,
    rebind: bool,
    place: str | None,
    bind: Mapping[str, str],
) -> dict[str, Any]:
    last = next((row for row in reversed(before) if row.run_key not in _NO_RUN), before[-1])
    covered = dict.fromkeys(asset for row in before for asset in row.scope)
    return _request_row(
        last.submission_id,
        len(before) + 1,
        by,
        scope=list(covered) if assets is None else assets,
        assets=assets,
        place=place,
        bindings={**({} if rebind else last.bindings or {}), **bind},
    )


def _request_row(
    submission: int,
    attempt: int,
    by: str,
    *,
    scope: Sequence[str],
    assets: Sequence[str] | None = None,
    place: str | None = None,
    bindings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    return {
        "submission_id": submission,
        "attempt": attempt,
        "assets": list(assets) if assets is not None else None,
        "scope": list(scope),
        "place": place,
        "bindings": dict(bindings) if bindings else None,
        "requested_by": by,
    }


def _key(one: Submission, attempt: int) -> str:
    return one.key if attempt == 1 else f"{one.key}-r{attempt}"


def _row(one: Submission, key: str, by: str, now: datetime) -> dict[str, Any]:
    return {
        "key": key,
        "identity": one.identity,
        "url": one.url,
        "feed_url": one.feed_url,
        "guid": one.guid,
        "submitted_by": by,
        "submitted_at": now,
    }


def _unknown(key: str) -> InvalidSubmission:
    return InvalidSubmission(
        f"no episode has the key {key!r}", remedy="`ragtime status` lists the keys of all episodes."
    )
