"""What models cost per million tokens, or per minute of speech, as far as the user says so.

What belongs here: prices and the file that names them. What does not: prices that are known without the user, which
each provider's adapter looks up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ragtime_assets.domain.money.spending import Tokens
from ragtime_assets.errors import ConfigurationError

PRICES_FILE = "prices file"
MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class TokenPrice:
    """Dollars per million tokens; cached ones cost as much as others unless it says otherwise."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None

    def of(self, tokens: Tokens) -> Decimal:
        """What `tokens` cost."""
        return self.reading(tokens) + self.writing(tokens)

    def reading(self, tokens: Tokens) -> Decimal:
        """What the tokens cost that are read."""
        cached = self.input if self.cached is None else self.cached
        return ((tokens.input - tokens.cached) * self.input + tokens.cached * cached) / MILLION

    def writing(self, tokens: Tokens) -> Decimal:
        """What the tokens cost that are written."""
        return tokens.output * self.output / MILLION


@dataclass(frozen=True)
class Prices:
    """The user's own prices, by model as in `openai-chat:my-model`."""

    tokens: Mapping[str, TokenPrice] = field(default_factory=dict[str, TokenPrice])
    minutes: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    """Dollars per minute of speech."""


def load_prices(path: Path) -> Prices:
    """The prices in a TOML file: a table per model, with input, output and cached, or with minute."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        numbers = {model: _numbers(table) for model, table in tables.items()}
        minutes = {model: price["minute"] for model, price in numbers.items() if set(price) == {"minute"}}
        tokens = {model: TokenPrice(**price) for model, price in numbers.items() if model not in minutes}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, ValueError, ArithmeticError) as error:
        raise ConfigurationError(
            f"RAGTIME_PRICES={str(path)!r} cannot be read: {type(error).__name__}: {error}",
            remedy='Write a table per model, dollars per million tokens: ["openai-chat:my-model"] input = 0.1, '
            'output = 0.4, and optionally cached = 0.05; or dollars per minute of speech: ["openai:my-ears"] '
            "minute = 0.006.",
        ) from error
    return Prices(tokens, minutes)


def _numbers(table: Any) -> dict[str, Decimal]:
    numbers = {name: Decimal(value) for name, value in dict(table).items()}
    if any(not number.is_finite() or number < 0 for number in numbers.values()):
        raise ValueError("a price is a number from 0")
    return numbers
