"""Which runs the waiting requests become: pure decisions, taken from what the sensor gathered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragtime_assets.domain.graph import PHASES, REPORT

if TYPE_CHECKING:
    from ragtime_assets.corpus.submissions import Request

MOST_RUNS = 50
LIVE_UP_TO = 20
EPISODES_PER_BATCH = 25
NOTHING_MISSING = "nothing-missing"
"""Stands where a run key would, for a request that was answered without a run."""
MOST_REQUESTS = MOST_RUNS * EPISODES_PER_BATCH


@dataclass(frozen=True)
class PlannedRun:
    """One run: a live one of one episode, or a batch of episodes that follow each other in partition order."""

    run_key: str
    requests: tuple[Request, ...]
    assets: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The episodes, in partition order."""
        return tuple(request.key for request in self.requests)

    @property
    def is_batch(self) -> bool:
        """Whether there are several episodes."""
        return len(self.requests) > 1

    @property
    def place(self) -> str | None:
        """The place on a machine that it needs; such a run is of one episode."""
        return self.requests[0].place

    @property
    def again(self) -> tuple[str, ...]:
        """The assets that are made although they may be there; the others only if they still are not."""
        return (*(asset for asset in self.requests[0].assets or () if asset != REPORT), REPORT)


def plan(
    requests: Sequence[Request],
    missing: Mapping[str, frozenset[str]],
    positions: Mapping[str, int],
    launched: Collection[str] = (),
) -> tuple[list[PlannedRun], Sequence[Request]]:
    """The runs for these requests, and how many of the requests, from the first on, they answer.

    `missing` tells what each episode lacks, `positions` where its key stands (or will stand) among the partitions.
    Requests that were planned before, by a tick that died or before the cursor was reset, keep the run key they got
    then; those whose run was `launched` are answered. So planning again launches nothing twice.
    """
    requests = _each_episode_once(requests)
    needs = {request.key: _needs(request, missing, launched) for request in requests}
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


def _runs(
    requests: Sequence[Request], needs: Mapping[str, tuple[str, ...]], positions: Mapping[str, int]
) -> list[PlannedRun]:
    wanted = [(request, assets) for request in requests if (assets := needs[request.key])]
    live = sum(not request.run_key for request, _ in wanted) <= LIVE_UP_TO
    runs: list[PlannedRun] = []
    taken: set[str] = set()
    for request, assets in sorted(wanted, key=lambda pair: positions[pair[0].key]):
        last = runs[-1] if runs else None
        alone = live and not request.run_key
        if last is None or alone or not _goes_on(last, request, assets, positions):
            runs.append(PlannedRun(_run_key(request, taken), (request,), assets))
            taken.add(request.run_key or "")
        else:
            runs[-1] = _joined(last, request)
    return sorted(runs, key=lambda run: min(one.id for one in run.requests))


def _run_key(request: Request, taken: Collection[str]) -> str:
    """The one it got before, unless a run that it no longer fits into has that: Dagster launches no key twice."""
    if request.run_key in taken:
        return f"{request.run_key}-{request.id}"
    return request.run_key or f"request-{request.id}"


def _goes_on(last: PlannedRun, request: Request, assets: tuple[str, ...], positions: Mapping[str, int]) -> bool:
    neighbour = last.requests[-1]
    return (
        positions[request.key] == positions[neighbour.key] + 1
        and assets == last.assets
        and request.assets == neighbour.assets
        and request.run_key == neighbour.run_key
        and request.place is neighbour.place is None
        and len(last.requests) < EPISODES_PER_BATCH
    )


def _joined(last: PlannedRun, request: Request) -> PlannedRun:
    requests = (*last.requests, request)
    ids = [one.id for one in requests]
    run_key = last.run_key if request.run_key else f"requests-{min(ids)}-{max(ids)}"
    return replace(last, requests=requests, run_key=run_key)


def _needs(request: Request, missing: Mapping[str, frozenset[str]], launched: Collection[str]) -> tuple[str, ...]:
    """What its run has to make; nothing if it needs none."""
    if request.run_key == NOTHING_MISSING or request.run_key in launched:
        return ()
    chosen = missing[request.key].union(request.assets or ())
    return tuple(asset for asset in PHASES if asset in chosen or (chosen and asset == REPORT))


def _each_episode_once(requests: Sequence[Request]) -> Sequence[Request]:
    """The requests up to the first one for an episode that was asked for before in this window."""
    seen: set[str] = set()
    for count, request in enumerate(requests):
        if request.key in seen:
            return requests[:count]
        seen.add(request.key)
    return requests
