"""Who calls language models, for how much, and who hears of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.settings import revealed
from ragtime_assets.studio.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragtime_assets.agents.desk.calling import ModelCaller, ModelDesk
    from ragtime_assets.agents.desk.tracing import Tracing
    from ragtime_assets.domain.episode.trace import Trace
    from ragtime_assets.domain.money.prices import Prices
    from ragtime_assets.domain.money.spending import Payer


class Models(Storage):
    """Calls of models, on top of what is kept."""

    @cached_property
    def tracing(self) -> Tracing:
        """Spans of phases, model calls and tools."""
        from ragtime_assets.agents.desk.tracing import Tracing

        return Tracing(self.settings.otel_exporter, content=self.settings.otel_content)

    @cached_property
    def prices(self) -> Prices:
        """The user's own prices."""
        from ragtime_assets.domain.money.prices import Prices, load_prices

        return load_prices(self.settings.prices) if self.settings.prices else Prices()

    @cached_property
    def model_desk(self) -> ModelDesk:
        """Who calls models: one in a process, so that all of its calls share the throttle of a provider."""
        from ragtime_assets.agents.desk.calling import ModelDesk
        from ragtime_assets.agents.desk.providers import ModelAccess

        settings = self.settings
        access = ModelAccess(
            api_key=revealed(settings.model_api_key),
            key_provider=settings.key_provider,
            openai_base_url=settings.openai_base_url,
            prices=self.prices.tokens,
        )
        return ModelDesk(
            access,
            self.ledger,
            self.budget,
            concurrency=settings.llm_concurrency,
            call_seconds=settings.model_timeout,
            phase_seconds=settings.phase_timeout,
            tracing=self.tracing,
        )

    def caller(self, payer: Payer, trace: Trace, bindings: Mapping[str, str] | None = None) -> ModelCaller | None:
        """Who calls the model of the payer's phase; None when the phase is keyless.

        `bindings` are those of the episode's first attempt: a retry keeps its models.
        """
        from ragtime_assets.agents.desk.bindings import bound_models
        from ragtime_assets.corpus.journal import NoJournal

        model = bound_models(self.settings.models, bindings or {})[payer.phase]
        if model is None:
            return None
        journal = NoJournal() if payer.key is None else self.journals.of(payer.key, payer.phase)
        return self.model_desk.caller(model, payer, journal, trace)
