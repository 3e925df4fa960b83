"""What a step is doing, written into the run's events while it does it; so much of it that the events stay bounded."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import dagster as dg

from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.trace import TraceStep
from ragtime_assets.errors import HistoryUnreachable, TimedOut
from ragtime_assets.orchestration.history import storage_outages_named

EVERY_SECONDS = 5.0
EVERY_SHARE = 0.05
SELDOM_SECONDS = 60.0
"""The longest wait for news, of what goes on for long: the wait grows with the time that it took already."""
GROWS_BY = 20
BRIEF_SECONDS = 1.0
MOST_STEPS = 200
"""Of one phase and episode, the steps that are shown while they are taken; the trace keeps all."""


def _tell(
    context: dg.AssetExecutionContext, asset: str, key: str, metadata: Mapping[str, dg.MetadataValue[Any]]
) -> None:
    """Tell, unless Dagster's storage does not answer: the phase can do its work without anybody looking on."""
    with suppress(HistoryUnreachable), storage_outages_named():
        context.log_event(dg.AssetObservation(asset_key=asset, partition=key, metadata=metadata))


class LiveProgress:
    """`ports.Progress` as observations on the episode's partition, every 5 % or 5 seconds, and later more seldom.

    It also ends a phase whose time is over: whatever takes long tells of its progress.
    """

    def __init__(
        self,
        context: dg.AssetExecutionContext,
        asset: str,
        key: str,
        seconds: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Tell of this asset of this episode, which has so many `seconds`."""
        self.deadline = Deadline(seconds)
        self._context = context
        self._asset = asset
        self._key = key
        self._now = now
        self._began_at = self._told_at = now()
        self._told_share = 0.0

    def begin(self) -> None:
        """Count the time of the phase from now on."""
        self.deadline.restart()

    def __call__(self, done: float, total: float | None, doing: str) -> None:
        """Tell, unless it was told just now; raises TimedOut when the time of the phase is over."""
        if self.deadline.left() < 0:
            raise TimedOut(
                f"{self._asset} of {self._key} was not through after {self.deadline.seconds:g} seconds: {doing}",
                remedy="`ragtime retry KEY` goes on where it stopped; RAGTIME_PHASE_TIMEOUT gives it longer.",
            )
        share = min(float(done / total), 1.0) if total else None  # engines count in numbers that are no Python floats
        if not self._is_news(share):
            return
        self._told_at = self._now()
        self._told_share = share or 0.0
        metadata: dict[str, dg.MetadataValue] = {"doing": dg.MetadataValue.text(doing[:200])}
        if share is not None:
            metadata["progress"] = dg.MetadataValue.float(round(share, 3))
        _tell(self._context, self._asset, self._key, metadata)

    def _is_news(self, share: float | None) -> bool:
        now = self._now()
        waited, taken = now - self._told_at, now - self._began_at
        grown = (share or 0.0) - self._told_share >= EVERY_SHARE
        wait = min(max(EVERY_SECONDS, taken / GROWS_BY), SELDOM_SECONDS)
        return waited >= wait or (grown and waited >= EVERY_SECONDS / 5)


class LiveTrace:
    """Shows each step that a phase takes as an observation on the episode's partition, when it is taken."""

    def __init__(self, context: dg.AssetExecutionContext, asset: str, key: str, *, brief: bool) -> None:
        """Tell of this asset of this episode; `brief` leaves out what rules did well at once."""
        self._context = context
        self._asset = asset
        self._key = key
        self._brief = brief
        self._shown = 0

    def __call__(self, step: TraceStep) -> None:
        """Tell, unless enough was told: the steps after that are in the trace alone."""
        if self._brief and step.agent is None and step.outcome == "ok" and step.seconds < BRIEF_SECONDS:
            return
        self._shown += 1
        if self._shown > MOST_STEPS:
            return
        metadata: dict[str, dg.MetadataValue] = {
            "at": dg.MetadataValue.timestamp(step.at),
            "tool": dg.MetadataValue.text(step.tool),
            "arguments": dg.MetadataValue.json(step.arguments),
            "outcome": dg.MetadataValue.text(step.outcome),
            "seconds": dg.MetadataValue.float(step.seconds),
            "output": dg.MetadataValue.text(step.output),
        }
        if step.agent is not None:
            metadata["agent"] = dg.MetadataValue.text(step.agent)
        _tell(self._context, self._asset, self._key, metadata)
