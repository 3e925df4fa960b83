"""What may become of a phase that made nothing."""

from __future__ import annotations

from ragtime_assets.orchestration.failures import PhaseFailure
from ragtime_assets.orchestration.steps.outcome import Failed, Halted, stopped


def test_a_phase_halts_where_nothing_went_wrong_and_fails_else() -> None:
    failure = PhaseFailure(error_class="SourceGone", message="404", remedy="Look.", cause="", permanent=True)
    halt = failure.model_copy(update={"halt": "duplicate"})
    assert stopped(failure) == Failed(failure)
    assert stopped(halt) == Halted(halt)
