"""Warnings about what was made. What must stop an episode is raised by the phase; these only tell.

The step that makes an artifact evaluates its checks, so they cost no steps of their own. Those that a run selected are
told whatever they find. A batch of the sensor selects none, for fifteen events an episode would cost more than making
it does: there a check is told where it warns, and where it warned before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationTargetMaterializationData

from ragtime_assets.agents.summary import INSTRUCTIONS
from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.money.spending import Total
from ragtime_assets.orchestration.care.dagster_gaps import without_notes_of_logged_checks
from ragtime_assets.orchestration.failures import catching
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.partitions import episodes
from ragtime_assets.phases.checking.warnings import (
    audio_file_warnings,
    copy_warnings,
    coverage_warnings,
    episode_details_warnings,
    grounding_warnings,
    key_moment_warnings,
    language_warnings,
    later_link_warnings,
    open_link_warnings,
    pace_warnings,
    repetition_warnings,
    silence_warnings,
    spend_warnings,
    summary_language_warnings,
    summary_length_warnings,
)
from ragtime_assets.ports import LanguageDetector
from ragtime_assets.studio import Kept

LONGEST = 500


@dataclass(frozen=True)
class _Check:
    """One question that is asked about an artifact."""

    name: str
    description: str
    warnings: Callable[..., Iterator[str]]
    reads: tuple[type[Artifact], ...] = ()
    """The artifacts that `warnings` is handed, in this order."""
    needs: Callable[[Kept, LanguageDetector | None, str], Any] | None = None
    """What it is handed after them."""

    def told(self, kept: Kept, languages: LanguageDetector | None, key: str) -> list[str]:
        """What is to be said of this episode; a check that cannot be made says so, and stops nothing either."""
        with catching() as caught:
            handed: list[Any] = [kept.store.load(kind, key)[0] for kind in self.reads]
            if self.needs is not None:
                handed.append(self.needs(kept, languages, key))
            return list(self.warnings(*handed))
        return [f"could not be checked: {caught.failure.message}"] if caught.failure else []


def _languages(_kept: Kept, languages: LanguageDetector | None, _key: str) -> LanguageDetector:
    if languages is None:
        raise ValueError("this asset hands its checks no language detector")
    return languages


def _spent(kept: Kept, _languages: LanguageDetector | None, key: str) -> Total:
    return kept.ledger.total(key=key)


def specs_of(asset: str) -> list[dg.AssetCheckSpec]:
    """The checks of an asset, as Dagster knows them."""
    return [
        dg.AssetCheckSpec(one.name, asset=asset, description=one.description, partitions_def=episodes)
        for one in CHECKS.get(asset, ())
    ]


class Checking:
    """The checks of one step."""

    def __init__(
        self, context: dg.AssetExecutionContext, kept: Kept, asset: str, languages: LanguageDetector | None = None
    ) -> None:
        """Nothing is checked yet."""
        self._context = context
        self._kept = kept
        self._asset = asset
        self._languages = languages
        self._selected = {one.name for one in context.selected_asset_check_keys}
        without_notes_of_logged_checks(context.log)

    def __call__(self, key: str) -> None:
        """Evaluate the checks of this episode, and tell Dagster."""
        asked = {one.name: one.told(self._kept, self._languages, key) for one in CHECKS.get(self._asset, ())}
        news = {name: told for name, told in asked.items() if told or self._is_expected(name, key)}
        target = self._history.newest_materialization(self._asset, key) if news else None
        for name, told in news.items():
            evaluation: Any = self._evaluation(name, key, told, target)  # Dagster logs it, but does not say so
            self._context.log_event(evaluation)

    def _is_expected(self, name: str, key: str) -> bool:
        return name in self._selected or (name, key) in self._warned_before

    @cached_property
    def _history(self) -> History:
        return History(self._context.instance)

    @cached_property
    def _warned_before(self) -> frozenset[tuple[str, str]]:
        """The checks of this step that warned when they were evaluated last, each with the episode."""
        names = [one.name for one in CHECKS[self._asset]]
        return self._history.warned(self._asset, names, self._context.partition_keys)

    def _evaluation(
        self, name: str, key: str, told: list[str], target: dg.EventLogRecord | None
    ) -> dg.AssetCheckEvaluation:
        return dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(self._asset),
            check_name=name,
            passed=not told,
            partition=key,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(told)[:LONGEST] or None,
            metadata={"warnings": dg.MetadataValue.json(told)} if told else {},
            target_materialization_data=target and _aimed_at(target),
        )


def _aimed_at(made: dg.EventLogRecord) -> AssetCheckEvaluationTargetMaterializationData:
    """The materialization that was checked."""
    return AssetCheckEvaluationTargetMaterializationData(
        storage_id=made.storage_id, run_id=made.run_id, timestamp=made.timestamp
    )


CHECKS: Mapping[str, tuple[_Check, ...]] = {
    EpisodeDetails.asset: (
        _Check(
            "complete",
            "Title, show, date, language and audio are all there.",
            episode_details_warnings,
            (EpisodeDetails,),
        ),
    ),
    AudioFile.asset: (
        _Check(
            "plausible",
            "Duration and sound are what the publisher says.",
            audio_file_warnings,
            (EpisodeDetails, AudioFile),
        ),
    ),
    Transcript.asset: (
        _Check("coverage", "Speech covers a good part of the audio.", coverage_warnings, (AudioFile, Transcript)),
        _Check(
            "repetition",
            "No words come again and again, as in what an engine makes up.",
            repetition_warnings,
            (Transcript,),
        ),
        _Check(
            "language",
            "Feed, engine and text agree on the language.",
            language_warnings,
            (EpisodeDetails, Transcript),
            _languages,
        ),
        _Check("pace", "As many words a minute as people say.", pace_warnings, (Transcript,)),
    ),
    Summary.asset: (
        _Check(
            "language",
            "The summary is in the language of the episode.",
            summary_language_warnings,
            (Summary, Transcript),
            _languages,
        ),
        _Check("length", "Neither too short nor too long to be read.", summary_length_warnings, (Summary, Transcript)),
        _Check(
            "key_moments",
            "Every key moment lies inside the audio, in order.",
            key_moment_warnings,
            (Summary, AudioFile),
        ),
        _Check(
            "own_words",
            "Nothing is copied from what the model was told to do.",
            partial(copy_warnings, told=INSTRUCTIONS),
            (Summary,),
        ),
    ),
    Entities.asset: (
        _Check(
            "grounded", "Few of the names that an engine gave are not in the text.", grounding_warnings, (Entities,)
        ),
        _Check(
            "found",
            "Somebody or something is named in a long episode.",
            silence_warnings,
            (Entities, Transcript),
        ),
    ),
    EntityLinks.asset: (
        _Check("told_apart", "Few names may mean several.", open_link_warnings, (EntityLinks,)),
        _Check("looked_up", "Every name was looked up in time.", later_link_warnings, (EntityLinks,)),
    ),
    EpisodeReport.asset: (
        _Check("spend", "What the episode cost is known, and paid for something.", spend_warnings, needs=_spent),
    ),
}
