"""Submitting, asking again, reading on: the same on SQLite and on Postgres."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.artifact_index import ArtifactIndex
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.schema import requests, submissions
from ragtime_assets.corpus.submissions import Submissions
from ragtime_assets.domain.episode.identity import PARTITION_KEY, item_submission, page_submission
from ragtime_assets.domain.graph import PHASES
from ragtime_assets.errors import InvalidSubmission, StorageFull, StoreUnavailable
from ragtime_assets_tests.corpus.rows import envelope
from ragtime_assets_tests.processes import together

PAGE = "https://blue-notes.example/episodes/django%20in%20paris?a=1&b=2"
VARIANTS = [
    "http://blue-notes.example/episodes/django%20in%20paris?a=1&b=2",
    "https://www.blue-notes.example/episodes/django%20in%20paris?a=1&b=2",
    "https://blue-notes.example/episodes/django%20in%20paris/?a=1&b=2",
    "https://Blue-Notes.EXAMPLE/episodes/django%20in%20paris?a=1&b=2",
    "https://blue-notes.example./episodes/django%20in%20paris?a=1&b=2",
    "https://blue-notes.example/episodes/django%20in%20paris?b=2&a=1",
    "https://blue-notes.example/episodes/django%20in%20paris?a=1&b=2&utm_source=mail&fbclid=x&gclid=y&mc_cid=z",
    "https://blue-notes.example/episodes/django%20in%20paris?a=1&b=2#t=60",
    "https://blue-notes.example:443/episodes/django%20in%20paris?a=1&b=2",
    "http://blue-notes.example:80/episodes/django%20in%20paris?a=1&b=2",
    "https://blue-notes.example/episodes/%64jango%20in%20paris?a=1&%62=2",
    "  https://blue-notes.example/episodes/django%20in%20paris?a=1&b=2\n",
]
SUBMIT = """
import json, sys
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.submissions import Submissions
from ragtime_assets.domain.episode.identity import page_submission
database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
receipt = Submissions(database).submit([page_submission(sys.argv[2])], "somebody")[0]
database.close()
print(json.dumps([receipt.key, receipt.new]))
"""


@pytest.fixture
def table(database: Database) -> Submissions:
    """The submissions of a fresh corpus."""
    return Submissions(database)


def submitted(table: Submissions, *names: str) -> list[str]:
    """The keys of new episodes of one show."""
    wanted = [page_submission(f"https://show.example/{name}") for name in names]
    return [receipt.key for receipt in table.submit(wanted, "somebody")]


def test_when_somebody_asked_last_is_told_apart_from_what_asks_by_itself(table: Submissions) -> None:
    one, other = submitted(table, "one", "other")
    by_itself = ("recovery", "outage")
    first = table.asked_by_others(one, by_itself)
    assert first is not None
    table.request([one], by="recovery")
    table.request([one], by="outage")
    assert table.asked_by_others(one, by_itself) == first
    assert (table.asked_since(one, "recovery", first), table.asked_since(other, "recovery", first)) == (1, 0)
    table.request([one], by="a person")
    last = table.asked_by_others(one, by_itself)
    assert last is not None
    assert last > first
    assert table.asked_since(one, "recovery", last) == 0


def forget(database: Database, key: str) -> None:
    """Lay an episode's tombstone."""
    with database.writing() as connection:
        gone = sa.update(submissions).where(submissions.c.key == key)
        connection.execute(gone.values(forgotten_at=datetime.now(UTC)))


@pytest.mark.parametrize("variant", VARIANTS)
def test_submitting_a_variant_of_a_known_url_is_a_no_op_that_says_so(table: Submissions, variant: str) -> None:
    first, again = (table.submit([page_submission(url)], "somebody")[0] for url in (PAGE, variant))
    assert (first.new, again.new) == (True, False)
    assert again.key == first.key
    assert len(table.episodes()) == len(table.after(0, 10)) == 1


def test_all_variants_in_one_submission_are_one_episode(table: Submissions) -> None:
    receipts = table.submit([page_submission(url) for url in (PAGE, *VARIANTS)], "somebody")
    assert [receipt.new for receipt in receipts] == [True] + [False] * len(VARIANTS)
    assert len({receipt.key for receipt in receipts}) == len(table.episodes()) == 1


def test_the_url_is_kept_as_it_was_submitted_first(table: Submissions) -> None:
    for url in (VARIANTS[1], PAGE):
        table.submit([page_submission(url)], "somebody")
    assert table.episodes()[0].url == VARIANTS[1]


def test_an_item_of_a_feed_is_one_episode_whatever_scheme_its_feed_has(table: Submissions) -> None:
    receipts = [
        table.submit([item_submission(feed, " guid-1 ")], "somebody")[0]
        for feed in ("https://show.example/feed", "http://show.example/feed/")
    ]
    assert [receipt.new for receipt in receipts] == [True, False]
    episode = table.episode(receipts[0].key)
    assert (episode.feed_url, episode.guid) == ("https://show.example/feed", "guid-1")
    assert episode.submission.key == receipts[0].key


def test_ten_processes_that_submit_one_url_at_the_same_moment_make_one_episode(empty_database_url: str) -> None:
    urls = [PAGE, *VARIANTS[:9]]
    answers = [json.loads(line) for line in together(SUBMIT, [(empty_database_url, url) for url in urls])]
    assert len({key for key, _ in answers}) == 1
    assert sum(new for _, new in answers) == 1
    database = Database(empty_database_url)
    assert len(Submissions(database).episodes()) == len(Submissions(database).after(0, 20)) == 1
    database.close()


def test_ten_thousand_submissions_are_ten_thousand_requests_in_order(table: Submissions) -> None:
    wanted = [page_submission(f"https://show.example/{number}") for number in range(10_000)]
    receipts = table.submit(wanted, "somebody")
    assert all(receipt.new for receipt in receipts)
    assert [request.key for request in table.after(0, 20_000)] == [receipt.key for receipt in receipts]
    assert not any(receipt.new for receipt in table.submit(wanted, "somebody"))
    assert len(table.after(0, 20_000)) == 10_000


@pytest.mark.parametrize(
    "submission",
    [
        page_submission("https://show.example/" + "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(1_950))),
        page_submission("https://show.example/?" + "".join(f"{n:04x}" for n in range(480))),
        item_submission("https://show.example/feed", "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(5_000))),
        item_submission("https://show.example/feed", "Ünïcode — 🎷 guid"),
    ],
    ids=["long path", "long query", "long guid", "guid in letters of the world"],
)
def test_the_longest_and_strangest_names_are_taken_once(table: Submissions, submission) -> None:
    first, again = (table.submit([submission], "somebody")[0] for _ in range(2))
    assert (first.new, again.new) == (True, False)
    assert PARTITION_KEY.fullmatch(first.key)
    assert table.episode(first.key).submission == submission


def test_a_forgotten_episode_comes_back_under_a_new_key(table: Submissions, database: Database) -> None:
    keys = []
    for _ in range(3):
        receipt = table.submit([page_submission(PAGE)], "somebody")[0]
        assert receipt.new
        keys.append(receipt.key)
        forget(database, receipt.key)
    assert keys == [keys[0], f"{keys[0]}-r2", f"{keys[0]}-r3"]


def test_a_forgotten_episode_is_neither_listed_nor_run(table: Submissions, database: Database) -> None:
    gone, kept = submitted(table, "gone", "kept")
    forget(database, gone)
    assert [episode.key for episode in table.episodes()] == [kept]
    assert [request.key for request in table.after(0, 10)] == [kept]
    for ask in (lambda: table.episode(gone), lambda: table.request([gone], "somebody")):
        with pytest.raises(InvalidSubmission, match=gone):
            ask()


def test_requests_count_their_attempts_per_episode(table: Submissions) -> None:
    one, other = submitted(table, "one", "other")
    table.request([one], "somebody")
    table.request([one, other], "somebody", ["summary", "episode_report"])
    assert [(request.key, request.attempt) for request in table.after(0, 10)] == [
        (one, 1),
        (other, 1),
        (one, 2),
        (one, 3),
        (other, 2),
    ]


def test_a_request_keeps_the_assets_it_is_for_and_none_means_what_is_missing(table: Submissions) -> None:
    (key,) = submitted(table, "one")
    table.request([key], "somebody", ["summary", "episode_report"])
    first, second = table.after(0, 10)
    assert (first.assets, second.assets) == (None, ("summary", "episode_report"))
    assert (first.bindings, first.run_key) == ({}, None)


def test_a_request_covers_the_assets_it_names_or_what_was_covered_before(table: Submissions) -> None:
    one, other = submitted(table, "one", "other")
    table.request([one], "somebody", ["summary"])
    table.request([one], "somebody")
    wishes = table.wishes([one, other])
    assert [(wish.scope, wish.assets) for wish in wishes[one]] == [
        (frozenset(PHASES), frozenset()),
        ({"summary"}, {"summary"}),
        (frozenset(PHASES), frozenset()),
    ]
    assert len(wishes[other]) == 1
    assert table.episode(one).wishes == wishes[one]
    assert all(
        request.asked_at == wish.asked_at for request, wish in zip(table.after(2, 5), wishes[one][1:], strict=True)
    )


def test_a_retry_asks_for_no_phase_that_was_added_to_the_graph_since(table: Submissions, database: Database) -> None:
    (key,) = submitted(table, "one")
    with database.writing() as connection:
        connection.execute(sa.update(requests).values(scope=["episode_details"]))
    table.request([key], "somebody")
    assert [wish.scope for wish in table.episode(key).wishes] == [{"episode_details"}] * 2


def test_a_request_names_the_place_that_its_run_needs(table: Submissions) -> None:
    (key,) = submitted(table, "one")
    table.request([key], "somebody", place="speech")
    assert [request.place for request in table.after(0, 10)] == [None, "speech"]


def test_asking_for_many_episodes_takes_a_few_statements(table: Submissions, database: Database) -> None:
    keys = submitted(table, *map(str, range(400)))
    asked: list[str] = []
    listen = (database.engine, "before_cursor_execute", lambda *heard: asked.append(heard[2]))
    sa.event.listen(*listen)
    table.request(keys, "somebody", ["summary"])
    sa.event.remove(*listen)
    assert len(table.after(400, 1_000)) == 400
    assert len(asked) <= 6, asked


def test_asking_for_an_unknown_episode_writes_nothing(table: Submissions) -> None:
    (key,) = submitted(table, "one")
    with pytest.raises(InvalidSubmission, match="no-such-key"):
        table.request([key, "no-such-key"], "somebody")
    assert len(table.after(0, 20_000)) == 1


def test_a_key_that_cannot_be_a_key_is_refused(table: Submissions) -> None:
    with pytest.raises(InvalidSubmission, match="not a partition key"):
        table.episodes("a,b")


def test_reading_on_from_a_cursor_skips_nothing_and_repeats_nothing(table: Submissions) -> None:
    keys = submitted(table, *map(str, range(7)))
    read, cursor = [], 0
    while some := table.after(cursor, 3):
        read += [request.key for request in some]
        cursor = some[-1].id
        assert len(table.after(cursor, 20_000)) == len(keys) - len(read)
    assert read == keys


def test_a_request_remembers_the_run_that_answers_it(table: Submissions) -> None:
    keys = submitted(table, "a", "b", "c")
    ids = [request.id for request in table.after(0, 10)]
    table.assign({ids[0]: "requests-1-2", ids[1]: "requests-1-2", ids[2]: "request-3"})
    assert [request.run_key for request in table.after(0, 10)] == ["requests-1-2", "requests-1-2", "request-3"]
    assert table.keys_of_runs(["requests-1-2", "request-3", "unknown"]) == {
        "requests-1-2": tuple(keys[:2]),
        "request-3": (keys[2],),
    }
    table.assign({})
    assert table.keys_of_runs([]) == {}


def test_an_episode_waits_while_one_of_its_requests_is_unanswered(table: Submissions) -> None:
    (key,) = submitted(table, "one")
    table.request([key], "somebody")
    assert table.episode(key).is_waiting
    table.assign({1: "request-1"})
    assert table.episode(key).is_waiting
    table.assign({2: "request-2"})
    assert not table.episode(key).is_waiting


def test_an_episode_tells_when_it_was_submitted_with_the_zone(table: Submissions) -> None:
    (key,) = submitted(table, "one")
    episode = table.episode(key)
    assert abs((datetime.now(UTC) - episode.submitted_at).total_seconds()) < 60


@pytest.mark.parametrize("asks_by", ["request", "submit"])
def test_a_request_that_commits_late_is_never_passed_by_a_readers_cursor(
    table: Submissions, database: Database, asks_by: str
) -> None:
    (key,) = submitted(table, "one")
    row = {"attempt": 2, "scope": [], "bindings": {}, "requested_by": "slow", "requested_at": datetime.now(UTC)}
    done = threading.Event()

    def ask() -> None:
        if asks_by == "request":
            table.request([key], "fast")
        else:
            submitted(table, "another")
        done.set()

    with database.appending() as connection:
        submission = connection.execute(sa.select(submissions.c.id)).scalar_one()
        connection.execute(sa.insert(requests), [{**row, "submission_id": submission}])
        asker = threading.Thread(target=ask)
        asker.start()
        assert not done.wait(0.5), "a later id became visible before an earlier one"
        assert len(table.after(0, 10)) == 1
    asker.join(10)
    read = table.after(0, 10)
    assert [request.id for request in read] == sorted(request.id for request in read)
    assert [request.attempt for request in read] == [1, 2, 3 if asks_by == "request" else 1]


def test_what_is_asked_for_is_newer_than_what_is_there_though_the_clock_was_stepped_back(
    table: Submissions, database: Database
) -> None:
    (receipt,) = table.submit([page_submission("https://show.example/one")], "somebody")
    made_at = datetime.now(UTC) + timedelta(hours=1)
    ArtifactIndex(database).record([envelope(receipt.key, "transcript", created_at=made_at)])
    for asset in ("transcript", "chunks"):
        table.request([receipt.key], "somebody", [asset])
    first, second, third = (wish.asked_at for wish in table.wishes([receipt.key])[receipt.key])
    assert first < made_at < second < third


def test_what_another_session_of_postgres_has_locked_is_named_and_can_be_written_afterwards(postgres_url: str) -> None:
    holder, other = Database(postgres_url), Database(postgres_url, busy_seconds=0.05)
    wanted = [page_submission("https://show.example/one")]
    with holder.writing() as connection:
        connection.exec_driver_sql("lock table submissions in exclusive mode")
        with pytest.raises(StoreUnavailable, match="locked by another session") as raised:
            Submissions(other).submit(wanted, "somebody")
        assert "idle in transaction" in raised.value.remedy
        assert Submissions(other).episodes() == [], "who only reads waits for nobody"
    assert len(Submissions(other).submit(wanted, "somebody")) == 1
    for one in (holder, other):
        one.close()


def test_a_full_disk_is_called_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'corpus.sqlite'}")
    with database.reading() as connection:
        connection.exec_driver_sql("pragma max_page_count = 1")
    wanted = [page_submission(f"https://show.example/{number}") for number in range(2_000)]
    with pytest.raises(StorageFull, match=r"corpus\.sqlite"):
        Submissions(database).submit(wanted, "somebody")
    assert Submissions(database).episodes() == []
    database.close()


def test_a_database_that_somebody_locked_is_named_and_works_again_afterwards(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'corpus.sqlite'}"
    holder, other = Database(url), Database(url, busy_seconds=0.05)
    assert Submissions(other).episodes() == []
    wanted = [page_submission("https://show.example/one")]
    with holder.writing():
        with pytest.raises(StoreUnavailable, match=r"corpus\.sqlite.*locked") as told:
            Submissions(other).submit(wanted, "somebody")
        assert "try again" in told.value.remedy
        assert Submissions(other).episodes() == [], "who reads does not wait"
    assert Submissions(other).submit(wanted, "somebody")[0].new
    for database in (holder, other):
        database.close()


def test_a_statement_that_is_wrong_is_not_blamed_on_the_database(table: Submissions, database: Database) -> None:
    submitted(table, "one")
    with pytest.raises(sa.exc.IntegrityError), database.writing() as connection:
        connection.execute(sa.insert(requests), [{"submission_id": 1}])


def test_a_database_that_is_not_there_is_named_without_its_password() -> None:
    database = Database("postgresql+psycopg2://user:secret@127.0.0.1:1/corpus")
    with pytest.raises(StoreUnavailable, match="127.0.0.1") as caught:
        Submissions(database).episodes()
    assert "secret" not in str(caught.value)
    assert "RAGTIME_DATABASE_URL" in caught.value.remedy
    database.close()


def test_what_waits_for_a_run_can_be_withdrawn_and_is_asked_for_anew_by_a_retry(table: Submissions) -> None:
    one, other = submitted(table, "one", "other")
    assert table.withdraw(one) == 1
    assert table.withdraw(one) == 0
    assert [request.key for request in table.after(0, 10)] == [other]
    assert (table.episode(one).is_withdrawn, table.episode(one).is_waiting) == (True, False)
    table.request([one], by="test")
    assert [request.key for request in table.after(0, 10)] == [other, one]
    assert table.episode(one).is_withdrawn is False


def test_a_request_that_has_its_run_is_not_withdrawn(table: Submissions) -> None:
    (key,) = submitted(table, "one")
    table.assign({1: "request-1"})
    assert table.withdraw(key) == 0
    assert table.episode(key).run_keys == {"request-1"}


def test_a_redo_that_was_withdrawn_asks_for_nothing_again(table: Submissions) -> None:
    (key,) = submitted(table, "one")
    table.assign({1: "request-1"})
    table.request([key], by="test", assets=["summary"])
    table.withdraw(key)
    assert [wish.assets for wish in table.episode(key).wishes] == [frozenset(), frozenset()]


def test_what_follows_the_correction_of_a_name_is_still_to_be_done_when_it_was_withdrawn(table: Submissions) -> None:
    (key,) = submitted(table, "one")
    table.assign({1: "request-1"})
    table.request([key], by="test", assets=["entity_links"], respells=True)
    assert table.withdraw(key) == 1
    assert table.after(1, 10) == []
    assert table.episode(key).is_withdrawn
    assert [wish.assets for wish in table.episode(key).wishes] == [frozenset(), {"entity_links"}]


def test_a_retry_after_a_withdrawn_redo_keeps_the_models_of_the_first_attempt(table: Submissions) -> None:
    (key,) = submitted(table, "one")
    table.assign({1: "request-1"}, {"summary": "openai:first"})
    table.request([key], by="test", assets=["summary"], rebind=True)
    table.withdraw(key)
    table.request([key], by="test")
    assert table.after(2, 10)[0].bindings == {"summary": "openai:first"}


def test_a_run_is_not_planned_for_a_request_that_was_withdrawn_meanwhile(table: Submissions) -> None:
    one, other = submitted(table, "one", "other")
    read = table.after(0, 10)
    assert len(read) == 2
    table.withdraw(one)
    assert table.assign({1: "requests-1-2", 2: "requests-1-2"}, read=read) is False
    assert table.episode(one).is_withdrawn
    assert [(request.key, request.run_key) for request in table.after(0, 10)] == [(other, None)]


def test_of_two_daemons_that_planned_the_same_requests_one_launches_them(table: Submissions) -> None:
    submitted(table, "one", "other")
    read = table.after(0, 10)
    assert table.assign({1: "request-1", 2: "request-2"}, read=read)
    assert table.assign({1: "request-1", 2: "request-2"}, read=read) is False
    assert table.assign({1: "request-1", 2: "request-2"}, read=table.after(0, 10)), "a tick that died plans again"
