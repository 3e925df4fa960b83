"""Calls that cost money: a budget may stop one before it is made, and no answer is paid twice.

Each answer is in the journal before it is used, and each attempt in the ledger before it is made. What belongs here is
what calls that hear and calls that embed have in common; `agents/desk/` calls models that talk.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from ragtime_assets.domain.money.spending import NOTHING, PlannedCall, SettledCall
from ragtime_assets.domain.retries import Retries, retried
from ragtime_assets.errors import OutputInvalid, RagtimeError
from ragtime_assets.ports import Account, Journal

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

    def answer(self, call: PaidCall, read: Callable[[str], T]) -> T:
        """What `read` makes of the answer, got by an attempt that died or now; one it calls invalid is forgotten."""
        body = self.journal.find(call.unit, call.request) if self.journal else None
        number = self._replayed(call) if body is not None else None
        if body is None:
            send = call.prepare()
            body, number = retried(lambda: self._attempt(call, send), self.retries, self.wait)
            if self.journal:
                self.journal.keep(call.unit, call.request, body)
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
            return send(), None
        ledger, planned = self.account.ledger, call.plan(self.account)
        number = ledger.open(planned)
        began = time.monotonic()
        try:
            body = send()
        except RagtimeError as error:
            # What was refused was not worked on; what never answered may have been.
            charge = NOTHING if "status" in error.details else planned.charge
            said = f"{type(error).__name__}: {error.message}"
            failed = SettledCall("failed", charge, _since(began), audio_seconds=planned.audio_seconds, error=said)
            ledger.settle(number, failed)
            raise
        ledger.settle(number, replace(call.settle(body), milliseconds=_since(began)))
        return body, number

    def _replayed(self, call: PaidCall) -> int | None:
        if self.account is None:
            return None
        number = self.account.ledger.open(call.plan(self.account).replayed)
        self.account.ledger.settle(number, SettledCall("replayed", NOTHING))
        return number


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
