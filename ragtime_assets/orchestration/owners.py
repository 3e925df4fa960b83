"""Who owns an episode, minding only owners that still want it: a newcomer takes over from one that gave up."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.orchestration.status import statuses
from ragtime_assets.studio import Kept


class LivingOwners:
    """`phases.duplicates.Identities` over the corpus and Dagster's history."""

    def __init__(self, studio: Kept, instance: dg.DagsterInstance) -> None:
        """Ask these."""
        self._studio = studio
        self._instance = instance

    def claim(self, key: str, identities: Sequence[str]) -> str:
        """Claim all of them for `key`, or none; the loser gives up what it had claimed before."""
        owners = self._studio.identities
        while (owner := owners.claim(key, identities)) != key:
            if not self._gave_up(owner):
                owners.release(key)
                return owner
            self._take_from(owner)
        return key

    def _take_from(self, owner: str) -> None:
        """Leave the owner without what it claimed and without its audio: to go on it has to claim that again."""
        self._studio.identities.release(owner)
        self._studio.store.remove(owner, [AudioFile.asset])
        self._studio.artifact_index.forget(owner, [AudioFile.asset])

    def _gave_up(self, owner: str) -> bool:
        """Whether the owner was forgotten, or failed for good before it could be searched."""
        if not self._studio.submissions.episodes(owner):
            return True
        if SearchIndex.asset in self._studio.artifact_index.of([owner]).get(owner, {}):
            return False
        (status,) = statuses(self._studio, self._instance, owner)
        return status.state == "failed" and status.error is not None and status.error.permanent
