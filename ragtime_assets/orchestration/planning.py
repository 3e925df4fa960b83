"""Which runs the waiting requests become: pure decisions, taken from what the sensor gathered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ragtime_assets.domain.graph import PHASES, REPORT, upstream
from ragtime_assets.domain.outstanding import Why, made_again

if TYPE_CHECKING:
    from ragtime_assets.corpus.submissions import Request

MOST_RUNS = 50
LIVE_UP_TO = 20
EPISODES_PER_BATCH = 25
NOTHING_MISSING = "nothing-missing"
"""Stands where a run key would, for a request that was answered without a run."""
AFTER_A_DEATH = "recovery"
"""Who asks again for an episode whose run died: each gets a run of its own, for one of them may kill it again."""
ONCE_IT_PASSED = "passing failure"
"""Who asks again for an episode that failed because something of ours did not answer, or another run worked on it."""
MOST_REQUESTS = MOST_RUNS * EPISODES_PER_BATCH


@dataclass(frozen=True)
class Need:
    """The assets that one episode's run has to make, and which of them although they are there."""

    assets: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


NOTHING = Need()


@dataclass(frozen=True)
class PlannedRun:
    """One run: a live one of one episode, or a batch of episodes that follow each other in partition order."""

    run_key: str
    requests: tuple[Request, ...]
    need: Need

    @property
    def keys(self) -> tuple[str, ...]:
        """The episodes, in partition order."""
        return tuple(request.key for request in self.requests)

    @property
    def is_batch(self) -> bool:
        """Whether there are several episodes."""
        return len(self.requests) > 1

    @property
    def assets(self) -> tuple[str, ...]:
        """What it makes."""
        return self.need.assets

    @property
    def again(self) -> tuple[str, ...]:
        """The assets that are made although they may be there; the others only if they still are not."""
        return self.need.again

    @property
    def asked_at(self) -> datetime:
        """When the newest of its requests was made."""
        return max(request.asked_at for request in self.requests)

    @property
    def place(self) -> str | None:
        """The place on a machine that it needs; such a run has one episode."""
        return self.requests[0].place


def need_of(outstanding: Mapping[str, Why], made: Collection[str], following: Collection[str] = ()) -> Need:
    """What a run makes of what is outstanding: that, the report, and what these read and nobody has made yet.

    What is `following` is made where the run finds that its inputs are other ones by then, and kept where not.
    """
    if not outstanding:
        return NOTHING
    chosen = {*outstanding, *following, REPORT}
    for asset in reversed(PHASES):
        if asset in chosen:
            chosen.update(name for name in upstream(asset) if name not in made)
    return Need(tuple(asset for asset in PHASES if asset in chosen), made_again(outstanding))


def plan(
    requests: Sequence[Request],
    needs: Mapping[str, Need],
    positions: Mapping[str, int],
    launched: Collection[str] = (),
) -> tuple[list[PlannedRun], Sequence[Request]]:
    """The runs for these requests, and how many of the requests, from the first on, they answer.

    `needs` tells what each episode's run has to make, `positions` where its key stands (or will stand) among the
    partitions.
    Requests that were planned before, by a tick that died or before the cursor was reset, keep the run key they got
    then; those whose run was `launched` are answered. So planning again launches nothing twice.
    """
    requests = _each_episode_once(requests)
    needs = {request.key: _unless_answered(request, needs, launched) for request in requests}
    runs = _runs(requests, needs, positions)
    while len(runs) > MOST_RUNS:
        fewer = _about_half(requests)
        if len(fewer) == len(requests):
            break
        requests = fewer
        runs = _runs(requests, needs, positions)
    return runs, requests


def _about_half(requests: Sequence[Request]) -> Sequence[Request]:
    """The first half, or what comes nearest to it without parting requests that got one run key before."""
    planned = [(place, request.run_key or NOTHING_MISSING) for place, request in enumerate(requests, start=1)]
    ends = {run_key: place for place, run_key in planned if run_key != NOTHING_MISSING}
    cuts: list[int] = []
    reach = 0
    for place, run_key in planned:
        reach = max(reach, ends.get(run_key, 0))
        if reach <= place:
            cuts.append(place)
    half = len(requests) // 2
    return requests[: max((cut for cut in cuts if cut <= half), default=cuts[0])]


def _runs(requests: Sequence[Request], needs: Mapping[str, Need], positions: Mapping[str, int]) -> list[PlannedRun]:
    wanted = [(request, need) for request in requests if (need := needs[request.key]).assets]
    live = sum(not request.run_key for request, _ in wanted) <= LIVE_UP_TO
    runs: list[PlannedRun] = []
    taken: set[str] = set()
    for request, need in sorted(wanted, key=lambda pair: positions[pair[0].key]):
        last = runs[-1] if runs else None
        alone = (live and not request.run_key) or request.place is not None or request.by == AFTER_A_DEATH
        if last is None or alone or not _goes_on(last, request, need, positions):
            runs.append(PlannedRun(_run_key(request, taken), (request,), need))
            taken.add(request.run_key or "")
        else:
            runs[-1] = _joined(last, request)
    return sorted(runs, key=lambda run: min(one.id for one in run.requests))


def _run_key(request: Request, taken: Collection[str]) -> str:
    """The one it got before, unless a run that it no longer fits into has that: Dagster launches no key twice."""
    if request.run_key in taken:
        return f"{request.run_key}-{request.id}"
    return request.run_key or f"request-{request.id}"


def _goes_on(last: PlannedRun, request: Request, need: Need, positions: Mapping[str, int]) -> bool:
    neighbour = last.requests[-1]
    return (
        positions[request.key] == positions[neighbour.key] + 1
        and need == last.need
        and last.place is None
        and neighbour.by != AFTER_A_DEATH
        and request.run_key == neighbour.run_key
        and len(last.requests) < EPISODES_PER_BATCH
    )


def _joined(last: PlannedRun, request: Request) -> PlannedRun:
    requests = (*last.requests, request)
    ids = [one.id for one in requests]
    run_key = last.run_key if request.run_key else f"requests-{min(ids)}-{max(ids)}"
    return replace(last, requests=requests, run_key=run_key)


def _unless_answered(request: Request, needs: Mapping[str, Need], launched: Collection[str]) -> Need:
    """What its run has to make; nothing if it has had its run."""
    if request.run_key == NOTHING_MISSING or request.run_key in launched:
        return NOTHING
    return needs[request.key]


def _each_episode_once(requests: Sequence[Request]) -> Sequence[Request]:
    """The requests up to the first one for an episode that was asked for before in this window."""
    seen: set[str] = set()
    for count, request in enumerate(requests):
        if request.key in seen:
            return requests[:count]
        seen.add(request.key)
    return requests
