"""Subscriptions to feeds: which are due, what was seen of them, where they moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from ragtime_assets.corpus.database import Database, clock_of
from ragtime_assets.corpus.schema import feed_items, feeds
from ragtime_assets.corpus.submissions import append
from ragtime_assets.domain.episode.identity import (
    canonical_url,
    checked_url,
    item_name,
    item_submission,
    place_of,
    podcast_guid,
)
from ragtime_assets.domain.episode.subscription import (
    FeedAnswer,
    FeedItem,
    FeedListing,
    Selection,
    Subscription,
    oldest_first,
    taken,
)
from ragtime_assets.errors import InvalidSubmission

_BY = "feed"
_LONGEST_ID = 10
_Rows = dict[str, dict[str, Any]]
"""Rows of feed_items by the item's name."""


@dataclass(frozen=True)
class Added:
    """What became of one wish to follow a feed; `widened` takes more of its back catalogue at the next poll."""

    id: int
    url: str
    outcome: Literal["new", "known", "widened"]


@dataclass(frozen=True)
class Followed:
    """A subscription, with how many of its items were seen and how many became episodes."""

    feed: Subscription
    items: int
    episodes: int


@dataclass(frozen=True)
class _Seen:
    at: datetime
    is_wanted: bool
    key: str | None


class Subscriptions:
    """The feeds and feed_items tables."""

    def __init__(self, database: Database, without: Callable[[str], str] = str) -> None:
        """Work on this database; `without` takes known secrets out of addresses before they are kept."""
        self._database = database
        self._without = without

    def add(self, wanted: Mapping[str, str | None], selection: Selection, by: str) -> list[Added]:
        """Follow these feeds, given as URL and title; of one that is followed already, take what `selection` adds."""
        urls = {checked_url(self._without(url)): title for url, title in wanted.items()}
        with self._database.appending() as connection:
            return [_add(connection, url, title, selection, by) for url, title in urls.items()]

    def remove(self, name: str) -> Subscription:
        """Stop following the feed with this URL or id; what was seen of it stays, should it be followed again."""
        is_id = name.isdecimal() and len(name) < _LONGEST_ID
        unknown = InvalidSubmission(f"no feed {name!r} is followed", remedy="`ragtime feeds list` shows URLs and ids.")
        try:
            known = (
                feeds.c.id == int(name)
                if is_id
                else feeds.c.identity == canonical_url(checked_url(self._without(name)))
            )
        except InvalidSubmission:
            raise unknown from None
        with self._database.writing() as connection:
            ended = sa.update(feeds).where(known, feeds.c.state != "removed").values(state="removed")
            for row in connection.execute(ended.returning(feeds)):
                return _subscription(row)
        raise unknown

    def followed(self) -> list[Followed]:
        """All subscriptions that were not removed, in the order in which they were added."""
        counted = (sa.func.count(feed_items.c.guid).label("items"), sa.func.count(feed_items.c.key).label("episodes"))
        query = (
            sa.select(feeds, *counted)
            .outerjoin(feed_items, feed_items.c.feed_id == feeds.c.id)
            .where(feeds.c.state != "removed")
            .group_by(feeds.c.id)
            .order_by(feeds.c.id)
        )
        with self._database.reading() as connection:
            return [Followed(_subscription(row), row.items, row.episodes) for row in connection.execute(query)]

    def take_due(self, until: datetime, limit: int) -> list[Subscription]:
        """Take the feeds that are to be polled, the longest due first: nobody else polls them before `until`."""
        is_due = sa.and_(feeds.c.state == "active", feeds.c.due_at <= self._database.present)
        query = sa.select(feeds.c.id).where(is_due).order_by(feeds.c.due_at).limit(limit)
        with self._database.reading() as connection:
            ids = connection.execute(query).scalars().all()
        return self._take(sa.and_(feeds.c.id.in_(ids), is_due), until) if ids else []

    def clock(self) -> datetime:
        """What time it is by the database, which due times go by."""
        return self._database.clock()

    def take_handed(self, ids: Sequence[int], handed: datetime, until: datetime) -> list[Subscription]:
        """Take over feeds that were taken until `handed`; those that were let slip meanwhile are another's by now."""
        is_ours = sa.and_(feeds.c.state == "active", feeds.c.due_at == handed)
        return self._take(sa.and_(feeds.c.id.in_(ids), is_ours), until)

    def take_named(self, ids: Sequence[int], until: datetime) -> list[Subscription]:
        """Take these feeds although they may not be due yet."""
        return self._take(sa.and_(feeds.c.id.in_(ids), feeds.c.state == "active"), until)

    def record(self, feed: Subscription, answer: FeedAnswer, due_at: datetime) -> int:
        """Keep every item, submit those that are taken, and only then keep the validators; how many are new.

        All of it is one transaction: after a crash in between, the feed is as it was and will be read again.
        """
        with self._database.appending() as connection:
            row = _settled(connection, feed, answer.url)
            if row is None:
                return 0
            new, learned = 0, {}
            if answer.listing is not None:
                podcast = row.podcast_guid or answer.listing.podcast_guid or podcast_guid(feed.url)
                rows, wanted = _choose(answer.listing, row, _seen(connection, row.id), clock_of(connection))
                new = _submit(connection, answer.url, podcast, wanted, rows)
                if rows:
                    connection.execute(self._database.upsert(feed_items, "feed_id", "guid"), list(rows.values()))
                learned = {
                    "podcast_guid": podcast,
                    "title": answer.listing.title or row.title,
                    "selection": _selection(row).applied().model_dump(mode="json"),
                    "etag": answer.etag,
                    "last_modified": answer.last_modified,
                }
            _update(connection, row, feed, due_at, **learned, failures=0, error=None)
        return new

    def fail(self, feed: Subscription, error: str, due_at: datetime, *, gone: bool) -> None:
        """Keep why the poll failed; a feed that is gone is never polled again."""
        with self._database.writing() as connection:
            row = _row(connection, feed.id)
            if row is not None:
                ended = {"state": "gone"} if gone else {}
                _update(connection, row, feed, due_at, **ended, failures=row.failures + 1, error=error)

    def _take(self, which: sa.ColumnElement[bool], until: datetime) -> list[Subscription]:
        taking = sa.update(feeds).where(which).values(due_at=until).returning(feeds)
        with self._database.writing() as connection:
            return sorted(map(_subscription, connection.execute(taking)), key=lambda feed: feed.id)


def _add(connection: sa.Connection, url: str, title: str | None, selection: Selection, by: str) -> Added:
    now, identity = clock_of(connection), canonical_url(url)
    row = connection.execute(sa.select(feeds).where(feeds.c.identity == identity)).one_or_none()
    fresh = {"state": "active", "due_at": now, "etag": None, "last_modified": None, "failures": 0, "error": None}
    if row is None:
        values = fresh | {"identity": identity, "url": url, "title": title, "selection": _json(selection)}
        added = sa.insert(feeds).values(**values, added_by=by, added_at=now).returning(feeds.c.id)
        return Added(connection.execute(added).scalar_one(), url, "new")
    followed = row.state == "active"
    wider = _selection(row).widened(selection) if followed else selection
    if followed and wider == _selection(row):
        return Added(row.id, row.url, "known")
    again = fresh | {"selection": _json(wider)} | ({} if followed else {"url": url})
    connection.execute(sa.update(feeds).where(feeds.c.id == row.id).values(**again))
    return Added(row.id, row.url, "widened" if followed else "new")


def _submit(connection: sa.Connection, url: str, podcast: str, wanted: Mapping[str, str], rows: _Rows) -> int:
    """Submit the items that are `wanted`, given as the name of their row and their guid; how many are new."""
    receipts = append(connection, [item_submission(url, guid, podcast) for guid in wanted.values()], _BY)
    for name, receipt in zip(wanted, receipts, strict=True):
        rows[name]["key"] = receipt.key
    return sum(receipt.new for receipt in receipts)


def _choose(
    listing: FeedListing, row: sa.Row[Any], seen: Mapping[str, _Seen], now: datetime
) -> tuple[_Rows, dict[str, str]]:
    """The rows of items that are new or newly wanted, and which of these to submit, with their guids, oldest first."""
    ordered = oldest_first(listing.items)
    recorded = _recorded(ordered, seen)
    was_read = row.podcast_guid is not None
    appeared = {item.guid for item in ordered if was_read and not item.is_archived and item.guid not in recorded}
    chosen = taken(ordered, _selection(row), appeared)
    rows: _Rows = {}
    wanted: dict[str, str] = {}
    unseen = _Seen(now, is_wanted=False, key=None)
    for item in ordered:
        name = recorded.get(item.guid) or item_name(item.guid)
        before = seen.get(name, unseen)
        is_wanted = before.is_wanted or item.guid in chosen
        if is_wanted and item.has_audio and before.key is None:
            wanted[name] = item.guid
        elif before is not unseen and is_wanted == before.is_wanted:
            continue
        rows[name] = {"feed_id": row.id, "guid": name, "seen_at": before.at, "is_wanted": is_wanted, "key": before.key}
    return rows, wanted


def _recorded(ordered: Sequence[FeedItem], seen: Mapping[str, _Seen]) -> dict[str, str]:
    """By guid, what items were called when they were first seen; each name is one item's, the oldest's that has it."""
    by_place = _by_place(seen)
    found: dict[str, str] = {}
    used: set[str] = set()
    for item in ordered:
        known = (*map(item_name, (item.guid, *item.aliases)), by_place.get(place_of(item.audio_url) or ""))
        name = next((one for one in known if one in seen and one not in used), None)
        if name is not None:
            found[item.guid] = name
            used.add(name)
    return found


def _by_place(seen: Iterable[str]) -> dict[str, str]:
    """The names that are addresses with a query, by where that is; left out where several lie in one place."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in seen:
        place = place_of(name) if "?" in name else None
        if place:
            found[place].append(name)
    return {place: names[0] for place, names in found.items() if len(names) == 1}


def _settled(connection: sa.Connection, feed: Subscription, url: str) -> sa.Row[Any] | None:
    """The feed's row at the address where it is now, merged with one that is followed there; None when removed."""
    row = _row(connection, feed.id)
    if row is None or row.url == url:
        return row
    identity = canonical_url(url)
    there = connection.execute(sa.select(feeds).where(feeds.c.identity == identity, feeds.c.id != row.id)).one_or_none()
    if there is not None:
        _merge(connection, row, there)
        return _row(connection, there.id)
    connection.execute(sa.update(feeds).where(feeds.c.id == row.id).values(identity=identity, url=url))
    return _row(connection, row.id)


def _merge(connection: sa.Connection, old: sa.Row[Any], kept: sa.Row[Any]) -> None:
    """Put `old` into `kept`: what either has taken stays taken, what either wants is wanted."""
    known = _seen(connection, kept.id)
    items = feed_items.c
    for name, seen in _seen(connection, old.id).items():
        mine = sa.and_(items.feed_id == old.id, items.guid == name)
        if name not in known:
            connection.execute(sa.update(feed_items).where(mine).values(feed_id=kept.id))
        elif known[name].key is None:
            theirs = sa.and_(items.feed_id == kept.id, items.guid == name)
            wanted = seen.is_wanted or known[name].is_wanted
            connection.execute(sa.update(feed_items).where(theirs).values(key=seen.key, is_wanted=wanted))
    connection.execute(sa.delete(feed_items).where(items.feed_id == old.id))
    connection.execute(sa.delete(feeds).where(feeds.c.id == old.id))
    followed = kept.state == "active"
    selection = _selection(kept).widened(_selection(old)) if followed else _selection(old)
    values = {"state": "active", "selection": _json(selection), "podcast_guid": kept.podcast_guid or old.podcast_guid}
    connection.execute(sa.update(feeds).where(feeds.c.id == kept.id).values(**values, etag=None, last_modified=None))


def _update(connection: sa.Connection, row: sa.Row[Any], feed: Subscription, due_at: datetime, **values: Any) -> None:
    """Write down a poll; a feed that somebody made due meanwhile stays due."""
    due_at = due_at if row.id != feed.id or row.due_at == feed.due_at else row.due_at
    written = sa.update(feeds).where(feeds.c.id == row.id)
    connection.execute(written.values(**values, due_at=due_at, polled_at=clock_of(connection)))


def _row(connection: sa.Connection, feed: int) -> sa.Row[Any] | None:
    query = sa.select(feeds).where(feeds.c.id == feed, feeds.c.state != "removed").with_for_update()
    return connection.execute(query).one_or_none()


def _seen(connection: sa.Connection, feed: int) -> dict[str, _Seen]:
    rows = connection.execute(sa.select(feed_items).where(feed_items.c.feed_id == feed))
    return {row.guid: _Seen(row.seen_at, row.is_wanted, row.key) for row in rows}


def _selection(row: sa.Row[Any]) -> Selection:
    return Selection.model_validate(row.selection)


def _json(selection: Selection) -> dict[str, Any]:
    return selection.model_dump(mode="json")


def _subscription(row: sa.Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        url=row.url,
        title=row.title,
        podcast_guid=row.podcast_guid,
        selection=_selection(row),
        state=row.state,
        etag=row.etag,
        last_modified=row.last_modified,
        due_at=row.due_at,
        polled_at=row.polled_at,
        failures=row.failures,
        error=row.error,
    )
