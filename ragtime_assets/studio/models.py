"""Who calls language models, for how much, and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.settings import revealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragtime_assets.agents.desk.calling import ModelCaller, ModelDesk
    from ragtime_assets.domain.episode.trace import Trace
    from ragtime_assets.domain.money.spending import Payer
    from ragtime_assets.studio.kept import Kept


class Models:
    """Calls of models."""

    def __init__(self, kept: Kept) -> None:
        """Write what they cost and answer where everything is kept."""
        self._kept = kept
        self._settings = kept.settings

    @cached_property
    def desk(self) -> ModelDesk:
        """Who calls models: one in a process, so that all of its calls share the throttle of a provider."""
        from ragtime_assets.agents.desk.calling import ModelDesk
        from ragtime_assets.agents.desk.providers import ModelAccess
        from ragtime_assets.domain.money.spending import load_prices

        settings = self._settings
        access = ModelAccess(
            api_key=revealed(settings.model_api_key),
            key_provider=settings.key_provider,
            openai_base_url=settings.openai_base_url,
            prices=load_prices(settings.prices) if settings.prices else {},
        )
        return ModelDesk(
            access,
            self._kept.ledger,
            self._kept.budget,
            concurrency=settings.llm_concurrency,
            call_seconds=settings.model_timeout,
            tracing=self._kept.tracing,
        )

    def caller(self, payer: Payer, trace: Trace, bindings: Mapping[str, str] | None = None) -> ModelCaller | None:
        """Who calls the model of the payer's phase; None when the phase is keyless.

        `bindings` are those of the episode's first attempt: a retry keeps its models.
        """
        from ragtime_assets.agents.desk.bindings import bound_models
        from ragtime_assets.corpus.journal import NoJournal

        model = bound_models(self._settings.models, bindings or {})[payer.phase]
        if model is None:
            return None
        journal = NoJournal() if payer.key is None else self._kept.journals.of(payer.key, payer.phase)
        desk = replace(self.desk, phase_seconds=self._settings.phase_timeout.of(payer.phase))
        return desk.caller(model, payer, journal, trace)
