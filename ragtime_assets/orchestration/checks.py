"""Warnings about what was made. What must stop an episode is raised by the phase; these only tell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import dagster as dg

from ragtime_assets.agents.summary import INSTRUCTIONS
from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.money.spending import Total
from ragtime_assets.errors import RagtimeError
from ragtime_assets.orchestration.partitions import episodes
from ragtime_assets.phases.checking.warnings import (
    audio_file_warnings,
    copy_warnings,
    coverage_warnings,
    episode_details_warnings,
    grounding_warnings,
    key_moment_warnings,
    language_warnings,
    pace_warnings,
    repetition_warnings,
    silence_warnings,
    spend_warnings,
    summary_language_warnings,
    summary_length_warnings,
)
from ragtime_assets.ports import LanguageDetector
from ragtime_assets.studio import Kept, Reading


@dataclass(frozen=True)
class _Check:
    """One question that is asked about an artifact."""

    name: str
    description: str
    warnings: Callable[..., Iterator[str]]
    reads: tuple[type[Artifact], ...] = ()
    """The artifacts that `warnings` is handed, in this order."""
    needs: Callable[[Kept, Reading, str], Any] | None = None
    """What it is handed after them."""

    def told(self, kept: Kept, reading: Reading, kind: type[Artifact], key: str) -> list[str]:
        """What is to be said of this episode; nothing where the artifact is not there."""
        try:
            if kept.store.envelope(kind.asset, key) is None:
                return []
            handed: list[Any] = [kept.store.load(kind, key)[0] for kind in self.reads]
            if self.needs is not None:
                handed.append(self.needs(kept, reading, key))
            return list(self.warnings(*handed))
        except RagtimeError as error:
            return [f"could not be checked: {error.message}"]


def _languages(_kept: Kept, reading: Reading, _key: str) -> LanguageDetector:
    return reading.languages


def _spent(kept: Kept, _reading: Reading, key: str) -> Total:
    return kept.ledger.total(key=key)


def _checks(kind: type[Artifact], *checks: _Check) -> dg.AssetChecksDefinition:
    """All checks of one asset, in one step; a check fails, as a warning, when there is anything to say."""
    by_key = {dg.AssetCheckKey(dg.AssetKey(kind.asset), one.name): one for one in checks}
    specs = [
        dg.AssetCheckSpec(one.name, asset=kind.asset, description=one.description, partitions_def=episodes)
        for one in checks
    ]

    @dg.multi_asset_check(name=f"{kind.asset}_checks", specs=specs, can_subset=True)
    def run(
        context: dg.AssetCheckExecutionContext, kept: dg.ResourceParam[Kept], reading: dg.ResourceParam[Reading]
    ) -> Iterator[dg.AssetCheckResult]:
        wanted = [one for key, one in by_key.items() if key in context.selected_asset_check_keys]
        for one in wanted:
            told = {key: found for key in context.partition_keys if (found := one.told(kept, reading, kind, key))}
            yield dg.AssetCheckResult(
                asset_key=kind.asset,
                check_name=one.name,
                passed=not told,
                severity=dg.AssetCheckSeverity.WARN,
                description="; ".join(said for found in told.values() for said in found)[:500] or None,
                metadata={"warnings": dg.MetadataValue.json(told)} if told else {},
            )

    return run


ALL = [
    _checks(
        EpisodeDetails,
        _Check(
            "complete",
            "Title, show, date, language and audio are all there.",
            episode_details_warnings,
            (EpisodeDetails,),
        ),
    ),
    _checks(
        AudioFile,
        _Check(
            "plausible",
            "Duration and sound are what the publisher says.",
            audio_file_warnings,
            (EpisodeDetails, AudioFile),
        ),
    ),
    _checks(
        Transcript,
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
    _checks(
        Summary,
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
    _checks(
        Entities,
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
    _checks(
        EpisodeReport,
        _Check("spend", "What the episode cost is known, and paid for something.", spend_warnings, needs=_spent),
    ),
]
