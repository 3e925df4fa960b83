"""Questions and answers are rows: asked once, answered together with the request for a run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ragtime_assets.corpus.approvals import SqlApprovals
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.submissions import Submissions
from ragtime_assets.domain.approving.approval import Decision
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets_tests.kills import killed_at

A, B = "a" * 64, "b" * 64


@pytest.fixture
def approvals(database: Database) -> SqlApprovals:
    return SqlApprovals(database)


@pytest.fixture
def keys(database: Database) -> Sequence[str]:
    wanted = [page_submission(f"https://show.example/{name}") for name in ("one", "two")]
    return [receipt.key for receipt in Submissions(database).submit(wanted, by="test")]


def ask(approvals: SqlApprovals, key: str, covers: str = A) -> None:
    approvals.ask(key, "transcript", covers, "every episode is approved first", "1:00:00 of audio")


def requests(database: Database) -> list[str]:
    return [one.key for one in Submissions(database).after(0, 100)]


def test_the_same_inputs_never_ask_twice_and_others_ask_again(approvals: SqlApprovals, keys: Sequence[str]) -> None:
    ask(approvals, keys[0])
    approvals.decide(keys[:1], Decision.APPROVED, "anna")
    ask(approvals, keys[0])
    assert approvals.waiting() == []
    ask(approvals, keys[0], B)
    assert [(one.key, one.covers) for one in approvals.waiting()] == [(keys[0], B)]


def test_a_yes_asks_for_a_run_once_and_twice_changes_nothing(
    approvals: SqlApprovals, keys: Sequence[str], database: Database
) -> None:
    ask(approvals, keys[0])
    before = requests(database)
    assert approvals.decide(keys[:1], Decision.APPROVED, "anna", "go") == [keys[0]]
    first = approvals.newest([keys[0]])[keys[0]]
    assert approvals.decide(keys[:1], Decision.APPROVED, "bert") == []
    assert approvals.newest([keys[0]])[keys[0]] == first
    assert (first.by, first.note) == ("anna", "go")
    assert requests(database) == [*before, keys[0]]


@pytest.mark.parametrize("decision", list(Decision))
def test_a_decision_that_is_killed_was_not_made_and_is_made_with_its_request_the_next_time(
    decision: Decision, approvals: SqlApprovals, keys: Sequence[str], database: Database
) -> None:
    ask(approvals, keys[0])
    before, url = requests(database), database.url.render_as_string(hide_password=False)

    def decides() -> None:
        SqlApprovals(Database(url)).decide(keys[:1], decision, "anna")

    assert killed_at("append_requests", "ragtime_assets.corpus.submissions", decides)
    assert [one.key for one in approvals.waiting()] == [keys[0]]
    assert requests(database) == before
    decides()
    assert approvals.newest([keys[0]])[keys[0]].decision is decision
    assert requests(database) == [*before, keys[0]]


def test_a_no_can_be_taken_back_and_a_yes_cannot(approvals: SqlApprovals, keys: Sequence[str]) -> None:
    ask(approvals, keys[0])
    approvals.decide(keys[:1], Decision.REJECTED, "anna")
    assert approvals.decide(keys[:1], Decision.APPROVED, "anna") == [keys[0]]
    with pytest.raises(InvalidSubmission, match="approved by anna") as refused:
        approvals.decide(keys[:1], Decision.REJECTED, "anna")
    assert "ragtime cancel" in refused.value.remedy


def test_nothing_is_decided_where_one_of_them_waits_for_nothing(
    approvals: SqlApprovals, keys: Sequence[str], database: Database
) -> None:
    ask(approvals, keys[0])
    before = requests(database)
    with pytest.raises(InvalidSubmission, match="does not wait for approval"):
        approvals.decide(keys, Decision.APPROVED, "anna")
    assert [one.key for one in approvals.waiting()] == [keys[0]]
    assert requests(database) == before


def test_each_answer_is_told_once_and_a_new_one_again(approvals: SqlApprovals, keys: Sequence[str]) -> None:
    ask(approvals, keys[0])
    assert approvals.untold(10) == []
    approvals.decide(keys[:1], Decision.REJECTED, "anna")
    (told,) = approvals.untold(10)
    approvals.decide(keys[:1], Decision.APPROVED, "anna")
    approvals.tell(told)
    assert [one.decision for one in approvals.untold(10)] == [Decision.APPROVED], "what was told is not the newest"
    approvals.tell(approvals.untold(10)[0])
    assert approvals.untold(10) == []


def test_what_is_forgotten_is_not_waited_for(approvals: SqlApprovals, keys: Sequence[str]) -> None:
    ask(approvals, keys[0])
    approvals.forget(keys[0])
    assert approvals.waiting() == []
