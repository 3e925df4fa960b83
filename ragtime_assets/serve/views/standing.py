"""Where an episode stands, with the cause and what to do."""

from __future__ import annotations

from ragtime_assets.domain.states import STATES
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.serve.page import View


class Standing(View):
    """The state of an episode; `why` and `remedy` where it does not go on by itself."""

    key: str
    title: str
    show: str | None
    state: str
    means: str | None
    phase: str | None
    error: str | None
    """The class of what went wrong."""
    why: str | None
    remedy: str | None
    run: str | None
    """The page of its run on Dagster's web UI."""


_GOES_WITHOUT_SAYING = frozenset({"ready", "history unreachable"})
"""Of an episode that can be read."""


def told_of(standing: Standing, *, is_complete: bool) -> Standing | None:
    """What a reader of an episode is told: also of a complete one, that making it anew failed, or is under way."""
    return None if is_complete and standing.state in _GOES_WITHOUT_SAYING else standing


def standing_view(status: EpisodeStatus, run: str | None = None) -> Standing:
    """As the history tells."""
    error = status.error
    return Standing(
        key=status.key,
        title=one_line(status.title) or one_line(status.url),
        show=one_line(status.show) or None,
        state=status.state,
        means=STATES.get(status.state),
        phase=status.phase,
        error=error.error_class if error else None,
        why=one_line(error.message, 1_000) if error else None,
        remedy=one_line(error.remedy, 1_000) if error else None,
        run=run,
    )
