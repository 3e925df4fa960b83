"""One step of one run, while it works through its episodes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from typing import TypeVar

import dagster as dg

from ragtime_assets.domain.artifact import Artifact, Envelope
from ragtime_assets.domain.episode.trace import EXCHANGE_SUFFIX, TRACE_SUFFIX, Trace, written_trace
from ragtime_assets.domain.graph import PHASES, REPORT, downstream, read_by
from ragtime_assets.domain.links import artifact_url
from ragtime_assets.domain.money.spending import Payer
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.errors import ArtifactCorrupt, InputMissing, OutputInvalid, RagtimeError
from ragtime_assets.orchestration.approving import pass_gate
from ragtime_assets.orchestration.checks import Checking
from ragtime_assets.orchestration.failures import catching, observation
from ragtime_assets.orchestration.logs import log_as_json
from ragtime_assets.orchestration.progress import LiveProgress, LiveTrace
from ragtime_assets.orchestration.steps.asked import Asked, is_current
from ragtime_assets.orchestration.steps.episode import Episode, guarded_in_step
from ragtime_assets.orchestration.steps.outcome import Made, Outcome, stopped
from ragtime_assets.orchestration.steps.run import is_of_many, selected, stops_so_far
from ragtime_assets.orchestration.steps.telling import ManyEpisodes, OneEpisode, Results, Telling
from ragtime_assets.orchestration.tags import RETRY_NUMBER_TAG
from ragtime_assets.ports import LanguageDetector
from ragtime_assets.studio import Kept, Models

Prepared = TypeVar("Prepared")
NOTED_EVERY_SECONDS = 1.0
"""How long an artifact may be there before the index, the journal and Dagster hear of it."""


def materialise(
    context: dg.AssetExecutionContext,
    kept: Kept,
    kind: type[Artifact],
    make: Callable[[Episode], Artifact],
    languages: LanguageDetector | None = None,
) -> Results:
    """Make this artifact for each episode of the step, one after the other; each is guarded while it is its turn.

    A run that selected nothing but checks of the asset makes none, and checks those that are there.
    """
    checking = Checking(context, kept, kind.asset, languages)
    if dg.AssetKey(kind.asset) not in context.selected_asset_keys:
        for key, made in kept.artifact_index.of(context.partition_keys).items():
            if kind.asset in made:
                checking(key)
        return
    step = _Step(context, kept, kind.asset, checking)
    with step.noting():
        for key in step.keys:
            with step.catching(key), guarded_in_step(kept, key, context.run.run_id):
                step.refuse_unusable_models(key)
                episode = step.episode(key)
                if episode is None:
                    continue
                pass_gate(episode, kind.asset)
                with step.traced(episode), episode.journal.sealed_by_verdict():
                    started = time.monotonic()
                    step.save(episode, make(episode), time.monotonic() - started)
    kept.tracing.flush()
    yield from step.results()


def materialise_together(
    context: dg.AssetExecutionContext,
    kept: Kept,
    kind: type[Artifact],
    prepare: Callable[[Episode], Prepared],
    make: Callable[[Mapping[str, Prepared]], Mapping[str, Artifact]],
) -> Results:
    """Prepare each episode of the step on its own, then make this artifact for all of them in one go."""
    step = _Step(context, kept, kind.asset, Checking(context, kept, kind.asset))
    episodes: dict[str, Episode] = {}
    prepared: dict[str, Prepared] = {}
    with ExitStack() as guards, step.noting():
        for key in step.keys:
            with step.catching(key):
                guards.enter_context(guarded_in_step(kept, key, context.run.run_id))
                episode = step.episode(key)
                if episode is not None:
                    pass_gate(episode, kind.asset)
                    prepared[key] = prepare(episode)
                    episodes[key] = episode
        if prepared:
            _make_together(step, episodes, prepared, make)
    yield from step.results()


def _make_together(
    step: _Step,
    episodes: Mapping[str, Episode],
    prepared: Mapping[str, Prepared],
    make: Callable[[Mapping[str, Prepared]], Mapping[str, Artifact]],
) -> None:
    """Make this artifact for all of these; each alone if one of them is what makes it fail."""
    with catching() as caught:
        started = time.monotonic()
        made = make(prepared)
        each = (time.monotonic() - started) / len(prepared)
        for key in prepared:
            step.save(episodes[key], made[key], each)
    if caught.failure is None:
        return
    unfinished = {key: one for key, one in prepared.items() if key not in step.outcomes}
    if not caught.failure.permanent or len(prepared) == 1:
        step.note(caught.failure, unfinished)
        return
    for key, one in unfinished.items():
        _make_together(step, episodes, {key: one}, make)


class _Step:
    """What has become of the episodes so far."""

    def __init__(self, context: dg.AssetExecutionContext, kept: Kept, asset: str, checking: Checking) -> None:
        """Nothing yet."""
        self.outcomes: dict[str, Outcome] = {}
        log_as_json(context.log, kept.settings)
        self._context = context
        self._kept = kept
        self._asset = asset
        self._is_of_many = is_of_many(context)
        self._telling: Telling = (ManyEpisodes if self._is_of_many else OneEpisode)(context, kept, checking)
        self._unnoted: list[Made] = []
        self._noted_at = time.monotonic()

    @cached_property
    def keys(self) -> Sequence[str]:
        """The episodes to work on: those of the run, but for those that stopped upstream.

        A report tells of these too, unless another run goes on with them and will report.
        """
        if not self._is_of_many:
            return self._context.partition_keys
        out = {
            stop.key
            for stop in stops_so_far(self._context, self._kept)
            if stop.failure.goes_on or (self._asset != REPORT and self._asset in downstream(frozenset({stop.asset})))
        }
        return [key for key in self._context.partition_keys if key not in out]

    def episode(self, key: str) -> Episode | None:
        """The episode, if it needs work; what is there and is kept is told of."""
        episode = self._episode(key)
        there = self._there(episode)
        if there is None:
            return episode
        self._context.log.info(f"{self._asset} of {key} is kept from run {there.run_id}")
        self._commit(episode, Made(there, kept_from=there.run_id))
        return None

    def refuse_unusable_models(self, key: str) -> None:
        """Before the first phase of a run, raise what is wrong with a model that a later one of it needs."""
        phases = [asset for asset in PHASES if asset in selected(self._context)]
        if self._asset == phases[0]:
            Models(self._kept).refuse_unusable(phases, self._kept.submissions.bindings(key))

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what is made while the context is open, and whatever ends it."""
        try:
            yield
        finally:
            self._note_made()

    @contextmanager
    def catching(self, key: str) -> Iterator[None]:
        """Note an error on this episode instead of raising it."""
        with catching() as caught:
            yield
        if caught.failure is not None and not (caught.failure.is_busy and self._has_nothing_to_make(key)):
            self.note(caught.failure, [key])

    def note(self, failure: PhaseFailure, keys: Iterable[str]) -> None:
        """This is what became of these episodes."""
        now = self._kept.clock()
        for key in keys:
            about = failure.about(key)
            self.outcomes[key] = stopped(about)
            self._context.log_event(observation(self._asset, key, about, now))

    @contextmanager
    def traced(self, episode: Episode) -> Iterator[None]:
        """Keep what was tried beside the artifact, whether there will be one or not, and what a model said wrong."""
        try:
            with self._kept.tracing.span(self._asset, key=episode.key):
                yield
        except OutputInvalid as error:
            exchange = error.details.pop("exchange", None)
            if exchange:
                error.details["exchange"] = self._attached(episode, EXCHANGE_SUFFIX, exchange)
            raise
        finally:
            if episode.trace.steps:
                self._attached(episode, TRACE_SUFFIX, written_trace(episode.trace.steps))
                with suppress(RagtimeError):
                    self._kept.health.add_outcomes(self._asset, episode.trace.steps)

    def save(self, episode: Episode, artifact: Artifact, seconds: float) -> None:
        """Commit the artifact."""
        envelope = self._kept.store.save(
            episode.key,
            artifact,
            inputs=episode.digests,
            code_version=self._code_version,
            run_id=self._context.run.run_id,
            seconds=seconds,
            asked_at=self._asked.at,
        )
        self._commit(episode, Made(envelope))

    def results(self) -> Results:
        """Tell Dagster what was made; raises for what failed."""
        yield from self._telling.results(self.outcomes)

    @property
    def _attempt(self) -> int:
        """Which attempt of its run this is; Dagster's retries count from none."""
        return 1 + int(self._context.run.tags.get(RETRY_NUMBER_TAG, 0))

    @property
    def _code_version(self) -> str:
        return str(self._context.assets_def.code_versions_by_key[self._context.asset_key])

    @cached_property
    def _asked(self) -> Asked:
        return Asked.by(self._context.run.tags)

    def _episode(self, key: str) -> Episode:
        live = LiveProgress(self._context, self._asset, key, self._kept.settings.phase_timeout.of(self._asset))
        trace = Trace(LiveTrace(self._context, self._asset, key, brief=self._is_of_many))
        journal = self._kept.journals.of(key, self._asset)
        payer = Payer(key, self._asset, self._context.run.run_id, self._attempt)
        return Episode(key, self._inputs(key), live, trace, journal, payer, self._kept)

    def _has_nothing_to_make(self, key: str) -> bool:
        """Whether the artifact is there and kept, though another run works on the episode: no phase failed then.

        It is told of and left to that run. A failure would stand, since nobody has a reason to make it once more.
        """
        with suppress(RagtimeError):
            there = self._there(self._episode(key))
            if there is not None:
                self.outcomes[key] = made = Made(there, kept_from=there.run_id)
                self._telling.made([made])
                return True
        return False

    def _inputs(self, key: str) -> dict[str, Envelope]:
        """What the phase works on."""
        found = {asset: self._kept.store.envelope(asset, key) for asset in read_by(self._asset)}
        missing = [asset for asset, envelope in found.items() if envelope is None]
        if missing and self._asset != REPORT:
            raise InputMissing(f"{', '.join(missing)} of {key} is not there, so {self._asset} has nothing to work on")
        return {asset: envelope for asset, envelope in found.items() if envelope is not None}

    def _there(self, episode: Episode) -> Envelope | None:
        """The artifact, if it is just what this run would make and need not be made again."""
        try:
            there = self._kept.store.envelope(self._asset, episode.key)
        except ArtifactCorrupt:  # what cannot be read is not finished, and is about to be made anew
            return None
        if there is None or not is_current(there, episode.digests, self._code_version):
            return None
        indexed = self._asset in self._kept.artifact_index.of([episode.key]).get(episode.key, {})
        return there if self._asked.keeps(there, indexed=indexed) else None

    def _attached(self, episode: Episode, suffix: str, text: str) -> str | None:
        """Where a text beside the artifact is read, once it is kept there."""
        with suppress(RagtimeError):  # what ended the phase is what people need to hear
            self._kept.store.attach(self._asset, episode.key, suffix, text)
            return artifact_url(self._kept.settings.serve_url, self._asset, episode.key, suffix)
        return None

    def _commit(self, episode: Episode, made: Made) -> None:
        """The artifact is saved: it is noted now, or with what a run of many made in the same second."""
        self.outcomes[episode.key] = made
        self._unnoted.append(made)
        if not self._is_of_many or time.monotonic() - self._noted_at > NOTED_EVERY_SECONDS:
            self._note_made()

    def _note_made(self) -> None:
        """What is saved is not replayed from now on, and everybody hears of it.

        Who dies before finds the artifact there, keeps it and notes it then.
        """
        made, self._unnoted = self._unnoted, []
        self._noted_at = time.monotonic()
        if made:
            self._note_together(made)

    def _note_together(self, made: Sequence[Made]) -> None:
        """Note these; each alone if one of them is what cannot be noted."""
        keys = [one.envelope.key for one in made]
        with catching() as caught:
            self._kept.journals.seal(keys, self._asset)
            self._kept.artifact_index.record(one.envelope for one in made)
        if caught.failure is None:
            self._telling.made(made)
        elif len(made) == 1:
            self.note(caught.failure, keys)
        else:
            for one in made:
                self._note_together([one])
