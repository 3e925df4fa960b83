"""What calls of models cost, and how much they may: tokens, budgets, and a call before and after it was made.

Money is US dollars as Decimal. A price that nobody knows is None and never zero; what such a call counts against a
budget is its tokens, or its minutes of speech, at the exchange rate of the budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from ragtime_assets.errors import BudgetSpent

NOTHING = Decimal(0)

Outcome = Literal["open", "ok", "rejected", "failed", "cancelled", "replayed"]
"""`open` is a call that was made and not settled yet, or never will be: its process died, it may have been paid."""
Scope = Literal["call", "episode", "day"]


@dataclass(frozen=True)
class Tokens:
    """What a model read and wrote; `cached` is part of `input`, and `reasoning`, which nobody reads, of `output`."""

    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.input + self.output


@dataclass(frozen=True)
class Cost:
    """What a call cost, and who says so; both None when nobody does."""

    amount: Decimal | None = None
    source: str | None = None
    input: Decimal | None = None
    """What was read, apart; None where only the sum is known."""
    output: Decimal | None = None


@dataclass(frozen=True)
class Payer:
    """On whose account calls are made."""

    key: str | None
    """The episode; None for a question to the whole corpus."""
    phase: str
    run_id: str
    attempt: int = 1


@dataclass(frozen=True)
class PlannedCall:
    """A call that is about to be made, and what it may cost at most."""

    payer: Payer
    agent: str
    unit: str
    provider: str
    model: str
    charge: Decimal
    """What it counts against budgets until it is settled."""
    is_priced: bool = True
    audio_seconds: float | None = None
    """How much sound is sent to be heard; None for a call that reads."""
    turn: int | None = None
    """Which request it is of those about its unit: repairs and round trips of tools count."""
    prompt_version: str | None = None
    """What changes with everything that the model is told about its work."""

    @property
    def model_name(self) -> str:
        """The model as settings name it."""
        return f"{self.provider}:{self.model}"

    @property
    def replayed(self) -> PlannedCall:
        """This call, answered by the journal: that is free whatever its model costs."""
        return replace(self, charge=NOTHING, is_priced=True)


@dataclass(frozen=True)
class SettledCall:
    """What came of a call."""

    outcome: Outcome
    charge: Decimal
    """What it counts against budgets from now on."""
    milliseconds: int = 0
    tokens: Tokens | None = None
    cost: Cost = Cost()
    audio_seconds: float | None = None
    error: str | None = None
    request_id: str | None = None
    """What the provider calls it."""


@dataclass(frozen=True)
class Budget:
    """Limits in dollars; None is no limit."""

    per_call: Decimal | None = None
    per_episode: Decimal | None = None
    per_day: Decimal | None = None
    tokens_per_usd: int = 100_000
    """How many tokens of a model without a known price count as one dollar."""
    minutes_per_usd: int = 100
    """How many minutes of speech count as one dollar where no price is known."""

    def charge(self, cost: Decimal | None, tokens: Tokens) -> Decimal:
        """What a call that reads counts: its cost, or its tokens when the cost is unknown."""
        return Decimal(tokens.total) / self.tokens_per_usd if cost is None else cost

    def speech_charge(self, cost: Decimal | None, seconds: float) -> Decimal:
        """What a call that listens counts: its cost, or its minutes when the cost is unknown."""
        return Decimal(str(seconds)) / 60 / self.minutes_per_usd if cost is None else cost

    def limit(self, scope: Scope) -> Decimal | None:
        """The limit of this scope."""
        return {"call": self.per_call, "episode": self.per_episode, "day": self.per_day}[scope]

    def refusal(self, call: PlannedCall, scope: Scope, spent: Mapping[str, Decimal]) -> BudgetSpent | None:
        """Why `call` must not be made when this much, by phase, was spent in `scope`; None when it may."""
        limit, before = self.limit(scope), sum(spent.values(), NOTHING)
        is_free = call.charge == 0 and call.is_priced
        if limit is None or is_free or before + call.charge <= limit:
            return None
        on_what = ", ".join(f"{phase} {dollars(one)}" for phase, one in sorted(spent.items(), key=lambda it: -it[1]))
        already = f", after {dollars(before)} for {on_what}" if spent else ""
        setting = f"RAGTIME_BUDGET_USD_PER_{scope.upper()}"
        return BudgetSpent(
            f"the next call of {call.model_name} for {call.payer.phase} may cost {dollars(call.charge)}{already}: "
            f"past the {dollars(limit)} that {setting} allows{'' if call.is_priced else self._unpriced(call)}",
            remedy=f"Raise {setting}, then `ragtime retry KEY`: what was paid is not paid again.",
            scope=scope,
            spent=str(before),
            limit=str(limit),
            needed=str(call.charge),
            setting=setting,
        )

    def _unpriced(self, call: PlannedCall) -> str:
        tokens, minutes = f"{self.tokens_per_usd:,} of its tokens", f"{self.minutes_per_usd:,} minutes of speech"
        return (
            f" (no price is known of {call.model_name}: {tokens if call.audio_seconds is None else minutes} count as "
            "one dollar; name its price in the file of RAGTIME_PRICES)"
        )


@dataclass(frozen=True)
class Total:
    """Calls of one kind, added up."""

    name: str
    calls: int = 0
    tokens: Tokens = field(default_factory=Tokens)
    cost: Decimal | None = None
    """Of the calls whose price is known; None when there is none."""
    unpriced: int = 0
    """Calls that were answered and have no known price."""
    open: int = 0
    failed: int = 0
    replayed: int = 0
    refused: int = 0
    """Calls whose answer was paid for and no good."""
    input_cost: Decimal | None = None
    """Of the calls of which it is known apart."""
    output_cost: Decimal | None = None


@dataclass(frozen=True)
class Call:
    """One call as the ledger has it."""

    at: datetime
    key: str | None
    phase: str
    agent: str
    unit: str
    turn: int | None
    model: str
    prompt_version: str | None
    run_id: str
    attempt: int
    outcome: Outcome
    milliseconds: int | None
    tokens: Tokens | None
    cost: Cost
    request_id: str | None
    error: str | None


def dollars(amount: Decimal) -> str:
    """An amount as people read it: two digits, more when it is small."""
    if 0 < amount < Decimal("0.000001"):
        return "less than $0.000001"
    if 0 < amount < Decimal("0.01"):
        return f"${amount:.6f}".rstrip("0")
    return f"${amount:.2f}"
