"""A paid call that is under way when somebody stops the run."""

from __future__ import annotations

import os
import signal
from decimal import Decimal
from threading import Event, Timer

import pytest

from ragtime_assets.adapters.web.paid_calls import PaidCall, PaidCalls
from ragtime_assets.domain.money.spending import Payer, PlannedCall, SettledCall
from ragtime_assets.domain.retries import Retries
from ragtime_assets.ports import Account
from ragtime_assets_tests.fakes import FakeJournal, FakeLedger

PLANNED = PlannedCall(Payer("one", "transcript", "run"), "speech", "0", "openai", "whisper-1", Decimal("0.5"))


def call(answers: Event, after: float) -> PaidCall:
    """One that Ctrl-C meets when it was sent; its answer comes after so many seconds."""

    def send() -> str:
        Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        answers.wait(after)
        return "words"

    settled = SettledCall("ok", Decimal("0.1"))
    return PaidCall("0", "digest", lambda _account: PLANNED, lambda: send, lambda _body: settled)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(
    ("after", "outcome", "charge", "kept"),
    [(0.4, "ok", "0.1", "words"), (60, "cancelled", "0.5", None)],
    ids=["it comes soon", "it does not come"],
)
def test_what_a_call_cost_that_was_stopped_is_in_the_ledger_and_what_came_in_the_journal(
    after: float, outcome: str, charge: str, kept: str | None
) -> None:
    journal, ledger, answers = FakeJournal(), FakeLedger(), Event()
    calls = PaidCalls(journal, Account(ledger, PLANNED.payer), Retries(), grace=10 if kept else 0.05)
    with pytest.raises(KeyboardInterrupt):
        calls.answer(call(answers, after), str)
    answers.set()
    assert [(one.outcome, one.charge) for one in ledger.settled.values()] == [(outcome, Decimal(charge))]
    assert journal.find("0", "digest") == kept
