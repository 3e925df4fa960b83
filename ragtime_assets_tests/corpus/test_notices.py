"""What people are to be told of: one message per cause and hour, whoever dies while sending it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.notices import AGAIN_AFTER, EVERY, SqlNotices
from ragtime_assets.domain.health import UntoldCause
from ragtime_assets.domain.notices import Notice

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def notices(database: Database) -> SqlNotices:
    return SqlNotices(database)


def notice(cause: str = "NoSpeech", count: int = 1) -> Notice:
    return Notice(cause, count, (f"key: {count}",), "Listen.")


def taken(notices: SqlNotices, later: timedelta = timedelta()) -> list[tuple[str, int]]:
    return [(one.cause, one.count) for one in notices.take(NOW + later)]


def test_a_cause_is_told_once_an_hour_and_what_is_added_meanwhile_afterwards(notices: SqlNotices) -> None:
    notices.note([notice(count=2), notice("TooLarge")])
    (one, other) = notices.take(NOW)
    notices.sent(one, NOW)
    notices.sent(other, NOW)
    notices.note([notice(count=3)])
    notices.note([notice(count=4)])
    assert taken(notices, EVERY - timedelta(seconds=1)) == []
    assert taken(notices, EVERY) == [("NoSpeech", 7)]


def test_two_who_tell_do_not_tell_the_same(notices: SqlNotices) -> None:
    notices.note([notice()])
    assert taken(notices) == [("NoSpeech", 1)]
    assert taken(notices) == []


def test_what_its_sender_died_of_is_told_again(notices: SqlNotices) -> None:
    notices.note([notice()])
    notices.take(NOW)
    assert taken(notices, AGAIN_AFTER) == [("NoSpeech", 1)]


def test_what_did_not_get_through_is_kept_tried_again_and_said(notices: SqlNotices) -> None:
    notices.note([notice(count=2)])
    (one,) = notices.take(NOW)
    notices.failed(one, "the webhook answered 404")
    assert notices.untold() == (UntoldCause(cause="NoSpeech", episodes=2, error="the webhook answered 404"),)
    assert taken(notices) == []
    (again,) = notices.take(NOW + AGAIN_AFTER)
    assert again == notice(count=2)
    notices.sent(again, NOW)
    assert notices.untold() == ()
