"""Warnings about what was made. What must stop an episode is raised by the phase; these only tell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dagster as dg

from ragtime_assets.agents.summary import INSTRUCTIONS
from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.errors import RagtimeError
from ragtime_assets.orchestration.partitions import episodes
from ragtime_assets.orchestration.resources import StudioResource
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
from ragtime_assets.studio import Studio

Warnings = Callable[[Studio, str], Iterator[str]]


@dataclass(frozen=True)
class _Check:
    """One question that is asked about an artifact."""

    name: str
    description: str
    warnings: Warnings


def _checks(kind: type[Artifact], *checks: _Check) -> dg.AssetChecksDefinition:
    """All checks of one asset, in one step; a check fails, as a warning, when there is anything to say."""
    by_key = {dg.AssetCheckKey(dg.AssetKey(kind.asset), one.name): one for one in checks}
    specs = [
        dg.AssetCheckSpec(one.name, asset=kind.asset, description=one.description, partitions_def=episodes)
        for one in checks
    ]

    @dg.multi_asset_check(name=f"{kind.asset}_checks", specs=specs, can_subset=True)
    def run(context: dg.AssetCheckExecutionContext, studio: StudioResource) -> Iterator[dg.AssetCheckResult]:
        tools = studio.studio
        wanted = [one for key, one in by_key.items() if key in context.selected_asset_check_keys]
        for one in wanted:
            told = {key: found for key in context.partition_keys if (found := _told(tools, kind, key, one.warnings))}
            yield dg.AssetCheckResult(
                asset_key=kind.asset,
                check_name=one.name,
                passed=not told,
                severity=dg.AssetCheckSeverity.WARN,
                description="; ".join(said for found in told.values() for said in found)[:500] or None,
                metadata={"warnings": dg.MetadataValue.json(told)} if told else {},
            )

    return run


def _told(studio: Studio, kind: type[Artifact], key: str, warnings: Warnings) -> list[str]:
    """What is to be said of the artifact; nothing when there is none."""
    try:
        return list(warnings(studio, key)) if studio.store.envelope(kind.asset, key) else []
    except RagtimeError as error:
        return [f"could not be checked: {error.message}"]


def _of_details(studio: Studio, key: str) -> Iterator[str]:
    yield from episode_details_warnings(studio.store.load(EpisodeDetails, key)[0])


def _of_audio(studio: Studio, key: str) -> Iterator[str]:
    details, _ = studio.store.load(EpisodeDetails, key)
    yield from audio_file_warnings(details, studio.store.load(AudioFile, key)[0])


def _of_coverage(studio: Studio, key: str) -> Iterator[str]:
    audio, _ = studio.store.load(AudioFile, key)
    yield from coverage_warnings(audio, studio.store.load(Transcript, key)[0])


def _of_repetition(studio: Studio, key: str) -> Iterator[str]:
    yield from repetition_warnings(studio.store.load(Transcript, key)[0])


def _of_language(studio: Studio, key: str) -> Iterator[str]:
    details, _ = studio.store.load(EpisodeDetails, key)
    yield from language_warnings(details, studio.store.load(Transcript, key)[0], studio.languages)


def _of_pace(studio: Studio, key: str) -> Iterator[str]:
    yield from pace_warnings(studio.store.load(Transcript, key)[0])


def _of_summary_language(studio: Studio, key: str) -> Iterator[str]:
    transcript, _ = studio.store.load(Transcript, key)
    yield from summary_language_warnings(studio.store.load(Summary, key)[0], transcript, studio.languages)


def _of_summary_length(studio: Studio, key: str) -> Iterator[str]:
    yield from summary_length_warnings(studio.store.load(Summary, key)[0], studio.store.load(Transcript, key)[0])


def _of_key_moments(studio: Studio, key: str) -> Iterator[str]:
    yield from key_moment_warnings(studio.store.load(Summary, key)[0], studio.store.load(AudioFile, key)[0])


def _of_copies(studio: Studio, key: str) -> Iterator[str]:
    yield from copy_warnings(studio.store.load(Summary, key)[0], INSTRUCTIONS)


def _of_grounding(studio: Studio, key: str) -> Iterator[str]:
    yield from grounding_warnings(studio.store.load(Entities, key)[0])


def _of_silence(studio: Studio, key: str) -> Iterator[str]:
    yield from silence_warnings(studio.store.load(Entities, key)[0], studio.store.load(Transcript, key)[0])


def _of_spend(studio: Studio, key: str) -> Iterator[str]:
    yield from spend_warnings(studio.ledger.total(key=key))


ALL = [
    _checks(
        EpisodeDetails,
        _Check("complete", "Title, show, date, language and audio are all there.", _of_details),
    ),
    _checks(
        AudioFile,
        _Check("plausible", "Duration and sound are what the publisher says.", _of_audio),
    ),
    _checks(
        Transcript,
        _Check("coverage", "Speech covers a good part of the audio.", _of_coverage),
        _Check("repetition", "No words come again and again, as in what an engine makes up.", _of_repetition),
        _Check("language", "Feed, engine and text agree on the language.", _of_language),
        _Check("pace", "As many words a minute as people say.", _of_pace),
    ),
    _checks(
        Summary,
        _Check("language", "The summary is in the language of the episode.", _of_summary_language),
        _Check("length", "Neither too short nor too long to be read.", _of_summary_length),
        _Check("key_moments", "Every key moment lies inside the audio, in order.", _of_key_moments),
        _Check("own_words", "Nothing is copied from what the model was told to do.", _of_copies),
    ),
    _checks(
        Entities,
        _Check("grounded", "Few of the names that an engine gave are not in the text.", _of_grounding),
        _Check("found", "Somebody or something is named in a long episode.", _of_silence),
    ),
    _checks(
        EpisodeReport,
        _Check("spend", "What the episode cost is known, and paid for something.", _of_spend),
    ),
]
