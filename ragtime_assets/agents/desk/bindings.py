"""Which model serves which phase: what settings say, unless an earlier attempt was bound to something else."""

from __future__ import annotations

from collections.abc import Mapping

KEYLESS = ""
"""Bound to no model: the keyless engine did the first attempt."""


def bound_models(configured: Mapping[str, str | None], bindings: Mapping[str, str]) -> dict[str, str | None]:
    """By phase, the model to use: a retry keeps the models of the first attempt, whatever settings say by now."""
    return {phase: bindings.get(phase, model or KEYLESS) or None for phase, model in configured.items()}


def bindings_of(models: Mapping[str, str | None]) -> dict[str, str]:
    """What the first attempt writes down, so that its retries find the same models."""
    return {phase: model or KEYLESS for phase, model in models.items()}
