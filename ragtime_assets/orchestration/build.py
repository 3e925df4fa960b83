"""Puts the Dagster definitions together. Loading them reads no setting, opens no file and imports no engine."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

KNOWN_WARNINGS = (
    ".*backfill_policy.*is currently in beta",
    ".*partitions_def on an AssetCheckSpec is currently in preview",
    "Asset job ingest_episode materializes assets with varying BackfillPolicies",
)
"""What Dagster warns of and we chose with open eyes; docs/architecture.md says why."""


def build_definitions(overrides: Mapping[str, Any] | None = None) -> Any:
    """All definitions; `overrides` replaces resources by name."""
    import dagster as dg

    for message in KNOWN_WARNINGS:
        warnings.filterwarnings("ignore", message=message)
    from ragtime_assets.orchestration import (
        approving,
        assets,
        corpus_health,
        enriching,
        exporting,
        jobs,
        sensors,
        tidying,
    )
    from ragtime_assets.orchestration.care import pruning
    from ragtime_assets.orchestration.executing import run_executor
    from ragtime_assets.orchestration.resources import resources

    return dg.Definitions(
        assets=[
            *assets.ALL,
            approving.approval,
            enriching.wikidata_links,
            exporting.corpus_export,
            corpus_health.corpus_health,
        ],
        jobs=jobs.ALL,
        sensors=sensors.ALL,
        schedules=[
            enriching.enrichment_schedule,
            exporting.export_schedule,
            corpus_health.health_schedule,
            pruning.prune_schedule,
            tidying.tidy_schedule,
        ],
        resources=resources() | dict(overrides or {}),
        executor=run_executor,
    )
