"""Puts the Dagster definitions together. Loading them reads no setting, opens no file and imports no engine."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any


def build_definitions(overrides: Mapping[str, Any] | None = None) -> Any:
    """All definitions; `overrides` replaces resources by name."""
    import dagster as dg

    with warnings.catch_warnings():
        # Two named exceptions: backfill_policy is beta, partitioned checks are a preview (docs/architecture.md).
        warnings.filterwarnings("ignore", category=dg.BetaWarning, message=".*backfill_policy.*")
        warnings.filterwarnings("ignore", category=dg.PreviewWarning, message=".*partitions_def.*")
        from ragtime_assets.orchestration import assets, checks, jobs, sensors
        from ragtime_assets.orchestration.resources import StudioResource

        return dg.Definitions(
            assets=assets.ALL,
            asset_checks=checks.ALL,
            jobs=jobs.ALL,
            sensors=sensors.ALL,
            resources={"studio": StudioResource(), **(overrides or {})},
            executor=dg.in_process_executor,
        )
