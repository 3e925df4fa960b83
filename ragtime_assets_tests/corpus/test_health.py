"""What the tables tell of all episodes at once is exact, and leaves out what was forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from ragtime_assets.corpus.approvals import SqlApprovals
from ragtime_assets.corpus.artifact_index import ArtifactIndex
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.health import SqlHealth, host_of
from ragtime_assets.corpus.submissions import Submissions
from ragtime_assets.corpus.subscriptions import Subscriptions
from ragtime_assets.domain.approving.approval import Decision
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.episode.subscription import Selection
from ragtime_assets.domain.episode.trace import TraceStep
from ragtime_assets.domain.health import Approvals, ToolOutcomes
from ragtime_assets_tests.corpus.rows import NOW, envelope


@pytest.fixture
def health(database: Database) -> SqlHealth:
    return SqlHealth(database)


@pytest.fixture
def keys(database: Database) -> Sequence[str]:
    """Four episodes: the first forgotten, the second waits for its run, the others have had theirs."""
    submissions = Submissions(database)
    wanted = [page_submission(f"https://show.example/{name}") for name in ("gone", "waits", "one", "two")]
    found = [receipt.key for receipt in submissions.submit(wanted, by="test")]
    submissions.bury(found[0])
    submissions.assign({one.id: f"run-{one.id}" for one in submissions.after(0, 10) if one.key != found[1]})
    return found


def test_episodes_are_counted_by_what_is_known_of_them(
    health: SqlHealth, database: Database, keys: Sequence[str]
) -> None:
    index = ArtifactIndex(database)
    index.record([envelope(keys[0], "search_index"), envelope(keys[2], "search_index"), envelope(keys[3], "chunks")])
    assert (health.episodes(), health.searchable(), health.waiting()) == (3, 1, 1)
    assert health.at_rest_unsearchable() == {keys[3]}
    assert health.live(keys) == set(keys[1:])


def test_what_was_embedded_and_not_published_since_is_counted(
    health: SqlHealth, database: Database, keys: Sequence[str]
) -> None:
    index = ArtifactIndex(database)
    index.record([envelope(key, "embeddings") for key in keys[1:]])
    index.record([envelope(keys[1], "search_index", created_at=NOW - timedelta(days=1))])
    index.record([envelope(keys[2], "search_index", created_at=NOW + timedelta(days=1))])
    assert health.unpublished() == 2


def test_the_newest_question_about_each_episode_counts(
    health: SqlHealth, database: Database, keys: Sequence[str]
) -> None:
    approvals = SqlApprovals(database)
    for key in keys:
        approvals.ask(key, "transcript", "a", "why", "how much")
    approvals.decide([keys[1]], Decision.APPROVED, "ella")
    approvals.decide([keys[2]], Decision.REJECTED, "ella")
    approvals.ask(keys[1], "transcript", "b", "why", "how much")
    found = health.approvals()
    assert found == Approvals(waiting=3, approved=0, rejected=1, waiting_since=found.waiting_since)
    assert found.waiting_since is not None


def test_feeds_that_fail_are_counted_and_the_worst_are_named(health: SqlHealth, database: Database) -> None:
    subscriptions = Subscriptions(database)
    subscriptions.add({f"https://{name}.example/feed": None for name in "abc"}, Selection(since=NOW), by="test")
    due = datetime.now(UTC) + timedelta(hours=1)
    first, second, third = subscriptions.take_due(due, 10)
    for feed in (first, second, second, third):
        (again,) = subscriptions.take_handed([feed.id], due, due)
        subscriptions.fail(again, "SourceGone: 404", due, gone=False)
    subscriptions.remove(third.url)
    every, failing, worst = health.feeds()
    assert (every, failing) == (2, 2)
    assert [(one.url, one.failures, one.error) for one in worst] == [
        (second.url, 2, "SourceGone: 404"),
        (first.url, 1, "SourceGone: 404"),
    ]


def step(tool: str, outcome: str, **arguments: str) -> TraceStep:
    return TraceStep.model_validate({"at": NOW, "tool": tool, "outcome": outcome, "arguments": arguments})


def test_what_tools_came_to_is_added_up_over_all_attempts_by_host(health: SqlHealth) -> None:
    fetched = step("fetch", "ok", url="https://A.example:8080/1?token=x")
    missed = step("fetch", "failed", url="https://a.example/2")
    health.add_outcomes("audio_file", [fetched, missed, step("press", "timeout", name="Play")])
    health.add_outcomes("audio_file", [missed])
    health.add_outcomes("audio_file", [])
    assert health.tools() == (
        ToolOutcomes(asset="audio_file", tool="fetch", host="a.example", ok=1, failed=2),
        ToolOutcomes(asset="audio_file", tool="press", host="", ok=0, failed=1),
    )


@pytest.mark.parametrize("value", ["no address", "https://[", ""])
def test_what_is_no_address_has_no_host(value: str) -> None:
    assert host_of({"on": value}) == ""
