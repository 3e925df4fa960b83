"""Which model serves which phase: what settings say, unless an earlier attempt was bound to something else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ragtime_assets.errors import InvalidSubmission

KEYLESS = ""
"""Bound to no model: the keyless engine did the first attempt."""
_NOTHING = "none"


def bound_models(configured: Mapping[str, str | None], bindings: Mapping[str, str]) -> dict[str, str | None]:
    """By phase, the model to use: a retry keeps the models of the first attempt, whatever settings say by now."""
    return {phase: bindings.get(phase, model or KEYLESS) or None for phase, model in configured.items()}


def bindings_of(models: Mapping[str, str | None]) -> dict[str, str]:
    """What the first attempt writes down, so that its retries find the same models."""
    return {phase: model or KEYLESS for phase, model in models.items()}


def read_bindings(words: Iterable[str], phases: Collection[str]) -> dict[str, str]:
    """What `--bind PHASE=ENGINE` says, each once; `none` binds to the keyless engine."""
    found: dict[str, str] = {}
    for word in words:
        phase, equals, engine = word.partition("=")
        if not equals or not engine or phase not in phases or phase in found:
            raise InvalidSubmission(
                f"--bind {word!r} binds nothing",
                remedy=f"Write PHASE=PROVIDER:MODEL, each phase once. Phases: {', '.join(phases)}; none is keyless.",
            )
        found[phase] = KEYLESS if engine == _NOTHING else engine
    return found
