"""`--bind PHASE=ENGINE`: which engine one request uses, checked before anything is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragtime_assets.errors import ConfigurationError, InvalidSubmission

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio

EMBEDDINGS, TRANSCRIPT, ASK = "embeddings", "transcript", "ask"


def bindings(studio: Studio, words: Sequence[str]) -> dict[str, str]:
    """What these words bind; raises for an engine that is none, or that cannot be opened."""
    if not words:
        return {}
    from ragtime_assets.agents.desk.bindings import read_bindings

    bound = read_bindings(words, [phase for phase in studio.settings.engines if phase != ASK])
    for phase, engine in bound.items():
        if (accepted := _misspelled(phase, engine)) is not None:
            raise InvalidSubmission(
                f"--bind {phase}={engine} names no engine: {accepted}",
                remedy=f"Write --bind {phase}=ENGINE with one that is accepted, or --bind {phase}=none.",
            )
        try:
            _refuse(studio, phase, engine)
        except ConfigurationError as error:
            raise InvalidSubmission(f"--bind {phase}={engine}: {error.message}", remedy=error.remedy) from error
    return bound


def _misspelled(phase: str, engine: str) -> str | None:
    """What is accepted instead, where this is no name of an engine of this phase."""
    from ragtime_assets.settings import refusal_of_setting

    if phase == TRANSCRIPT:
        return refusal_of_setting("transcriber", engine.partition(":")[0])
    if phase == EMBEDDINGS:
        return refusal_of_setting("embedder", engine)
    return refusal_of_setting("model", engine) if engine else None


def _refuse(studio: Studio, phase: str, engine: str) -> None:
    """Raise ConfigurationError for an engine that this phase cannot work with."""
    if phase == TRANSCRIPT:
        studio.speech.bound(engine)
    elif phase == EMBEDDINGS:
        studio.index.refuse_unpublished(engine)
    elif engine:
        studio.models.refuse_unusable([phase], {phase: engine})
