"""What an episode is likely to cost from the gate on, told from how long it is and which engines are set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.money.spending import Cost, Tokens, dollars

_TOKENS_PER_SECOND = 3.5
"""Of speech: 150 words a minute, 1.4 tokens a word."""
_SHARES = {"summary": (1.3, 0.15), "entities": (1.8, 0.3), "entity_links": (0.2, 0.02)}
"""By phase, how often its model reads the transcript, and how much it writes against it: prompts and repairs too."""

_ABOUT = "about "


@dataclass(frozen=True)
class Estimate:
    """What is likely to be paid for one episode; speech only where the publisher's captions do not serve."""

    audio_seconds: float | None
    """None where the feed names no length and there is no audio yet."""
    costs: Mapping[str, Cost]
    """By phase, of those that are served by something that may cost; without an amount where no price is known."""

    @property
    def known(self) -> Decimal:
        """The sum of what has a price."""
        return sum((one.amount for one in self.costs.values() if one.amount is not None), Decimal(0))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The phases of which nobody knows what they cost."""
        return tuple(phase for phase, one in self.costs.items() if one.amount is None)

    def __str__(self) -> str:
        """As people read it."""
        length = "audio of unknown length" if self.audio_seconds is None else f"{clock(self.audio_seconds)} of audio"
        if not self.costs:
            return f"{length}; nothing is paid for: all engines run on this machine"
        parts = [f"{phase} {dollars(one.amount)}" for phase, one in self.costs.items() if one.amount is not None]
        told = [f"{_ABOUT}{dollars(self.known)} ({', '.join(parts)})"] if parts else []
        told += [f"no price is known of {', '.join(self.unpriced)}"] if self.unpriced else []
        return f"{length}; {'; '.join(told)}"


def figures_of(told: str) -> tuple[str | None, str | None]:
    """The length of the audio and the cost in an estimate as people read it, where it has them."""
    length, _, rest = told.partition("; ")
    about = re.match(rf"{_ABOUT}(\S+)", rest)
    return re.sub(r"\D*$", "", length) or None, about[1] if about else None


def tokens_of(phase: str, audio_seconds: float) -> Tokens | None:
    """What the model of a phase is likely to read and write; None for one that the gate does not stand before."""
    if phase not in _SHARES:
        return None
    reads, writes = _SHARES[phase]
    spoken = audio_seconds * _TOKENS_PER_SECOND
    return Tokens(input=round(spoken * reads), output=round(spoken * writes))
