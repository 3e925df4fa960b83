"""Calls that cost money: a budget may stop one before it is made, and no answer is paid twice.

Each answer is in the journal before it is used, and each attempt in the ledger before it is made. What belongs here is
what calls that hear and calls that embed have in common; `agents/desk/` calls models that talk.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from ragtime_assets.domain.money.spending import NOTHING, Outcome, PlannedCall, SettledCall
from ragtime_assets.domain.outlasting import GRACE_SECONDS, outlasting
from ragtime_assets.domain.retries import Retries, retried
from ragtime_assets.errors import OutputInvalid, RagtimeError
from ragtime_assets.ports import Account, Journal, Ledger

T = TypeVar("T")


@dataclass(frozen=True)
class PaidCall:
    """One call: what the journal knows it by, what it may cost, and how it is made."""

    unit: str
    request: str
    """A digest of all that the answer depends on."""
    plan: Callable[[Account], PlannedCall]
    prepare: Callable[[], Callable[[], str]]
    """Makes what is sent, once, before anything is reserved for it; each attempt then sends that."""
    settle: Callable[[str], SettledCall]
    """What an answer cost."""


@dataclass(frozen=True)
class PaidCalls:
    """Makes calls, on somebody's account where there is one."""

    journal: Journal | None
    account: Account | None
    retries: Retries
    wait: Callable[[float], None] = time.sleep
    grace: float = GRACE_SECONDS
    """Seconds for which an answer is waited for when somebody stops the caller."""

    def answer(self, call: PaidCall, read: Callable[[str], T]) -> T:
        """What `read` makes of the answer, got by an attempt that died or now; one it calls invalid is forgotten."""
        body = self.journal.find(call.unit, call.request) if self.journal else None
        number = self._replayed(call) if body is not None else None
        if body is None:
            send = call.prepare()
            body, number = retried(lambda: self._attempt(call, send), self.retries, self.wait)
            self._keep(call, body)
        try:
            return read(body)
        except OutputInvalid:
            if self.journal:
                self.journal.reject(call.unit, call.request)
            if self.account and number is not None:
                self.account.ledger.reject(number)
            raise

    def _attempt(self, call: PaidCall, send: Callable[[], str]) -> tuple[str, int | None]:
        """The body of the answer, and its number in the ledger."""
        if self.account is None:
            return outlasting(send, lambda body: self._keep(call, body), self.grace), None
        planned = call.plan(self.account)
        row = _Row(self.account.ledger, self.account.ledger.open(planned), planned)

        def came_late(body: str) -> None:
            row.close(call.settle(body))
            self._keep(call, body)

        try:
            body = outlasting(send, came_late, self.grace)
        except RagtimeError as error:
            # What was refused was not worked on; what never answered may have been.
            charge = NOTHING if "status" in error.details else planned.charge
            row.end("failed", charge, f"{type(error).__name__}: {error.message}")
            raise
        except BaseException as error:
            row.end("cancelled", planned.charge, f"interrupted by {type(error).__name__}")
            raise
        row.close(call.settle(body))
        return body, row.number

    def _keep(self, call: PaidCall, body: str) -> None:
        if self.journal:
            self.journal.keep(call.unit, call.request, body)

    def _replayed(self, call: PaidCall) -> int | None:
        if self.account is None:
            return None
        number = self.account.ledger.open(call.plan(self.account).replayed)
        self.account.ledger.settle(number, SettledCall("replayed", NOTHING))
        return number


@dataclass
class _Row:
    """The row of a call in the ledger; what closes it first counts."""

    ledger: Ledger
    number: int
    planned: PlannedCall
    began: float = field(default_factory=time.monotonic)
    is_open: bool = True

    def close(self, settled: SettledCall) -> None:
        if self.is_open:
            self.is_open = False
            took = round((time.monotonic() - self.began) * 1000)
            self.ledger.settle(self.number, replace(settled, milliseconds=took))

    def end(self, outcome: Outcome, charge: Decimal, said: str) -> None:
        self.close(SettledCall(outcome, charge, audio_seconds=self.planned.audio_seconds, error=said))
