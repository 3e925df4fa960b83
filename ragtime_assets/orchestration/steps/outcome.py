"""What may become of a phase of one episode."""

from __future__ import annotations

from dataclasses import dataclass

from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.phase_failure import PhaseFailure


@dataclass(frozen=True)
class Made:
    """The artifact is there."""

    envelope: Envelope
    kept_from: str | None = None
    """The run that had made it before, when this one did not make it again."""


@dataclass(frozen=True)
class Failed:
    """The phase failed: so does its run."""

    failure: PhaseFailure


@dataclass(frozen=True)
class Halted:
    """Nothing went wrong, and nothing downstream is made: the run stays green."""

    failure: PhaseFailure


Outcome = Made | Failed | Halted


def stopped(failure: PhaseFailure) -> Failed | Halted:
    """What became of a phase that made nothing."""
    return Halted(failure) if failure.halt else Failed(failure)
