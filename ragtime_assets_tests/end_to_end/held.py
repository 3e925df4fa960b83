"""A code location whose phases can be held from outside, just before or just after their artifact is saved."""

from __future__ import annotations

import os
from typing import Any

import httpx

from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.orchestration.build import build_definitions
from ragtime_assets.orchestration.resources import StudioResource
from ragtime_assets.studio import Studio

HOLD_URL = "HOLD_URL"


class HeldStore(ArtifactStore):
    """Asks a server before and after each save, and waits for its answer."""

    def save(self, key: str, artifact: Artifact, **about: Any) -> Envelope:
        self._ask("before", artifact.asset, key)
        envelope = super().save(key, artifact, **about)
        self._ask("after", artifact.asset, key)
        return envelope

    def _ask(self, when: str, asset: str, key: str) -> None:
        question = {"when": when, "asset": asset, "key": key, "pid": str(os.getpid())}
        httpx.get(os.environ[HOLD_URL], params=question, timeout=300)


class HeldStudio(StudioResource):
    """The studio as it is, but for the store."""

    @property
    def studio(self) -> Studio:
        if self._studio is None:
            studio = Studio()
            folder = studio.settings.root / "store"
            studio.store = HeldStore(folder, folder / "scratch")
            self._studio = studio
        return self._studio


defs = build_definitions({"studio": HeldStudio()})
