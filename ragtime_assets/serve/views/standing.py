"""Where an episode stands, with the cause, what to do, and what is asked of a person."""

from __future__ import annotations

from collections.abc import Mapping

from ragtime_assets.domain.approving.approval import Approval
from ragtime_assets.domain.approving.estimate import figures_of
from ragtime_assets.domain.approving.policy import reason_of
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.domain.states import STATES
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import ApprovalNeeded, DuplicateEpisode, Rejected
from ragtime_assets.orchestration.standing import EpisodeStatus
from ragtime_assets.serve.page import View


class Question(View):
    """Why an episode waits for a yes, and what going on is likely to cost."""

    reason: str | None
    """The name of what it waits for: `doubt`, `always`, `dear` or `unpriced`."""
    why: str
    estimate: str
    length: str | None
    cost: str | None


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
    same_as: str | None = None
    """The key of the episode that it is a duplicate of."""
    question: Question | None = None
    """What a person is asked before it goes on."""
    actions: tuple[str, ...] = ()
    """What a person may do about it, by the last part of its address below `/keep/`."""


ACTIONS: Mapping[str, tuple[str, ...]] = {
    "failed": ("retry",),
    "unfinished": ("retry",),
    "cancelled": ("retry",),
    ApprovalNeeded.state: ("approve", "reject"),
    Rejected.state: ("approve",),
}
"""What may be done about an episode in a state; about the others there is nothing to do."""
_GOES_WITHOUT_SAYING = frozenset({"ready", "history unreachable"})
"""Of an episode that can be read."""


def told_of(standing: Standing, *, is_complete: bool) -> Standing | None:
    """What a reader of an episode is told: also of a complete one, that making it anew failed, or is under way."""
    return None if is_complete and standing.state in _GOES_WITHOUT_SAYING else standing


def standing_view(status: EpisodeStatus, run: str | None = None, asked: Approval | None = None) -> Standing:
    """As the history tells; `asked` is the last question about it."""
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
        same_as=_other_key(error) if error else None,
        question=_question(asked) if asked is not None and status.state == ApprovalNeeded.state else None,
        actions=ACTIONS.get(status.state, ()),
    )


def _other_key(error: PhaseFailure) -> str | None:
    is_duplicate = error.error_class == DuplicateEpisode.__name__ and error.message.startswith(DuplicateEpisode.SAYS)
    return error.message.removeprefix(DuplicateEpisode.SAYS) if is_duplicate else None


def _question(asked: Approval) -> Question:
    length, cost = figures_of(asked.estimate)
    return Question(
        reason=reason_of(asked.why),
        why=one_line(asked.why, 1_000),
        estimate=one_line(asked.estimate),
        length=length,
        cost=cost,
    )
