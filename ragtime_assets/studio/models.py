"""Who calls language models, for how much, and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.money.spending import Payer
from ragtime_assets.errors import ConfigurationError, EngineUnavailable
from ragtime_assets.settings import PREFIX, ROLES, revealed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from ragtime_assets.agents.desk.calling import ModelCaller, ModelDesk
    from ragtime_assets.agents.desk.providers import ModelAccess
    from ragtime_assets.studio.kept import Kept

_NO_KEY = "none"
"""What a server of one phase's own hears when it has no key of its own: never a key that is meant for another."""


class Models:
    """Calls of models."""

    def __init__(self, kept: Kept) -> None:
        """Write what they cost and answer where everything is kept."""
        self._kept = kept
        self._settings = kept.settings
        self._opened: set[tuple[str, str]] = set()

    @cached_property
    def desk(self) -> ModelDesk:
        """Who calls models: one in a process, so that all of its calls share the throttle of a provider."""
        from ragtime_assets.agents.desk.calling import ModelDesk
        from ragtime_assets.agents.desk.providers import ModelAccess

        settings = self._settings
        access = ModelAccess(
            api_key=revealed(settings.model_api_key),
            key_provider=settings.key_provider,
            openai_base_url=settings.openai_base_url,
            prices=self._kept.prices.tokens,
        )
        return ModelDesk(
            access,
            self._kept.ledger,
            self._kept.budget,
            concurrency=settings.llm_concurrency,
            call_seconds=settings.model_timeout,
            tracing=self._kept.tracing,
        )

    def access(self, phase: str, model: str) -> ModelAccess:
        """What it takes to reach the model of a phase: its own key and server, or those of all.

        The key is for the provider of the model that is set: one of another that a request is bound to never hears it.
        """
        from ragtime_assets.agents.desk.providers import OPENAI

        key, url, provider = self._settings.own_key(phase), self._settings.own_url(phase), model.partition(":")[0]
        access = self.desk.access
        if url is not None and provider in OPENAI:
            access = replace(access, openai_base_url=url, api_key=_NO_KEY, key_provider=provider)
        if key is not None:
            meant = self._settings.models[phase] or model
            access = replace(access, api_key=key, key_provider=meant.partition(":")[0])
        return access

    def caller(self, payer: Payer, trace: Trace, bindings: Mapping[str, str] | None = None) -> ModelCaller | None:
        """Who calls the model of the payer's phase; None when the phase is keyless.

        `bindings` are those of the episode's first attempt: a retry keeps its models.
        """
        from ragtime_assets.corpus.journal import NoJournal

        model = self._bound(bindings or {})[payer.phase]
        if model is None:
            return None
        journal = NoJournal() if payer.key is None else self._kept.journals.of(payer.key, payer.phase)
        seconds = self._settings.phase_timeout.of(payer.phase)
        desk = replace(self.desk, phase_seconds=seconds, access=self.access(payer.phase, model))
        return desk.caller(model, payer, journal, trace)

    def refuse_unusable(self, phases: Collection[str], bindings: Mapping[str, str] | None = None) -> None:
        """Raise what is wrong with the first model of these phases that cannot be opened; none of them is asked."""
        for phase, model in self._bound(bindings or {}).items():
            if model is None or phase not in phases or (phase, model) in self._opened:
                continue
            try:
                self._open(phase, model)
            except (ConfigurationError, EngineUnavailable) as error:
                role = f"{PREFIX}{ROLES[phase].upper()}"
                own = f"Its own settings are {role}_MODEL and {role}_API_KEY."
                raise type(error)(
                    f"{phase} has no model to work with: {error.message}",
                    remedy=f"{error.remedy} {own} Then `ragtime retry KEY --rebind`.",
                ) from error
            self._opened.add((phase, model))

    def greet(self, phase: str) -> datetime | None:
        """Ask the model of a phase something small, which costs next to nothing; what its server's clock says."""
        from ragtime_assets.agents.greeting import GREETING, PROMPT

        clocks: list[str | None] = []
        caller = self.caller(Payer(None, phase, ""), Trace())
        if caller is None:
            return None
        access = replace(caller.desk.access, hears=lambda headers: clocks.append(headers.get("date")))
        replace(caller, desk=replace(caller.desk, access=access)).call(GREETING, PROMPT)
        return next((parsedate_to_datetime(clock) for clock in reversed(clocks) if clock), None)

    def _open(self, phase: str, model: str) -> None:
        from ragtime_assets.agents.desk.providers import check_model

        check_model(model, self.access(phase, model))

    def _bound(self, bindings: Mapping[str, str]) -> Mapping[str, str | None]:
        from ragtime_assets.agents.desk.bindings import bound_models

        return bound_models(self._settings.models, bindings)
