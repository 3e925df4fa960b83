"""How long a phase may take, as it is written in a setting: `3600,transcript=21600`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PhaseSeconds:
    """A limit for every phase, and limits of single phases."""

    every: int
    own: Mapping[str, int] = field(default_factory=dict[str, int])

    def of(self, phase: str) -> int:
        """The seconds of this phase."""
        return self.own.get(phase, self.every)

    def __str__(self) -> str:
        """As it is written."""
        return ",".join([str(self.every), *(f"{phase}={seconds}" for phase, seconds in self.own.items())])


def read_phase_seconds(text: str) -> PhaseSeconds:
    """What is written; raises ValueError, which says what is accepted."""
    from ragtime_assets.domain.graph import PHASES

    every, *own = [part.strip() for part in text.split(",")]
    limits = {phase: seconds for phase, _, seconds in (part.partition("=") for part in own)}
    unknown = sorted(set(limits) - set(PHASES))
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is no phase: accepted are {', '.join(PHASES)}")
    return PhaseSeconds(_seconds(every), {phase: _seconds(seconds) for phase, seconds in limits.items()})


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("accepted are seconds, and those of single phases after them, as in 3600,transcript=21600")
    return int(text)
