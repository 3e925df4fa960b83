"""Warnings about what was made. What must stop an episode is raised by the phase; these only tell."""

from collections.abc import Callable, Iterator

import dagster as dg

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.audio_file import AudioFile
from ragtime_assets.domain.episode_details import EpisodeDetails
from ragtime_assets.domain.transcript import Transcript
from ragtime_assets.orchestration.partitions import episodes
from ragtime_assets.orchestration.resources import StudioResource
from ragtime_assets.phases.warnings import audio_file_warnings, episode_details_warnings, transcript_warnings
from ragtime_assets.studio import Studio

Warnings = Callable[[Studio, str], Iterator[str]]


def _check(kind: type[Artifact], name: str, description: str, warnings: Warnings) -> dg.AssetChecksDefinition:
    """A check of every episode of the step; it fails, as a warning, when there is anything to say."""

    @dg.asset_check(asset=kind.asset, name=name, description=description, partitions_def=episodes)
    def check(context: dg.AssetCheckExecutionContext, studio: StudioResource) -> dg.AssetCheckResult:
        tools = studio.studio
        told = {key: found for key in context.partition_keys if (found := list(_warnings(tools, kind, key, warnings)))}
        return dg.AssetCheckResult(
            passed=not told,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(one for found in told.values() for one in found)[:500] or None,
            metadata={"warnings": dg.MetadataValue.json(told)} if told else {},
        )

    return check


def _warnings(studio: Studio, kind: type[Artifact], key: str, warnings: Warnings) -> Iterator[str]:
    if studio.store.envelope(kind.asset, key) is not None:
        yield from warnings(studio, key)


def _of_details(studio: Studio, key: str) -> Iterator[str]:
    yield from episode_details_warnings(studio.store.load(EpisodeDetails, key)[0])


def _of_audio(studio: Studio, key: str) -> Iterator[str]:
    details, _ = studio.store.load(EpisodeDetails, key)
    yield from audio_file_warnings(details, studio.store.load(AudioFile, key)[0])


def _of_transcript(studio: Studio, key: str) -> Iterator[str]:
    audio, _ = studio.store.load(AudioFile, key)
    yield from transcript_warnings(audio, studio.store.load(Transcript, key)[0])


ALL = [
    _check(EpisodeDetails, "complete", "Title, show, date, language and audio are all there.", _of_details),
    _check(AudioFile, "plausible", "Duration and sound are what the publisher says.", _of_audio),
    _check(Transcript, "plausible", "Speech covers the audio, at a human pace.", _of_transcript),
]
