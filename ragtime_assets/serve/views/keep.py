"""The keeper's page: the episodes by state, with cause and remedy, and what waits for a yes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ragtime_assets.domain.approving.approval import Approval
from ragtime_assets.domain.approving.estimate import figures_of
from ragtime_assets.domain.approving.policy import reason_of
from ragtime_assets.domain.states import STATES
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import ApprovalNeeded
from ragtime_assets.serve.page import View, stretch_of
from ragtime_assets.serve.views.standing import Standing

SHOWN = 8
"""Episodes of a state that are shown before one asks for all of it."""
PER_PAGE = 40
"""Those of the one state that is asked for."""
_FIRST = ("failed", "unfinished", ApprovalNeeded.state, "history unreachable", "running", "queued", "waiting")
_WANT_NOBODY = ("ready", "duplicate", "rejected")


class Question(View):
    """Why an episode waits for a yes, and what going on is likely to cost."""

    reason: str | None
    """The name of what it waits for: `doubt`, `always`, `dear` or `unpriced`."""
    why: str
    estimate: str
    length: str | None
    cost: str | None


class Kept(View):
    """An episode, and what is asked about it."""

    standing: Standing
    question: Question | None


class StateView(View):
    """The episodes of one state."""

    state: str
    means: str | None
    count: int
    episodes: tuple[Kept, ...]


class KeepView(View):
    """Where everything stands."""

    total: int
    states: tuple[StateView, ...]
    only: str | None
    """The one state that is shown in full."""
    unwatched: str | None
    """What is to be said of Dagster: that nobody looks after the requests, say."""
    web_ui: str
    done: str | None
    next_page: int | None


class DoneView(View):
    """What an action did: the key of the episode, and what comes of it."""

    done: str
    key: str | None
    new: bool | None


def keep_view(
    found: Sequence[Standing],
    waiting: Mapping[str, Approval],
    only: str | None,
    *,
    unwatched: str | None,
    web_ui: str,
    done: str | None,
    page: int = 1,
) -> KeepView:
    """Those that need somebody first; of what wants nobody, only how many, unless that is asked for."""
    counts = Counter(one.state for one in found)
    order = [*_FIRST, *sorted(set(counts) - {*_FIRST, "ready"}), "ready"]
    return KeepView(
        total=len(found),
        states=tuple(
            StateView(
                state=state,
                means=STATES.get(state),
                count=counts[state],
                episodes=tuple(
                    Kept(standing=one, question=_question(waiting.get(one.key)))
                    for one in _shown([one for one in found if one.state == state], state, only, page)
                ),
            )
            for state in order
            if counts[state]
        ),
        only=only,
        unwatched=unwatched,
        web_ui=web_ui,
        done=done,
        next_page=page + 1 if only and page * PER_PAGE < counts[only] else None,
    )


def _shown(found: Sequence[Standing], state: str, only: str | None, page: int) -> Sequence[Standing]:
    """What is shown of those in this state; `only` shows those of one alone, a page of them."""
    if only:
        return stretch_of(found, page, PER_PAGE)[0] if state == only else ()
    return () if state in _WANT_NOBODY else found[:SHOWN]


def _question(asked: Approval | None) -> Question | None:
    if asked is None:
        return None
    length, cost = figures_of(asked.estimate)
    return Question(
        reason=reason_of(asked.why),
        why=one_line(asked.why, 1_000),
        estimate=one_line(asked.estimate),
        length=length,
        cost=cost,
    )
