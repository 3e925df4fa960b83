"""The keeper's page: the episodes by state, with cause and remedy, and what waits for a yes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ragtime_assets.domain.states import READY, STATES
from ragtime_assets.errors import ApprovalNeeded
from ragtime_assets.serve.page import View, stretch_of
from ragtime_assets.serve.views.standing import Standing

SHOWN = 8
"""Episodes of a state that are shown before one asks for all of it."""
PER_PAGE = 40
"""Those of the one state that is asked for."""
_FIRST = ("failed", "unfinished", ApprovalNeeded.state, "history unreachable", "running", "queued", "waiting")
_WANT_NOBODY = (READY, "duplicate", "rejected")


class StateView(View):
    """The episodes of one state."""

    state: str
    means: str | None
    count: int
    episodes: tuple[Standing, ...]


class KeepView(View):
    """Where everything stands."""

    total: int
    states: tuple[StateView, ...]
    only: str | None
    """The one state that is shown in full."""
    unwatched: str | None
    """What is to be said of Dagster: that nobody looks after the requests, say."""
    web_ui: str
    next_page: int | None


class DoneView(View):
    """What an action did: the key of the episode, and what comes of it."""

    done: str
    key: str | None
    new: bool | None


def keep_view(
    found: Sequence[Standing],
    only: str | None,
    *,
    unwatched: str | None,
    web_ui: str,
    page: int = 1,
    others: Mapping[str, int] | None = None,
) -> KeepView:
    """Those that need somebody first; of what wants nobody, only how many, unless that is asked for.

    The `others` are counted by state, and not shown.
    """
    counts = Counter(one.state for one in found) + Counter(others)
    order = [*_FIRST, *sorted(set(counts) - {*_FIRST, READY}), READY]
    return KeepView(
        total=counts.total(),
        states=tuple(
            StateView(
                state=state,
                means=STATES.get(state),
                count=counts[state],
                episodes=tuple(_shown([one for one in found if one.state == state], state, only, page)),
            )
            for state in order
            if counts[state]
        ),
        only=only,
        unwatched=unwatched,
        web_ui=web_ui,
        next_page=page + 1 if only and page * PER_PAGE < counts[only] else None,
    )


def _shown(found: Sequence[Standing], state: str, only: str | None, page: int) -> Sequence[Standing]:
    """What is shown of those in this state; `only` shows those of one alone, a page of them."""
    if only:
        return stretch_of(found, page, PER_PAGE)[0] if state == only else ()
    return () if state in _WANT_NOBODY else found[:SHOWN]
