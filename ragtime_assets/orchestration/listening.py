"""The one place in which a machine listens: it belongs to the engine, and only `transcript` knows of it.

Speech takes all cores, so two that listen at once are both slower. Nothing else waits for the place: captions and APIs
take none. A run that finds it taken halts instead of waiting, for a run that waits keeps one of the few places that
runs have; it asks for the rest, once. The run for that is tagged with the place, and the limit on the tag in
`dagster.yaml` starts one of them at a time: it may wait, and does not halt again. A run of many episodes never listens,
for each would have to wait until all were heard.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from ragtime_assets.domain.artifacts.audio_file import AudioFacts
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import PHASES, REPORT, downstream
from ragtime_assets.errors import WaitsForSpeech
from ragtime_assets.orchestration.steps import Episode, is_of_many, selected
from ragtime_assets.orchestration.tags import AGAIN_TAG, PLACE_TAG
from ragtime_assets.ports import Account, Hints, Journal, LockTaken, Progress, Transcriber

PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class PlacedTranscriber:
    """An engine that listens while it has its place."""

    inner: Transcriber
    take: Callable[[], AbstractContextManager[None]]

    @property
    def engine(self) -> str:
        """That of the engine."""
        return self.inner.engine

    @property
    def place(self) -> str | None:
        """That of the engine."""
        return self.inner.place

    def transcribe(
        self,
        audio: Path,
        facts: AudioFacts,
        hints: Hints,
        progress: Progress,
        journal: Journal | None = None,
        account: Account | None = None,
    ) -> Transcript:
        """The speech in `audio`; raises WaitsForSpeech when the place is taken."""
        with self.take():
            return self.inner.transcribe(audio, facts, hints, progress, journal, account)


def in_its_place(engine: Transcriber, context: dg.AssetExecutionContext, episode: Episode) -> Transcriber:
    """The engine as this run may use it for this episode."""
    place = engine.place
    return engine if place is None else PlacedTranscriber(engine, lambda: _taken(place, context, episode))


def place_lock(place: str) -> str:
    """The name of the lock on this machine's place."""
    return f"place-{place}-{socket.gethostname()}"


@contextmanager
def _taken(place: str, context: dg.AssetExecutionContext, episode: Episode) -> Iterator[None]:
    """Have the place while the context is open."""
    if is_of_many(context):
        raise _halt(place, context, episode, "a run of many episodes listens to none")
    if episode.kept.settings.launcher == "celery" and context.run.tags.get(PLACE_TAG) != place:
        raise _halt(place, context, episode, f"the workers of the queue ragtime/{place} listen")
    with ExitStack() as held:
        while (holder := _holder(place, context, episode, held)) is not None:
            if context.run.tags.get(PLACE_TAG) != place:
                raise _halt(place, context, episode, f"run {holder} listens on this machine")
            episode.progress.begin()
            episode.progress(0, None, f"waits until run {holder} has listened")
            time.sleep(PAUSE_SECONDS)
        episode.progress.begin()
        yield


def _holder(place: str, context: dg.AssetExecutionContext, episode: Episode, held: ExitStack) -> str | None:
    """Who has the place, unless we do now."""
    try:
        held.enter_context(episode.kept.locks.hold(place_lock(place), context.run.run_id))
    except LockTaken as taken:
        return taken.holder or "unknown"
    return None


def _halt(place: str, context: dg.AssetExecutionContext, episode: Episode, why: str) -> WaitsForSpeech:
    """The end of this run for the episode, with the rest asked for unless a request for it waits already."""
    submissions, asset = episode.kept.submissions, context.asset_key.to_user_string()
    if not submissions.waits_for_place(episode.key, place):
        rest, below = _rest(context, asset), selected(context) & downstream(frozenset({asset}))
        covers = [phase for phase in PHASES if phase in below] if rest else None
        submissions.request([episode.key], by=asset, assets=rest, place=place, covers=covers)
    return WaitsForSpeech(f"{asset} of {episode.key} waits for speech: {why}")


def _rest(context: dg.AssetExecutionContext, asset: str) -> list[str] | None:
    """What this run was to make although it is there, from here on; None where that is only what is missing."""
    again = selected(context) & downstream(frozenset({asset})) - {REPORT}
    if AGAIN_TAG in context.run.tags:
        again &= frozenset(context.run.tags[AGAIN_TAG].split(","))
    return [phase for phase in PHASES if phase in again] or None
