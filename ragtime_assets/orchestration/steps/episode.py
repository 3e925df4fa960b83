"""One episode as a phase gets it, and the guard that lets one run at a time work on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ragtime_assets.adapters.storage.artifact_store import opened
from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.money.spending import Payer
from ragtime_assets.errors import EpisodeBusy, InputMissing
from ragtime_assets.orchestration.progress import LiveProgress
from ragtime_assets.ports import Locks, LockTaken

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller
    from ragtime_assets.corpus.journal import EpisodeJournal
    from ragtime_assets.studio import Kept, Models

A = TypeVar("A", bound=Artifact)


@dataclass(frozen=True)
class Episode:
    """One episode as a phase gets it: its key, what is upstream, and those who hear of progress and of steps."""

    key: str
    envelopes: Mapping[str, Envelope]
    progress: LiveProgress
    trace: Trace
    journal: EpisodeJournal
    payer: Payer
    kept: Kept

    @property
    def deadline(self) -> Deadline:
        """When the phase has to be over, whatever it still waits for."""
        return self.progress.deadline

    def input(self, kind: type[A]) -> A:
        """The upstream artifact of this kind."""
        found = self.optional(kind)
        if found is None:
            raise InputMissing(f"{kind.asset} of {self.key} is not there: nothing to work on")
        return found

    def optional(self, kind: type[A]) -> A | None:
        """The upstream artifact of this kind, if it is there."""
        envelope = self.envelopes.get(kind.asset)
        return None if envelope is None else opened(kind, envelope)

    def caller(self, models: Models) -> ModelCaller | None:
        """Who calls the phase's model for this episode; None when the phase is keyless."""
        return models.caller(self.payer, self.trace, self.bindings)

    @property
    def bindings(self) -> Mapping[str, str]:
        """By phase, the engines that the episode's last request is bound to."""
        return self.kept.submissions.bindings(self.key)

    @property
    def digests(self) -> dict[str, str]:
        """What the phase's artifact is made from."""
        return {asset: envelope.digest for asset, envelope in self.envelopes.items()}


def guard(key: str) -> str:
    """The name of the lock on an episode."""
    return f"episode-{key}"


@contextmanager
def guarded(locks: Locks, key: str, run_id: str, *, held_by_run: bool = False) -> Iterator[None]:
    """Hold the episode while the context is open; raises EpisodeBusy at once when another run has it.

    With `held_by_run`, the process of the run may hold it for its steps, which work in processes of their own.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locks.hold(guard(key), run_id))
        except LockTaken as taken:
            if not (held_by_run and taken.holder == run_id):
                raise EpisodeBusy(
                    f"run {taken.holder or 'unknown'} is working on {key}",
                    remedy="Nothing to do: what is left is asked for again once that run is over.",
                ) from None
        yield


def guarded_in_step(kept: Kept, key: str, run_id: str) -> AbstractContextManager[None]:
    """The guard as a step takes it under the executor that the settings name."""
    return guarded(kept.locks, key, run_id, held_by_run=kept.settings.executor == "multiprocess")
