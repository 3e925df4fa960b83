"""When a feed is due again, which of its items are taken, and what one poll makes of an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ragtime_assets.domain.episode.subscription import (
    FeedAnswer,
    FeedItem,
    FeedListing,
    Selection,
    Subscription,
    distinct,
    oldest_first,
    taken,
)
from ragtime_assets.errors import InvalidFeed, RagtimeError, SourceGone, SourceUnavailable
from ragtime_assets.phases.feeds.polling import Poll, due_after_failure, next_due, poll_feed

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FEED = "https://show.example/feed"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def item(guid: str, day: int | None = None, *, audio: bool = True) -> FeedItem:
    return FeedItem(guid, datetime(2026, 11, day, tzinfo=UTC) if day else None, audio)


def listing(*items: FeedItem, new_url: str | None = None) -> FeedListing:
    return FeedListing("Jazz Hour", None, new_url, items)


def subscription(url: str = FEED, failures: int = 0) -> Subscription:
    return Subscription(
        id=1,
        url=url,
        title=None,
        podcast_guid=None,
        selection=Selection(since=NOON),
        state="active",
        etag='"1"',
        last_modified="Sat, 21 Nov 2026 12:00:00 GMT",
        due_at=NOON,
        polled_at=None,
        failures=failures,
        error=None,
    )


class Server:
    """Answers as it is told to, by URL."""

    def __init__(self, **answers: FeedAnswer | RagtimeError) -> None:
        self.answers = {f"https://show.example/{path}": answer for path, answer in answers.items()}
        self.asked: list[tuple[str, str | None, str | None]] = []

    def ask(
        self,
        url: str,
        etag: str | None = None,
        last_modified: str | None = None,
        back_to: datetime | None = None,
    ) -> FeedAnswer:
        self.asked.append((url, etag, last_modified))
        answer = self.answers[url]
        if isinstance(answer, RagtimeError):
            raise answer
        return answer


class Kept:
    """Remembers what polls found out."""

    def __init__(self) -> None:
        self.answers: list[FeedAnswer] = []
        self.errors: list[tuple[str, bool]] = []
        self.due: list[datetime] = []

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def record(self, feed: Subscription, answer: FeedAnswer, due_at: datetime) -> int:
        self.answers.append(answer)
        return len(answer.listing.items) if answer.listing else 0

    def fail(self, feed: Subscription, error: str, due_at: datetime, *, gone: bool) -> None:
        self.errors.append((error, gone))
        self.due.append(due_at)


def poll(kept: Kept, **answers: FeedAnswer | RagtimeError) -> Poll:
    return poll_feed(subscription(), Server(**answers), kept)


@pytest.mark.parametrize(
    ("fresh_for", "wait"),
    [(None, HOUR), (0, HOUR), (60, HOUR), (7_200, 2 * HOUR), (10**9, DAY), (86_400, DAY)],
)
def test_a_feed_is_due_after_an_hour_or_as_much_later_as_its_server_asks_within_a_day(
    fresh_for: float | None, wait: timedelta
) -> None:
    assert next_due(NOON, fresh_for) == NOON + wait


@pytest.mark.parametrize(
    ("failures", "retry_after", "wait"),
    [
        (1, None, HOUR),
        (2, None, 2 * HOUR),
        (4, None, 8 * HOUR),
        (6, None, DAY),
        (10_000, None, DAY),
        (1, 3 * 3_600, 3 * HOUR),
        (3, 60, 4 * HOUR),
        (1, 10**9, DAY),
    ],
)
def test_failures_in_a_row_double_the_wait_and_retry_after_is_honoured_within_a_day(
    failures: int, retry_after: float | None, wait: timedelta
) -> None:
    assert due_after_failure(NOON, failures, retry_after) == NOON + wait


def test_items_are_ordered_by_date_and_undated_ones_from_the_bottom_of_the_feed() -> None:
    mixed = [item("c", 3), item("undated 2"), item("a", 1), item("undated 1"), item("b", 2)]
    assert [one.guid for one in oldest_first(mixed)] == ["undated 1", "undated 2", "a", "b", "c"]


@pytest.mark.parametrize(
    ("selection", "appeared", "guids"),
    [
        (Selection(since=NOON), (), set()),
        (Selection(since=NOON), ("undated", "b"), {"undated", "b"}),
        (Selection(since=NOON, everything=True), (), {"undated", "a", "b", "c", "silent"}),
        (Selection(since=datetime(2026, 11, 2, tzinfo=UTC)), (), {"b", "c", "silent"}),
        (Selection(since=NOON, latest=2), (), {"b", "c"}),
        (Selection(since=NOON, latest=99), (), {"undated", "a", "b", "c"}),
        (Selection(since=datetime(2026, 11, 3, tzinfo=UTC), latest=2), ("undated",), {"undated", "b", "c", "silent"}),
    ],
)
def test_taken_is_what_appears_later_and_what_the_selection_asks_of_the_back_catalogue(
    selection: Selection, appeared: tuple[str, ...], guids: set[str]
) -> None:
    ordered = [item("undated"), item("a", 1), item("b", 2), item("c", 3), item("silent", 4, audio=False)]
    assert taken(ordered, selection, appeared) == guids


def test_a_widened_selection_takes_what_either_takes() -> None:
    narrow, wide = Selection(since=NOON, latest=3), Selection(since=NOON - DAY, everything=True, latest=1)
    assert narrow.widened(wide) == wide.widened(narrow) == Selection(since=NOON - DAY, everything=True, latest=3)
    assert narrow.widened(Selection(since=NOON + DAY)) == narrow


def test_the_latest_are_taken_once_and_not_again_when_one_of_them_is_withdrawn() -> None:
    assert Selection(since=NOON, latest=3).applied() == Selection(since=NOON, older=False)


def test_a_poll_asks_with_what_the_feed_was_last_known_by() -> None:
    server = Server(feed=FeedAnswer(FEED, None))
    outcome = poll_feed(subscription(), server, Kept())
    assert server.asked == [(FEED, '"1"', "Sat, 21 Nov 2026 12:00:00 GMT")]
    assert (outcome.status, outcome.new, outcome.note) == ("unchanged", 0, "")


def test_a_feed_that_was_read_tells_how_many_episodes_are_new() -> None:
    outcome = poll(Kept(), feed=FeedAnswer(FEED, listing(item("a"), item("b"))))
    assert (outcome.status, outcome.new) == ("read", 2)


def test_a_failure_is_kept_and_not_raised() -> None:
    kept = Kept()
    outcome = poll(kept, feed=SourceUnavailable("busy", retry_after=4 * 3_600))
    assert kept.errors == [("SourceUnavailable: busy", False)]
    assert outcome.status == "failed"
    assert outcome.due_at - datetime.now(UTC) > timedelta(hours=3, minutes=59)


@pytest.mark.parametrize(("error", "gone"), [(SourceGone("410", lasting=True), True), (SourceGone("404"), False)])
def test_only_what_is_withdrawn_for_good_is_gone(error: SourceGone, gone: bool) -> None:
    kept = Kept()
    assert poll(kept, feed=error).status == ("gone" if gone else "failed")
    assert [was_gone for _, was_gone in kept.errors] == [gone]


def test_a_feed_that_failed_is_due_when_its_poll_says() -> None:
    kept = Kept()
    assert [poll(kept, feed=SourceUnavailable("down")).due_at] == kept.due


def test_a_feed_that_names_a_new_address_is_read_there() -> None:
    kept, new = Kept(), "https://show.example/new"
    outcome = poll(
        kept,
        feed=FeedAnswer(FEED, listing(item("a"), new_url=new)),
        new=FeedAnswer(new, listing(item("a"), item("b"), new_url=new)),
    )
    assert (outcome.url, outcome.status, outcome.new) == (new, "moved, read", 2)
    assert [answer.url for answer in kept.answers] == [new]


def test_a_new_address_that_fails_does_not_end_the_subscription() -> None:
    kept = Kept()
    old = FeedAnswer(FEED, listing(item("a"), new_url="https://show.example/new"), etag='"2"')
    outcome = poll(kept, feed=old, new=InvalidFeed("it is a web page"))
    assert (outcome.url, outcome.status) == (FEED, "read")
    assert "it is a web page" in outcome.note
    assert [(answer.url, answer.etag) for answer in kept.answers] == [(FEED, None)], "it would never be asked again"


def test_two_feeds_that_name_each_other_move_nowhere() -> None:
    there = FeedAnswer("https://show.example/new", listing(item("a"), new_url=FEED))
    outcome = poll(Kept(), feed=FeedAnswer(FEED, listing(item("a"), new_url=there.url)), new=there)
    assert (outcome.url, outcome.status) == (FEED, "read")
    assert "leads back" in outcome.note


def test_an_item_gets_its_surest_name_that_no_older_one_has() -> None:
    assert distinct([["a", "b"], ["a", "c"], ["a"], [], ["b", "c", "d"]]) == ["a", "c", None, None, "b"]


def test_a_selection_that_takes_no_more_than_before_wants_no_older_pages() -> None:
    usual, wider = Selection(since=NOON, older=False), Selection(since=NOON - DAY, older=False)
    assert usual.widened(usual) == usual
    assert (wider.widened(usual).older, usual.widened(wider).older) == (False, True)
