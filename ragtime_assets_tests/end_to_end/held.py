"""A code location whose phases can be held from outside, just before or just after their artifact is saved."""

from __future__ import annotations

import os
from typing import Any

import httpx

from ragtime_assets.adapters.storage.artifact_store import ArtifactStore
from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.orchestration.build import build_definitions
from ragtime_assets.orchestration.resources import KeptResource, of_process
from ragtime_assets.studio import Kept

HOLD_URL = "HOLD_URL"


class HeldStore(ArtifactStore):
    """Asks a server before and after each save, and waits for its answer."""

    def __init__(self, real: ArtifactStore) -> None:
        """Keep everything where the real one does."""
        vars(self).update(vars(real))

    def save(self, key: str, artifact: Artifact, **about: Any) -> Envelope:
        self._ask("before", artifact.asset, key)
        envelope = super().save(key, artifact, **about)
        self._ask("after", artifact.asset, key)
        return envelope

    def _ask(self, when: str, asset: str, key: str) -> None:
        question = {
            "when": when,
            "asset": asset,
            "key": key,
            "pid": str(os.getpid()),
            "home": os.environ["RAGTIME_HOME"],
        }
        httpx.get(os.environ[HOLD_URL], params=question, timeout=900)


class HeldKept(KeptResource):
    """What is kept as it is, but for the store."""

    @property
    def kept(self) -> Kept:
        kept = of_process()
        if not isinstance(kept.store, HeldStore):
            kept.store = HeldStore(kept.store)
        return kept


defs = build_definitions({"kept": HeldKept()})
