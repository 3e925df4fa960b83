"""Which episodes wait for a person's yes, as `RAGTIME_APPROVAL` says it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ragtime_assets.domain.approving.estimate import Estimate
from ragtime_assets.domain.money.spending import dollars

NEVER, LOW_CONFIDENCE, ALWAYS, OVER = "never", "low_confidence", "always", "over:"
ACCEPTED = "accepted are never, low_confidence, always, and over: with dollars behind it, as in over:2.50"

REASONS = {
    "doubt": "its audio may be another episode's",
    "always": "every episode is approved first",
    "dear": "it is likely to cost more than",
    "unpriced": "nobody knows whether it costs more than",
}
"""By name, how a reason begins that is told to a person."""


@dataclass(frozen=True)
class ApprovalPolicy:
    """When a person is asked."""

    word: str = NEVER
    limit: Decimal | None = None

    @property
    def asks(self) -> bool:
        """Whether anybody is ever asked."""
        return self.word != NEVER

    def why(self, doubt: str | None, estimate: Estimate) -> str | None:
        """Why this episode has to wait; None when it may go on. `doubt` tells why its audio may be another's."""
        if not self.asks:
            return None
        if doubt:
            return f"{REASONS['doubt']}: {doubt}"
        if self.word == ALWAYS:
            return REASONS["always"]
        if self.limit is None:
            return None
        if estimate.known > self.limit:
            return f"{REASONS['dear']} {dollars(self.limit)}"
        if estimate.unpriced:
            return f"{REASONS['unpriced']} {dollars(self.limit)}"
        return None

    def __str__(self) -> str:
        """As it is written."""
        return self.word if self.limit is None else f"{OVER}{self.limit}"


def reason_of(why: str) -> str | None:
    """The name of the reason that is told; None for one of another version."""
    return next((name for name, says in REASONS.items() if why.startswith(says)), None)


def read_policy(text: str) -> ApprovalPolicy:
    """What is written; raises ValueError, which says what is accepted."""
    word = text.strip().lower()
    if word in (NEVER, LOW_CONFIDENCE, ALWAYS):
        return ApprovalPolicy(word)
    try:
        limit = Decimal(word.removeprefix(OVER).removeprefix("$")) if word.startswith(OVER) else Decimal("NaN")
    except InvalidOperation:
        limit = Decimal("NaN")
    if not limit.is_finite() or limit < 0:
        raise ValueError(ACCEPTED)
    return ApprovalPolicy(OVER, limit)
