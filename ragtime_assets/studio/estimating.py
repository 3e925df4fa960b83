"""What an episode is likely to cost with the engines that are set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ragtime_assets.domain.approving.estimate import Estimate, tokens_of
from ragtime_assets.domain.graph import downstream
from ragtime_assets.domain.money.spending import Cost

if TYPE_CHECKING:
    from ragtime_assets.studio.kept import Kept


def estimate(kept: Kept, audio_seconds: float | None, first: str, bindings: Mapping[str, str]) -> Estimate:
    """What `first` and what is downstream of it is likely to cost; `bindings` are the models of the first attempt.

    Of audio whose length nobody knows, nobody knows what it costs either.
    """
    from ragtime_assets.agents.desk.bindings import bound_models
    from ragtime_assets.agents.desk.providers import listed_cost

    settings, costs = kept.settings, dict[str, Cost]()
    phases = downstream(frozenset({first}))
    if "transcript" in phases and settings.transcriber == "openai":
        from ragtime_assets.adapters.speech.openai_transcriber import speech_cost

        model, url = settings.transcription_model, settings.transcription_url
        costs["transcript"] = (
            Cost() if audio_seconds is None else speech_cost(audio_seconds, model, url, kept.prices.minutes)
        )
    for phase, model in bound_models(settings.models, bindings).items():
        tokens = tokens_of(phase, audio_seconds or 0.0)
        if model and tokens and phase in phases:
            costs[phase] = (
                Cost()
                if audio_seconds is None
                else listed_cost(tokens, model, settings.own_url(phase) or settings.openai_base_url, kept.prices.tokens)
            )
    return Estimate(audio_seconds, costs)
