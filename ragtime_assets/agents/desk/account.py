"""What one question costs: a ledger before the ledger, which adds up, and stops what would cost more than it may."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from ragtime_assets.domain.money.spending import NOTHING, PlannedCall, SettledCall, Tokens, dollars
from ragtime_assets.errors import BudgetSpent
from ragtime_assets.ports import Ledger


@dataclass
class Account:
    """A `Ledger` for one question; the calls are made one after the other."""

    ledger: Ledger
    most: Decimal | None = None
    """What all calls together may cost, in dollars; None leaves it to the budgets."""
    charged: Decimal = NOTHING
    tokens: Tokens = field(default_factory=Tokens)
    cost: Decimal | None = None
    """Of the calls whose price is known; None when there is none."""
    _open: dict[int, Decimal] = field(default_factory=dict[int, Decimal])

    def open(self, call: PlannedCall) -> int:
        """Write a call down, unless it may cost more than is left."""
        if self.most is not None and self.charged + call.charge > self.most:
            already = f", after {dollars(self.charged)}" if self.charged else ""
            raise BudgetSpent(
                f"the next call of {call.model_name} may cost {dollars(call.charge)}{already}: past the "
                f"{dollars(self.most)} that the question may cost",
                remedy="Allow it more with --max-cost, or name a cheaper model in RAGTIME_ASK_MODEL.",
                scope="question",
                limit=str(self.most),
                needed=str(call.charge),
            )
        number = self.ledger.open(call)
        self._open[number] = call.charge
        self.charged += call.charge
        return number

    def settle(self, number: int, settled: SettledCall) -> None:
        """Write down what came of a call."""
        self.charged += settled.charge - self._open.pop(number, NOTHING)
        if settled.tokens is not None:
            one, other = self.tokens, settled.tokens
            self.tokens = Tokens(one.input + other.input, one.cached + other.cached, one.output + other.output)
        if settled.cost.amount is not None:
            self.cost = (self.cost or NOTHING) + settled.cost.amount
        self.ledger.settle(number, settled)

    def reject(self, number: int) -> None:
        """Note that an answer was no good."""
        self.ledger.reject(number)
