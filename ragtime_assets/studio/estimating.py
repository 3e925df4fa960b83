"""What an episode is likely to cost with the engines that are set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ragtime_assets.domain.approving.estimate import Estimate, tokens_of
from ragtime_assets.domain.graph import downstream
from ragtime_assets.domain.money.spending import Cost, Tokens

if TYPE_CHECKING:
    from ragtime_assets.studio.kept import Kept

TRANSCRIPT = "transcript"


def estimate(kept: Kept, audio_seconds: float | None, first: str, bindings: Mapping[str, str]) -> Estimate:
    """What `first` and what is downstream of it is likely to cost; `bindings` are the engines of the first attempt.

    Of audio whose length nobody knows, nobody knows what it costs either.
    """
    from ragtime_assets.agents.desk.bindings import bound_models

    bound = bound_models(kept.settings.engines, bindings)
    phases = downstream(frozenset({first}))
    paid = {phase: engine for phase, engine in bound.items() if phase in phases and engine and _is_paid(phase, engine)}
    if audio_seconds is None:
        return Estimate(None, dict.fromkeys(paid, Cost()))
    return Estimate(audio_seconds, {phase: _cost(kept, phase, engine, audio_seconds) for phase, engine in paid.items()})


def _is_paid(phase: str, engine: str) -> bool:
    """Whether this phase is served by something that may cost; embedding costs too little to be asked about."""
    return engine.partition(":")[0] == "openai" if phase == TRANSCRIPT else tokens_of(phase, 1.0) is not None


def _cost(kept: Kept, phase: str, engine: str, audio_seconds: float) -> Cost:
    from ragtime_assets.adapters.speech.openai_transcriber import speech_cost
    from ragtime_assets.agents.desk.providers import listed_cost

    settings = kept.settings
    if phase == TRANSCRIPT:
        model = engine.partition(":")[2] or settings.transcription_model
        return speech_cost(audio_seconds, model, settings.transcription_url, kept.prices.minutes)
    tokens, url = tokens_of(phase, audio_seconds) or Tokens(), settings.own_url(phase) or settings.openai_base_url
    return listed_cost(tokens, engine, url, kept.prices.tokens)
