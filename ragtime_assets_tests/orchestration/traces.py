"""What is seen of a phase's steps in its run, and what is kept of them."""

from __future__ import annotations

import dagster as dg

from ragtime_assets.domain.episode.trace import TRACE_SUFFIX, TraceStep, read_trace
from ragtime_assets_tests.house import House


def seen(house: House, run: dg.ExecuteInProcessResult) -> list[tuple[str, str, str]]:
    """(asset, tool, outcome) of every observed step of a run."""
    found = [event.asset_observation_data.asset_observation for event in house.events(run, "ASSET_OBSERVATION")]
    return [
        (one.asset_key.to_user_string(), str(one.metadata["tool"].value), str(one.metadata["outcome"].value))
        for one in found
        if "tool" in one.metadata
    ]


def kept(house: House, asset: str, key: str) -> tuple[TraceStep, ...]:
    return read_trace(house.studio.store.attachment(asset, key, TRACE_SUFFIX))
