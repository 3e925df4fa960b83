"""Embeds through OpenAI's endpoint, or any server that speaks like it.

Texts go in batches; each answer is kept in the journal before it is used, so that none is paid twice. How they are
sent is `embedding_endpoint.py`, how they are paid `web/paid_calls.py`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from ragtime_assets.adapters.vectors.embedding_endpoint import EmbeddingEndpoint, read_rows, read_tokens
from ragtime_assets.adapters.vectors.shaping import clean, unit
from ragtime_assets.adapters.web.paid_calls import PaidCall, PaidCalls
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.money.prices import MILLION, PRICES_FILE, TokenPrice
from ragtime_assets.domain.money.spending import Budget, Cost, PlannedCall, SettledCall, Tokens
from ragtime_assets.domain.retries import Retries
from ragtime_assets.ports import Account, Journal

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

OPENAI = "https://api.openai.com/v1"
PROVIDER = "openai"
BATCH = 128
QUERY_SECONDS = 30.0
"""For how long somebody who asks is kept waiting."""
SIGNS_PER_TOKEN = 3
"""At least so many, in the languages that are written with letters: a guess on the dear side."""
LONGEST = 20_000
"""Signs of one text that are sent: OpenAI's models take 8,192 tokens."""
_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
_PRICES = {
    "text-embedding-3-small": Decimal("0.02"),
    "text-embedding-3-large": Decimal("0.13"),
    "text-embedding-ada-002": Decimal("0.10"),
}
"""OpenAI's, in dollars per million tokens."""


@dataclass
class _Learnt:
    """The dimension, as soon as one answer came."""

    dimension: int | None = None


@dataclass(frozen=True)
class OpenAIEmbedder:
    """An `Embedder` behind an HTTP endpoint; who pays, and what is replayed, is bound to it by `paid_by`."""

    endpoint: EmbeddingEndpoint
    seconds: float = 3_600
    """How long all batches may take together."""
    prices: Mapping[str, TokenPrice] = field(default_factory=dict[str, TokenPrice])
    """The user's own, by provider and model."""
    budget: Budget = Budget()
    """What a token counts whose price nobody knows."""
    account: Account | None = None
    journal: Journal | None = None
    wait: Callable[[float], None] = time.sleep
    _learnt: _Learnt = field(default_factory=_Learnt, repr=False, compare=False)

    @property
    def engine(self) -> str:
        """Name and model."""
        return f"openai {self.endpoint.model}"

    @property
    def dimension(self) -> int:
        """As it is known of the model, or as its first answer has it."""
        return self._known_dimension or self._embedded("dimension", ["dimension"], Deadline(QUERY_SECONDS)).shape[1]

    def paid_by(self, account: Account, journal: Journal | None = None) -> OpenAIEmbedder:
        """This embedder, on somebody's account."""
        return replace(self, account=account, journal=journal)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row per passage."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        starts, deadline = range(0, len(texts), BATCH), Deadline(self.seconds)
        return np.concatenate([self._embedded(f"texts {at}", texts[at : at + BATCH], deadline) for at in starts])

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        return self._embedded("query", [text], Deadline(QUERY_SECONDS))[0]

    def queries(self, texts: Sequence[str]) -> Vectors:
        """One row per question; asked together, because each call takes its time."""
        return self._embedded("queries", texts, Deadline(QUERY_SECONDS))

    def cost_of(self, tokens: int) -> Cost:
        """What so many tokens cost, as far as anybody knows."""
        model = self.endpoint.model
        if own := self.prices.get(f"{PROVIDER}:{model}"):
            return Cost(own.of(Tokens(tokens)), PRICES_FILE)
        known = _PRICES.get(model) if self.endpoint.url == OPENAI else None
        return Cost() if known is None else Cost(known * tokens / MILLION, "per million tokens")

    @property
    def _known_dimension(self) -> int | None:
        known = _DIMENSIONS.get(self.endpoint.model) if self.endpoint.url == OPENAI else None
        return self._learnt.dimension or known

    def _embedded(self, unit_name: str, texts: Sequence[str], deadline: Deadline) -> Vectors:
        sent = [clean(text)[:LONGEST].strip() or "-" for text in texts]  # nothing is no text to them
        asked = json.dumps([self.endpoint.url, self.endpoint.model, sent])
        guess = Tokens(sum(map(tokens_of, sent)))

        def settled(body: str) -> SettledCall:
            told = read_tokens(body)
            tokens = guess if told is None else Tokens(told)
            cost = self.cost_of(tokens.total)
            return SettledCall("ok", self.budget.charge(cost.amount, tokens), tokens=tokens, cost=cost)

        call = PaidCall(
            unit=unit_name,
            request=hashlib.sha256(asked.encode()).hexdigest(),
            plan=lambda account: self._planned(account, unit_name, guess),
            prepare=lambda: lambda: self.endpoint.send(sent, deadline),
            settle=settled,
        )
        calls = PaidCalls(self.journal, self.account, Retries(left=deadline.left), self.wait)
        rows = calls.answer(call, lambda body: read_rows(body, len(sent), self._known_dimension))
        self._learnt.dimension = rows.shape[1]
        return unit(rows)

    def _planned(self, account: Account, unit_name: str, guess: Tokens) -> PlannedCall:
        cost = self.cost_of(guess.total).amount
        return PlannedCall(
            payer=account.payer,
            agent="embedder",
            unit=unit_name,
            provider=PROVIDER,
            model=self.endpoint.model,
            charge=self.budget.charge(cost, guess),
            is_priced=cost is not None,
        )


def tokens_of(text: str) -> int:
    """About how many tokens a text has, rather too many; each sign of a script without letters may be one or two."""
    unspaced = sum(sign >= "\u2e80" for sign in text)
    return 1 + 2 * unspaced + (len(text) - unspaced) // SIGNS_PER_TOKEN
