"""The ten assets: what each is called, made from, shown as; what it does is in the phase of the same name."""

from collections.abc import Callable, Mapping

import dagster as dg

from ragtime_assets.agents.desk.spec import prompt_version
from ragtime_assets.agents.downloader import DOWNLOADER
from ragtime_assets.agents.entities import ENTITIES
from ragtime_assets.agents.investigator import INVESTIGATOR
from ragtime_assets.agents.summary import NOTES, SUMMARY
from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import UPSTREAM
from ragtime_assets.orchestration.history import History
from ragtime_assets.orchestration.instance import LISTEN
from ragtime_assets.orchestration.materialise import Episode, Results, materialise, materialise_together
from ragtime_assets.orchestration.owners import LivingOwners
from ragtime_assets.orchestration.partitions import episodes
from ragtime_assets.orchestration.reporting import report_of
from ragtime_assets.orchestration.resources import StudioResource
from ragtime_assets.phases.audio.duplicates import claimed_before_audio, claimed_before_speech
from ragtime_assets.phases.audio_file import Taking, make_audio_file
from ragtime_assets.phases.chunks import make_chunks
from ragtime_assets.phases.embeddings import make_embeddings
from ragtime_assets.phases.entities import make_entities
from ragtime_assets.phases.entity_links import make_entity_links
from ragtime_assets.phases.episode_details import make_episode_details
from ragtime_assets.phases.listening.renderings import RENDERINGS
from ragtime_assets.phases.search_index import Inputs, check_inputs, make_search_index
from ragtime_assets.phases.summary import make_summary
from ragtime_assets.phases.transcript import make_transcript
from ragtime_assets.ports import Account

ONE_EPISODE = dg.BackfillPolicy.multi_run(1)
MANY_EPISODES = dg.BackfillPolicy.multi_run(25)


def _episode_asset(
    artifact: type[Artifact],
    *,
    group: str,
    code_version: str,
    kinds: set[str],
    pool: str | None = None,
    backfill: dg.BackfillPolicy = ONE_EPISODE,
) -> Callable[[Callable[..., Results]], dg.AssetsDefinition]:
    """What all ten have in common; the function's name is the asset's, its docstring the description."""
    return dg.asset(
        partitions_def=episodes,
        deps=[upstream.asset for upstream in UPSTREAM[artifact]],
        group_name=group,
        kinds=kinds,
        owners=["team:corpus"],
        code_version=code_version,
        pool=pool,
        backfill_policy=backfill,
        output_required=False,
    )


@_episode_asset(EpisodeDetails, group="fetch", code_version=prompt_version("2", INVESTIGATOR), kinds={"python"})
def episode_details(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """What the publisher says of the episode: title, show, date, audio addresses, captions, chapters, persons."""
    tools = studio.studio

    def make(episode: Episode) -> EpisodeDetails:
        submission = tools.submissions.episode(episode.key).submission
        readers = tools.readers(episode.caller)
        return make_episode_details(submission, readers, episode.trace, tools.corrections.of(episode.key))

    yield from materialise(context, tools, EpisodeDetails, make)


@_episode_asset(AudioFile, group="fetch", code_version=prompt_version("2", DOWNLOADER), kinds={"python"})
def audio_file(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """The audio, checked by decoding it and kept under its sha256; with every address that was tried."""
    tools = studio.studio
    owners = LivingOwners(tools, context.instance)

    def make(episode: Episode) -> AudioFile:
        details = episode.input(EpisodeDetails)
        submission = tools.submissions.episode(episode.key).submission
        claimed_before_audio(episode.key, submission, details, owners)
        with tools.store.workspace() as work:
            longest = tools.settings.max_audio_seconds
            taking = Taking(tools.fetcher, tools.probe, tools.store, work, longest, episode.progress)
            audio = make_audio_file(details, tools.audio_finders(episode.caller), taking, episode.trace)
        claimed_before_speech(episode.key, audio, owners)
        return audio

    yield from materialise(context, tools, AudioFile, make)


@_episode_asset(Transcript, group="listen", code_version="4", kinds={"python", "whisper"}, pool=LISTEN)
def transcript(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """What is said, timed to the word: the publisher's captions when good, else what Whisper or an API hears."""
    tools = studio.studio

    def make(episode: Episode) -> Transcript:
        heard = make_transcript(
            episode.input(EpisodeDetails),
            episode.input(AudioFile),
            mode=tools.settings.transcriber,
            tools=tools.transcript_tools,
            transcriber=tools.transcriber,
            progress=episode.progress,
            journal=episode.journal,
            account=Account(tools.ledger, episode.payer),
        )
        for suffix, render in RENDERINGS.items():
            tools.store.attach(Transcript.asset, episode.key, suffix, render(heard))
        return heard

    yield from materialise(context, tools, Transcript, make)


@_episode_asset(Summary, group="read", code_version=prompt_version("2", NOTES, SUMMARY), kinds={"python"})
def summary(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """The episode in a few paragraphs, with moments to jump to; without a model, in sentences of its own."""
    tools = studio.studio

    def make(episode: Episode) -> Summary:
        writer = tools.summary_writer(episode.caller, episode.progress)
        return make_summary(episode.input(Transcript), tools.splitter, tools.embedder, writer)

    yield from materialise(context, tools, Summary, make)


@_episode_asset(Chunks, group="read", code_version="1", kinds={"python"})
def chunks(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """The transcript in passages of about 150 words that are searched and cited; a segment is never split."""
    tools = studio.studio
    yield from materialise(context, tools, Chunks, lambda episode: make_chunks(episode.input(Transcript)))


@_episode_asset(Entities, group="read", code_version=prompt_version("2", ENTITIES), kinds={"python"})
def entities(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """Who and what is mentioned, where, and when, in the types of the vocabulary."""
    tools = studio.studio

    def make(episode: Episode) -> Entities:
        reader = tools.entity_reader(episode.caller, episode.progress)
        return make_entities(episode.input(Transcript), episode.input(Chunks), tools.vocabulary, reader)

    yield from materialise(context, tools, Entities, make)


@_episode_asset(EntityLinks, group="link", code_version="1", kinds={"python", "sql"})
def entity_links(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """Which entity of the registry each name means, and how that was decided."""
    tools = studio.studio

    def make(episode: Episode) -> EntityLinks:
        return make_entity_links(episode.key, episode.input(Entities), tools.registry)

    yield from materialise(context, tools, EntityLinks, make)


@_episode_asset(Embeddings, group="publish", code_version="1", kinds={"python"}, backfill=MANY_EPISODES)
def embeddings(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """The chunks as vectors, one file per episode: what the vector index is rebuilt from."""
    tools = studio.studio

    def make(episode: Episode) -> Embeddings:
        return make_embeddings(episode.input(Chunks), tools.embedder, tools.store)

    yield from materialise(context, tools, Embeddings, make)


@_episode_asset(
    SearchIndex,
    group="publish",
    code_version="2",
    kinds={"python", "qdrant", "sql"},
    backfill=MANY_EPISODES,
)
def search_index(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """The episode becomes searchable: points in Qdrant, passages in the search tables."""
    tools = studio.studio

    def prepare(episode: Episode) -> Inputs:
        inputs = Inputs(
            details=episode.input(EpisodeDetails),
            chunks=episode.input(Chunks),
            entities=episode.input(Entities),
            links=episode.input(EntityLinks),
            embeddings=episode.input(Embeddings),
        )
        check_inputs(episode.key, inputs, tools.vector_index)
        return inputs

    def publish(ready: Mapping[str, Inputs]) -> Mapping[str, SearchIndex]:
        return make_search_index(ready, tools.vector_index, tools.passages, tools.store)

    yield from materialise_together(context, tools, SearchIndex, prepare, publish)


@_episode_asset(EpisodeReport, group="publish", code_version="1", kinds={"markdown"}, backfill=MANY_EPISODES)
def episode_report(context: dg.AssetExecutionContext, studio: StudioResource) -> Results:
    """What happened to this episode, for machines and for people, however far it got."""
    tools = studio.studio
    failures = History(context.instance).failures(context.partition_keys)

    def make(episode: Episode) -> EpisodeReport:
        return report_of(episode, tools, failures.get(episode.key, ()))

    yield from materialise(context, tools, EpisodeReport, make)


ALL = [
    episode_details,
    audio_file,
    transcript,
    summary,
    chunks,
    entities,
    entity_links,
    embeddings,
    search_index,
    episode_report,
]
