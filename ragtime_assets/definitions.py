"""Dagster's entry point."""

from ragtime_assets.orchestration.build import build_definitions

defs = build_definitions()
