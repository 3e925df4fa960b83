"""What is kept of feeds, on both databases: nothing is skipped, nothing comes twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import feeds
from ragtime_assets.corpus.submissions import Submissions, append
from ragtime_assets.corpus.subscriptions import Subscriptions
from ragtime_assets.domain.episode.identity import item_submission, podcast_guid
from ragtime_assets.domain.episode.subscription import FeedAnswer, FeedItem, FeedListing, Selection, Subscription
from ragtime_assets.errors import InvalidSubmission

FEED, NEW = "https://show.example/feed", "https://new.example/feed"
GUID = "9b024349-ccf0-5f69-a609-6b82873eab3c"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
FROM_NOW_ON, EVERYTHING = Selection(since=NOW), Selection(since=NOW, everything=True)


@pytest.fixture
def table(database: Database) -> Subscriptions:
    """The subscriptions of a fresh corpus."""
    return Subscriptions(database)


def follow(table: Subscriptions, selection: Selection = EVERYTHING, url: str = FEED) -> Subscription:
    table.add({url: None}, selection, "somebody")
    (feed,) = take(table, url)
    return feed


def take(table: Subscriptions, *urls: str) -> list[Subscription]:
    ids = [one.feed.id for one in table.followed() if one.feed.url in urls]
    return table.take_named(ids, datetime.now(UTC) + timedelta(minutes=15))


def items(*guids: str, audio: bool = True, day: int = 1) -> tuple[FeedItem, ...]:
    """Items as feeds list them: the newest first."""
    begin = datetime(2026, 11, day, tzinfo=UTC)
    return tuple(FeedItem(guid, begin - timedelta(hours=hour), audio) for hour, guid in enumerate(guids))


def answer(*found: FeedItem, url: str = FEED, guid: str | None = None, etag: str = '"1"') -> FeedAnswer:
    return FeedAnswer(url, FeedListing("Jazz Hour", guid, None, found), etag, "then")


def submitted(database: Database) -> list[str]:
    """The guids of all episodes, in the order in which they will be run."""
    submissions = Submissions(database)
    guids = {episode.key: str(episode.guid) for episode in submissions.episodes()}
    return [guids[request.key] for request in submissions.after(0, 100_000)]


@contextmanager
def failing_at(database: Database, statement: str) -> Iterator[None]:
    """The process dies, as it were, before a statement like this one."""

    def stop(_connection: object, _cursor: object, told: str, *_rest: object) -> None:
        if told.startswith(statement):
            raise KeyboardInterrupt

    sa.event.listen(database.engine, "before_cursor_execute", stop)
    with pytest.raises(KeyboardInterrupt):
        yield
    sa.event.remove(database.engine, "before_cursor_execute", stop)


def test_a_feed_is_followed_once_however_its_url_is_spelt(table: Subscriptions) -> None:
    spelt = (FEED, "http://www.show.example/feed/", f"{FEED}?utm_source=x", f" {FEED}#top")
    outcomes = [one.outcome for url in spelt for one in table.add({url: None}, FROM_NOW_ON, "somebody")]
    assert outcomes == ["new", "known", "known", "known"]
    assert [one.feed.url for one in table.followed()] == [FEED]


def test_what_stands_on_an_older_page_is_not_new_though_it_is_seen_for_the_first_time(
    table: Subscriptions, database: Database
) -> None:
    feed = follow(table, FROM_NOW_ON)
    table.record(feed, answer(*items("b")), LATER)
    archived = replace(items("a", day=1)[0], is_archived=True)
    assert table.record(take(table, FEED)[0], answer(*items("c", "b"), archived), LATER) == 1
    assert submitted(database) == ["c"]


def test_the_older_pages_of_a_feed_are_wanted_once_for_each_selection(table: Subscriptions) -> None:
    feed = follow(table, FROM_NOW_ON)
    assert feed.selection.back_to == NOW
    table.record(feed, answer(*items("b")), LATER)
    assert take(table, FEED)[0].selection.back_to is None
    table.add({FEED: None}, FROM_NOW_ON, "somebody")
    assert take(table, FEED)[0].selection.back_to is None
    table.add({FEED: None}, EVERYTHING, "somebody")
    assert take(table, FEED)[0].selection.back_to == datetime.min.replace(tzinfo=UTC)


def test_adding_with_another_selection_widens_and_reads_the_feed_again(table: Subscriptions) -> None:
    feed = follow(table, FROM_NOW_ON)
    table.record(feed, answer(*items("b", "a")), LATER)
    (again,) = table.add({FEED: None}, EVERYTHING, "somebody")
    assert (again.id, again.outcome, again.url) == (feed.id, "widened", FEED)
    (due,) = table.take_due(LATER, 10)
    assert (due.selection.everything, due.etag, due.last_modified) == (True, None, None)
    assert table.add({FEED: None}, FROM_NOW_ON, "somebody")[0].outcome == "known"


def test_a_url_that_is_none_is_refused_and_nothing_is_followed(table: Subscriptions) -> None:
    with pytest.raises(InvalidSubmission):
        table.add({FEED: None, "ftp://x.example/feed": None}, FROM_NOW_ON, "somebody")
    assert table.followed() == []


def test_the_longest_url_is_followed_once(table: Subscriptions) -> None:
    url = "https://show.example/" + "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(1_950))
    assert [table.add({url: None}, FROM_NOW_ON, "somebody")[0].outcome for _ in range(2)] == ["new", "known"]


def test_all_items_are_recorded_and_those_taken_are_submitted_oldest_first(
    table: Subscriptions, database: Database
) -> None:
    feed = follow(table, Selection(since=NOW, latest=2))
    assert table.record(feed, answer(*items("d", "c", "b", "a")), LATER) == 2
    assert submitted(database) == ["c", "d"]
    (one,) = table.followed()
    assert (one.items, one.episodes) == (4, 2)
    assert (one.feed.title, one.feed.etag, one.feed.last_modified) == ("Jazz Hour", '"1"', "then")
    assert (one.feed.due_at, one.feed.error, one.feed.failures) == (LATER, None, 0)
    assert one.feed.polled_at is not None


def test_what_appears_after_the_first_reading_is_taken_whatever_its_date_says(
    table: Subscriptions, database: Database
) -> None:
    feed = follow(table, FROM_NOW_ON)
    assert table.record(feed, answer(*items("b", "a")), LATER) == 0
    (feed,) = take(table, FEED)
    undated = FeedItem("undated", None, has_audio=True)
    assert table.record(feed, answer(*items("d", "c", "b", "a"), undated), LATER) == 3
    assert submitted(database) == ["undated", "c", "d"]


def test_an_empty_feed_counts_as_read(table: Subscriptions, database: Database) -> None:
    table.record(follow(table, FROM_NOW_ON), answer(), LATER)
    (feed,) = take(table, FEED)
    table.record(feed, answer(FeedItem("first", None, has_audio=True)), LATER)
    assert submitted(database) == ["first"]


def test_the_back_catalogue_is_taken_when_it_is_asked_for_later(table: Subscriptions, database: Database) -> None:
    table.record(follow(table, FROM_NOW_ON), answer(*items("b", "a")), LATER)
    (feed,) = take(table, FEED)
    table.record(feed, answer(*items("c", "b", "a")), LATER)
    table.record(follow(table, EVERYTHING), answer(*items("c", "b", "a")), LATER)
    assert submitted(database) == ["c", "a", "b"]


def test_an_item_without_audio_is_taken_when_it_has_audio(table: Subscriptions, database: Database) -> None:
    silent = items("a", audio=False)
    table.record(follow(table, FROM_NOW_ON), answer(), LATER)
    for found in (silent, silent, items("a"), items("a"), silent):
        (feed,) = take(table, FEED)
        table.record(feed, answer(*found), LATER)
        if found is silent:
            assert submitted(database) in ([], ["a"])
    assert submitted(database) == ["a"]
    (one,) = table.followed()
    assert (one.items, one.episodes) == (1, 1)


def test_of_an_older_item_without_audio_nothing_is_taken_later(table: Subscriptions, database: Database) -> None:
    table.record(follow(table, FROM_NOW_ON), answer(*items("a", audio=False)), LATER)
    (feed,) = take(table, FEED)
    table.record(feed, answer(*items("a")), LATER)
    assert submitted(database) == []


@pytest.mark.parametrize(
    "dies_at", ["INSERT INTO submissions", "INSERT INTO requests", "INSERT INTO feed_items", "UPDATE feeds"]
)
def test_a_crash_at_any_point_of_recording_loses_nothing_and_doubles_nothing(
    table: Subscriptions, database: Database, dies_at: str
) -> None:
    feed, found = follow(table), answer(*items("c", "b", "a"))
    with failing_at(database, dies_at):
        table.record(feed, found, LATER)
    (one,) = table.followed()
    assert (one.items, one.episodes, one.feed.etag, one.feed.podcast_guid) == (0, 0, None, None)
    assert submitted(database) == []
    assert table.record(feed, found, LATER) == 3
    assert table.record(feed, found, LATER) == 0
    assert submitted(database) == ["a", "b", "c"]


def test_what_a_feed_submits_waits_its_turn_among_all_requests(table: Subscriptions, database: Database) -> None:
    """Ids become visible in order, or the sensor's cursor would pass what commits late."""
    feed = follow(table)
    with ThreadPoolExecutor(1) as pool:
        with database.appending() as connection:
            append(connection, [item_submission(FEED, "by hand")], "somebody")
            recording = pool.submit(table.record, feed, answer(*items("a")), LATER)
            assert not wait([recording], 0.5).done, "a later id became visible before an earlier one"
        assert recording.result(30) == 1
    assert submitted(database) == ["by hand", "a"]


def test_an_unchanged_feed_keeps_its_validators(table: Subscriptions) -> None:
    table.record(follow(table), answer(*items("a")), LATER)
    (feed,) = take(table, FEED)
    assert table.record(feed, FeedAnswer(FEED, None), LATER) == 0
    (one,) = table.followed()
    assert (one.feed.etag, one.feed.last_modified, one.feed.due_at) == ('"1"', "then", LATER)


def test_a_feed_that_is_widened_while_it_is_polled_stays_due(table: Subscriptions, database: Database) -> None:
    table.record(follow(table, FROM_NOW_ON), answer(*items("a")), LATER)
    (feed,) = take(table, FEED)
    table.add({FEED: None}, EVERYTHING, "somebody")
    table.record(feed, FeedAnswer(FEED, None), LATER)
    (due,) = table.take_due(LATER, 10)
    assert due.etag is None
    table.record(due, answer(*items("a")), LATER)
    assert submitted(database) == ["a"]


def test_an_episode_is_known_by_the_guid_that_the_podcast_states(table: Subscriptions, database: Database) -> None:
    table.record(follow(table), answer(*items("a"), guid=GUID), LATER)
    table.record(follow(table, url=NEW), answer(*items("b", "a"), url=NEW, guid=GUID), LATER)
    assert submitted(database) == ["a", "b"]
    episodes = Submissions(database).episodes()
    assert [episode.submission.identity for episode in episodes] == [f"{GUID}|a", f"{GUID}|b"]
    assert [episode.submission.key for episode in episodes] == [episode.key for episode in episodes]


def test_an_item_that_was_submitted_by_hand_is_not_new(table: Subscriptions, database: Database) -> None:
    (by_hand,) = Submissions(database).submit([item_submission(FEED, "a")], "somebody")
    assert table.record(follow(table), answer(*items("b", "a")), LATER) == 1
    assert [episode.key for episode in Submissions(database).episodes()][0] == by_hand.key
    assert table.followed()[0].episodes == 2


def test_a_forgotten_episode_does_not_come_back(table: Subscriptions, database: Database) -> None:
    table.record(follow(table), answer(*items("a")), LATER)
    (episode,) = Submissions(database).episodes()
    Submissions(database).bury(episode.key)
    (feed,) = take(table, FEED)
    assert table.record(feed, answer(*items("a")), LATER) == 0
    assert Submissions(database).episodes() == []


@pytest.mark.parametrize("stated", [None, GUID])
def test_a_moved_feed_keeps_its_podcast_guid_and_brings_no_duplicates(
    table: Subscriptions, database: Database, stated: str | None
) -> None:
    table.record(follow(table), answer(*items("a"), guid=stated), LATER)
    (feed,) = take(table, FEED)
    assert table.record(feed, answer(*items("b", "a"), url=NEW, guid=stated), LATER) == 1
    assert submitted(database) == ["a", "b"]
    (one,) = table.followed()
    assert (one.feed.url, one.feed.podcast_guid) == (NEW, stated or podcast_guid(FEED))
    assert [episode.feed_url for episode in Submissions(database).episodes()] == [FEED, NEW]
    assert table.add({NEW: None}, FROM_NOW_ON, "somebody")[0].outcome == "known"


def test_a_feed_that_moves_before_it_was_read_is_known_by_its_first_address(table: Subscriptions) -> None:
    table.record(follow(table), answer(*items("a"), url=NEW), LATER)
    assert table.followed()[0].feed.podcast_guid == podcast_guid(FEED)


def test_a_feed_that_moves_to_one_that_is_followed_is_merged_into_it(table: Subscriptions, database: Database) -> None:
    table.record(follow(table), answer(*items("b", "a")), LATER)
    table.record(follow(table, FROM_NOW_ON, NEW), answer(*items("c", "b", "a"), url=NEW), LATER)
    (feed,) = take(table, FEED)
    assert table.record(feed, answer(*items("d", "c", "b", "a"), url=NEW), LATER) == 2
    (one,) = table.followed()
    assert (one.feed.url, one.feed.selection.everything, one.items, one.episodes) == (NEW, True, 4, 4)
    (feed,) = take(table, NEW)
    assert table.record(feed, answer(*items("d", "c", "b", "a"), url=NEW), LATER) == 0
    assert submitted(database) == ["a", "b", "c", "d"]


def test_a_feed_that_moves_to_one_that_was_never_read_brings_its_guid_along(
    table: Subscriptions, database: Database
) -> None:
    table.record(follow(table), answer(*items("a")), LATER)
    follow(table, EVERYTHING, NEW)
    (feed,) = take(table, FEED)
    table.record(feed, answer(*items("b", "a"), url=NEW), LATER)
    (one,) = table.followed()
    assert (one.feed.url, one.feed.podcast_guid) == (NEW, podcast_guid(FEED))
    assert submitted(database) == ["a", "b"]


def test_a_removed_feed_is_neither_listed_nor_polled_and_remembers_what_it_took(
    table: Subscriptions, database: Database
) -> None:
    feed = follow(table)
    table.record(feed, answer(*items("a")), datetime.now(UTC))
    assert table.remove("http://show.example/feed/").url == FEED
    assert (table.followed(), table.take_due(LATER, 10), take(table, FEED)) == ([], [], [])
    assert table.record(feed, answer(*items("b", "a")), LATER) == 0
    table.fail(feed, "late", LATER, gone=True)
    assert table.add({FEED: None}, EVERYTHING, "somebody")[0].outcome == "new"
    (feed,) = table.take_due(LATER, 10)
    assert table.record(feed, answer(*items("b", "a")), LATER) == 1
    assert submitted(database) == ["a", "b"]


def test_a_feed_is_removed_by_its_id(table: Subscriptions) -> None:
    feed = follow(table)
    assert table.remove(str(feed.id)).url == FEED
    for name in (str(feed.id), FEED, "77", "9" * 30, "no URL"):
        with pytest.raises(InvalidSubmission, match="is followed|URL"):
            table.remove(name)


def test_failures_are_counted_until_the_feed_is_read(table: Subscriptions) -> None:
    feed = follow(table)
    for _ in range(2):
        table.fail(feed, "SourceUnavailable: busy", LATER, gone=False)
    (one,) = table.followed()
    assert (one.feed.failures, one.feed.error, one.feed.state) == (2, "SourceUnavailable: busy", "active")
    table.record(feed, answer(), LATER)
    assert (table.followed()[0].feed.failures, table.followed()[0].feed.error) == (0, None)


def test_a_feed_that_is_gone_is_never_due_until_it_is_added_again(table: Subscriptions) -> None:
    feed = follow(table)
    table.fail(feed, "SourceGone: 410", datetime.now(UTC), gone=True)
    assert table.take_due(LATER, 10) == take(table, FEED) == []
    assert table.followed()[0].feed.state == "gone"
    assert table.add({FEED: None}, FROM_NOW_ON, "somebody")[0].outcome == "new"
    (feed,) = table.take_due(LATER, 10)
    assert (feed.state, feed.error, feed.failures) == ("active", None, 0)


def test_the_longest_due_are_taken_first_and_nobody_takes_them_again(table: Subscriptions) -> None:
    for number in range(5):
        table.add({f"{FEED}/{number}": None}, FROM_NOW_ON, "somebody")
    for feed in (1, 2, 3):  # polled since, and due again after those that never were
        table.take_named([feed], datetime.now(UTC))
    until = datetime.now(UTC) + timedelta(minutes=15)
    taken = [[feed.id for feed in table.take_due(until, 2)] for _ in range(4)]
    assert taken == [[4, 5], [1, 2], [3], []]


def test_a_feed_whose_run_died_comes_due_again(table: Subscriptions) -> None:
    table.add({FEED: None}, FROM_NOW_ON, "somebody")
    assert len(table.take_due(datetime.now(UTC) - timedelta(seconds=1), 10)) == 1
    assert len(table.take_due(LATER, 10)) == 1


def test_a_run_that_comes_too_late_finds_its_feeds_taken_by_another(table: Subscriptions) -> None:
    table.add({FEED: None}, FROM_NOW_ON, "somebody")
    handed = datetime.now(UTC) - timedelta(seconds=1)
    (feed,) = table.take_due(handed, 10)
    assert [one.id for one in table.take_handed([feed.id], handed, LATER)] == [feed.id]
    assert table.take_handed([feed.id], handed, LATER) == []


def test_eight_that_take_at_the_same_moment_take_each_feed_once(table: Subscriptions) -> None:
    table.add({f"{FEED}/{number}": None for number in range(40)}, FROM_NOW_ON, "somebody")
    found: list[int] = []
    begin = threading.Barrier(8)

    def taking() -> None:
        begin.wait()
        found.extend(feed.id for feed in table.take_due(LATER, 40))

    threads = [threading.Thread(target=taking) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 41))


def test_what_is_due_is_found_by_an_index(table: Subscriptions, postgres_url: str) -> None:
    database, asked = Database(postgres_url), []
    listen = (database.engine, "before_cursor_execute", lambda *heard: asked.append(heard[2:4]))
    sa.event.listen(*listen)
    Subscriptions(database).take_due(LATER, 50)
    sa.event.remove(*listen)
    assert len(asked) == 1, "an idle tick asks once"
    with database.reading() as connection:
        connection.exec_driver_sql("set local enable_seqscan = off")
        plan = connection.exec_driver_sql(f"explain {asked[0][0]}", asked[0][1]).scalars().all()
    assert any("ix_feeds_state_due_at" in line for line in plan), plan
    database.close()


def test_ten_thousand_items_are_recorded_once_and_asked_about_in_a_few_statements(
    table: Subscriptions, database: Database
) -> None:
    found = tuple(FeedItem(f"{number:05}", NOW - timedelta(hours=number), has_audio=True) for number in range(10_000))
    assert table.record(follow(table), answer(*found), LATER) == 10_000
    (feed,) = take(table, FEED)
    asked: list[str] = []
    listen = (database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    sa.event.listen(*listen)
    again = table.record(feed, answer(*found), LATER)
    sa.event.remove(*listen)
    assert again == 0
    assert len(asked) < 50
    assert submitted(database) == [item.guid for item in reversed(found)]


def test_the_longest_and_strangest_guids_are_taken_once(table: Subscriptions, database: Database) -> None:
    strange = items("".join(chr(0x4E00 + n * 7 % 20_000) for n in range(5_000)), "Ünïcode — 🎷", "a|b", "x" * 700)
    table.record(follow(table), answer(*strange), LATER)
    (feed,) = take(table, FEED)
    assert table.record(feed, answer(*strange), LATER) == 0
    episodes = Submissions(database).episodes()
    assert [episode.guid for episode in episodes] == [item.guid for item in reversed(strange)]
    assert all(episode.submission.podcast_guid is None for episode in episodes)


def test_a_database_row_is_written_for_each_feed_only_once(table: Subscriptions, database: Database) -> None:
    follow(table)
    follow(table, FROM_NOW_ON)
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(feeds)).scalar_one() == 1


def unsigned(name: str, token: str, day: int = 1) -> FeedItem:
    """An item without a guid, whose audio is signed anew at each reading."""
    audio = f"https://cdn.example/{name}.mp3?token={token}"
    aliases = (f"cdn.example/{name}.mp3", audio)
    return FeedItem(f"show.example/{name}", datetime(2026, 11, day, tzinfo=UTC), True, aliases, audio)


def test_an_item_that_was_recorded_by_its_audio_does_not_come_back_when_the_query_changes(
    table: Subscriptions, database: Database
) -> None:
    feed = follow(table)
    before = "https://cdn.example/a.mp3?token=1"
    table.record(feed, answer(FeedItem(before, NOW, has_audio=True)), LATER)
    for token in "23":
        assert table.record(take(table, FEED)[0], answer(unsigned("b", token, 2), unsigned("a", token)), LATER) == int(
            token == "2"
        )
    assert submitted(database) == [before, "show.example/b"]


def test_an_item_that_was_recorded_under_another_of_its_names_is_the_same(
    table: Subscriptions, database: Database
) -> None:
    feed = follow(table)
    table.record(feed, answer(FeedItem("show.example/a", NOW, has_audio=True)), LATER)
    named_since = FeedItem("guid-a", NOW, has_audio=True, aliases=("show.example/a",))
    assert table.record(take(table, FEED)[0], answer(named_since), LATER) == 0
    assert submitted(database) == ["show.example/a"]


def test_an_item_that_takes_the_guid_of_another_is_an_episode_of_its_own(
    table: Subscriptions, database: Database
) -> None:
    feed = follow(table)
    first = FeedItem("same", NOW - timedelta(days=1), has_audio=True, aliases=("show.example/a",))
    second = FeedItem("show.example/b", NOW, has_audio=True, aliases=("same",))
    table.record(feed, answer(first), LATER)
    assert table.record(take(table, FEED)[0], answer(second, first), LATER) == 1
    assert submitted(database) == ["same", "show.example/b"]
