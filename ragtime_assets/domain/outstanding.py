"""What is still to be done for an episode: the one answer that sensor, status, retry, watch and report read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Protocol

from ragtime_assets.domain.artifacts import episode_report
from ragtime_assets.domain.graph import PHASES, REPORT, upstream


class Made(Protocol):
    """An artifact that is there, as far as it matters here."""

    @property
    def digest(self) -> str:
        """What its content hashes to."""
        ...

    @property
    def inputs(self) -> Mapping[str, str]:
        """The digests of what it was made from."""
        ...

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        ...


class Why(StrEnum):
    """Why a phase is outstanding, in the words in which people read it as a state of the phase."""

    MISSING = episode_report.MISSING
    FAILED = episode_report.FAILED
    ASKED_FOR = "asked for"
    OUT_OF_DATE = "out of date"


NOT_ASKED_FOR = "not asked for"
"""The state of a phase that is not there and that no request covers."""
MADE_AGAIN = frozenset({Why.FAILED, Why.ASKED_FOR})
"""The artifact is there and nothing upstream tells it apart from a good one, but it has to be made again."""


@dataclass(frozen=True)
class Wish:
    """One request: when it was made, the phases it covers, and those that it asks for by name, done or not."""

    asked_at: datetime
    scope: frozenset[str]
    assets: frozenset[str] = frozenset()
    respells: bool = False
    """Whether it only follows a correction of a name: nothing is heard again, and no model is asked."""


def scope_of(wishes: Iterable[Wish]) -> frozenset[str]:
    """The phases that some request of the episode covers; one that was added to the graph since is not among them."""
    first, *others = [wish.scope for wish in wishes] or [frozenset[str]()]
    return first.union(*others) if others else first


def outstanding(
    made: Mapping[str, Made], wishes: Collection[Wish], failed_at: Mapping[str, datetime]
) -> Mapping[str, Why]:
    """By phase, in the order of the graph, why it is still to be done; nothing for an episode that is ready.

    `failed_at` tells when each phase last failed or halted. What is downstream of a phase that was asked for by name is
    not outstanding for that: it is asked for too, or the phase may come out as it was. Only phases that some request
    covers count, and of what is upstream of them too. New code, another model or a new phase makes an episode stale,
    but leaves it finished.
    """
    scope = scope_of(wishes)
    if not made and not failed_at:  # thousands may wait, and for each the answer is this
        return _all_missing(scope)
    graph = _graph(scope)
    asked_at = _asked_at(wishes)
    found: dict[str, Why] = {}
    changing: set[str] = set()
    for asset, above in graph.items():
        why = _why(asset, made, above, asked_at.get(asset), failed_at.get(asset))
        if not changing.isdisjoint(above):
            why = why or Why.OUT_OF_DATE
            changing.add(asset)
        if why is not None:
            found[asset] = why
        if why not in (None, Why.ASKED_FOR):
            changing.add(asset)
    return found


def following(found: Mapping[str, Why], wishes: Iterable[Wish]) -> frozenset[str]:
    """What a run has to look at again after what is asked for: it was covered by a wish, and not named by it."""
    named = [wish for wish in wishes if any(found.get(asset) is Why.ASKED_FOR for asset in wish.assets)]
    return frozenset[str]().union(*(wish.scope - wish.assets for wish in named))


def only_respelled(asset: str, wishes: Iterable[Wish], since: datetime) -> bool:
    """Whether something asks for this asset by name since it was made, and nothing does for more than its spelling."""
    asking = [wish for wish in wishes if asset in wish.assets and wish.asked_at >= since]
    return bool(asking) and all(wish.respells for wish in asking)


def made_again(found: Mapping[str, Why]) -> tuple[str, ...]:
    """What a run has to make although it is there; the report always, since it tells what happened meanwhile."""
    return (*(asset for asset, why in found.items() if why in MADE_AGAIN and asset != REPORT), REPORT)


@cache
def _graph(scope: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """The phases of a scope in the order of the graph, each with what is upstream of it in the scope."""
    return {asset: [name for name in upstream(asset) if name in scope] for asset in PHASES if asset in scope}


@cache
def _all_missing(scope: frozenset[str]) -> Mapping[str, Why]:
    return MappingProxyType(dict.fromkeys(_graph(scope), Why.MISSING))


def _asked_at(wishes: Iterable[Wish]) -> dict[str, datetime]:
    """When each phase was last asked for by name."""
    newest: dict[str, datetime] = {}
    for wish in wishes:
        for asset in wish.assets:
            newest[asset] = max(wish.asked_at, newest.get(asset, wish.asked_at))
    return newest


def _why(
    asset: str, made: Mapping[str, Made], above: Iterable[str], asked_at: datetime | None, failed_at: datetime | None
) -> Why | None:
    artifact = made.get(asset)
    if failed_at is not None and (artifact is None or failed_at > artifact.created_at):
        return Why.FAILED
    if artifact is None:
        return Why.MISSING
    if asked_at is not None and asked_at >= artifact.created_at:
        return Why.ASKED_FOR
    if any(name in made and _is_newer(made[name], name, asset, artifact) for name in above):
        return Why.OUT_OF_DATE
    return None


def _is_newer(now: Made, name: str, asset: str, artifact: Made) -> bool:
    """Whether the artifact was made from another version of what is upstream.

    An input that it does not know was put into the graph later, which makes it stale; but the report is made from
    whatever there is.
    """
    known = artifact.inputs.get(name, None if asset == REPORT else now.digest)
    return now.digest != known
