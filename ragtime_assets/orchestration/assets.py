"""The ten assets: what each is called, made from, shown as; what it does is in the phase of the same name."""

import inspect
from collections.abc import Callable, Mapping

import dagster as dg

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
from ragtime_assets.orchestration.checks import specs_of
from ragtime_assets.orchestration.listening import in_its_place
from ragtime_assets.orchestration.owners import LivingOwners
from ragtime_assets.orchestration.partitions import episodes
from ragtime_assets.orchestration.reporting import known_of, report_of
from ragtime_assets.orchestration.respelling import asks_nobody, heard_before, read_before
from ragtime_assets.orchestration.steps import Episode, Results, materialise, materialise_together
from ragtime_assets.phases.audio.duplicates import claimed_before_audio, claimed_before_speech
from ragtime_assets.phases.audio.known_addresses import LastAudioFinder
from ragtime_assets.phases.audio_file import Taking, make_audio_file
from ragtime_assets.phases.chunks import make_chunks
from ragtime_assets.phases.embeddings import make_embeddings
from ragtime_assets.phases.entities import make_entities
from ragtime_assets.phases.entity_links import Linking, make_entity_links
from ragtime_assets.phases.episode_details import make_episode_details
from ragtime_assets.phases.listening.renderings import RENDERINGS
from ragtime_assets.phases.listening.taught_names import as_taught, respelled
from ragtime_assets.phases.reading.respelled import respelled_entities, respelled_summary
from ragtime_assets.phases.search_index import Inputs, by_engine, check_inputs, make_search_index
from ragtime_assets.phases.summary import make_summary
from ragtime_assets.phases.transcript import make_transcript
from ragtime_assets.ports import Account
from ragtime_assets.studio import Index, Kept, Knowledge, Models, Reading, Speech, Web
from ragtime_assets.studio.code_versions import CODE_VERSIONS

ONE_EPISODE = dg.BackfillPolicy.multi_run(1)
MANY_EPISODES = dg.BackfillPolicy.multi_run(25)


def _episode_asset(
    artifact: type[Artifact],
    *,
    group: str,
    kinds: set[str],
    backfill: dg.BackfillPolicy = ONE_EPISODE,
) -> Callable[[Callable[..., Results]], dg.AssetsDefinition]:
    """What all ten have in common; the function's name is the asset's, its docstring the description."""

    def asset(make: Callable[..., Results]) -> dg.AssetsDefinition:
        spec = dg.AssetSpec(
            artifact.asset,
            description=inspect.getdoc(make),
            deps=[upstream.asset for upstream in UPSTREAM[artifact]],
            group_name=group,
            kinds=kinds,
            owners=["team:corpus"],
            code_version=CODE_VERSIONS[artifact.asset],
            skippable=True,
        )
        return dg.multi_asset(
            name=artifact.asset,
            specs=[spec],
            check_specs=specs_of(artifact.asset),
            can_subset=True,
            partitions_def=episodes,
            backfill_policy=backfill,
        )(make)

    return asset


@_episode_asset(EpisodeDetails, group="fetch", kinds={"python"})
def episode_details(
    context: dg.AssetExecutionContext,
    kept: dg.ResourceParam[Kept],
    web: dg.ResourceParam[Web],
    models: dg.ResourceParam[Models],
) -> Results:
    """What the publisher says of the episode: title, show, date, audio addresses, captions, chapters, persons."""

    def make(episode: Episode) -> EpisodeDetails:
        submission = kept.submissions.episode(episode.key).submission
        readers = web.until(episode.deadline).readers(episode.caller(models))
        return make_episode_details(submission, readers, episode.trace, kept.corrections.of(episode.key))

    yield from materialise(context, kept, EpisodeDetails, make)


@_episode_asset(AudioFile, group="fetch", kinds={"python"})
def audio_file(
    context: dg.AssetExecutionContext,
    kept: dg.ResourceParam[Kept],
    web: dg.ResourceParam[Web],
    models: dg.ResourceParam[Models],
) -> Results:
    """The audio, checked by decoding it and kept under its sha256; with every address that was tried."""
    owners = LivingOwners(kept, context.instance)

    def make(episode: Episode) -> AudioFile:
        details = episode.input(EpisodeDetails)
        submission = kept.submissions.episode(episode.key).submission
        claimed_before_audio(episode.key, submission, details, owners)
        with kept.store.workspace() as work:
            longest, ours = kept.settings.max_audio_seconds, web.until(episode.deadline)
            taking = Taking(
                ours.fetcher,
                ours.probe,
                kept.store,
                work,
                longest,
                episode.progress,
                episode.deadline,
                takes_unsure=kept.settings.asks_about_audio,
            )
            last = LastAudioFinder(lambda: kept.store.load(AudioFile, episode.key)[0])
            finders = (last, *ours.audio_finders(episode.caller(models)))
            audio = make_audio_file(details, finders, taking, episode.trace)
        claimed_before_speech(episode.key, audio, owners)
        return audio

    yield from materialise(context, kept, AudioFile, make)


@_episode_asset(Transcript, group="listen", kinds={"python", "whisper"})
def transcript(
    context: dg.AssetExecutionContext,
    kept: dg.ResourceParam[Kept],
    speech: dg.ResourceParam[Speech],
    reading: dg.ResourceParam[Reading],
) -> Results:
    """What is said, timed to the word: the publisher's captions when good, else what Whisper or an API hears."""

    def make(episode: Episode) -> Transcript:
        taught = kept.name_rules.in_force()
        before = heard_before(context, episode)
        transcript = respelled(before, taught) if before else as_taught(listen(episode), taught)
        for suffix, render in RENDERINGS.items():
            kept.store.attach(Transcript.asset, episode.key, suffix, render(transcript))
        return transcript

    def listen(episode: Episode) -> Transcript:
        mode, transcriber = speech.bound(episode.bindings.get(Transcript.asset))
        return make_transcript(
            episode.input(EpisodeDetails),
            episode.input(AudioFile),
            mode=mode,
            tools=speech.tools,
            transcriber=in_its_place(transcriber, context, episode),
            progress=episode.progress,
            journal=episode.journal,
            account=Account(kept.ledger, episode.payer),
        )

    yield from materialise(context, kept, Transcript, make, reading.languages)


@_episode_asset(Summary, group="read", kinds={"python"})
def summary(
    context: dg.AssetExecutionContext,
    kept: dg.ResourceParam[Kept],
    models: dg.ResourceParam[Models],
    reading: dg.ResourceParam[Reading],
    index: dg.ResourceParam[Index],
) -> Results:
    """The episode in a few paragraphs, with moments to jump to; without a model, in sentences of its own."""

    def make(episode: Episode) -> Summary:
        writer = reading.summary_writer(episode.caller(models), episode.progress)
        before, spelling = read_before(context, episode, Summary) if writer else (None, None)
        if before and spelling:
            return respelled_summary(before, spelling)
        return make_summary(episode.input(Transcript), reading.splitter, index.local_embedder, writer)

    yield from materialise(context, kept, Summary, make, reading.languages)


@_episode_asset(Chunks, group="read", kinds={"python"})
def chunks(context: dg.AssetExecutionContext, kept: dg.ResourceParam[Kept]) -> Results:
    """The transcript in passages of about 150 words that are searched and cited, cut between segments."""
    yield from materialise(context, kept, Chunks, lambda episode: make_chunks(episode.input(Transcript)))


@_episode_asset(Entities, group="read", kinds={"python"})
def entities(
    context: dg.AssetExecutionContext,
    kept: dg.ResourceParam[Kept],
    models: dg.ResourceParam[Models],
    reading: dg.ResourceParam[Reading],
) -> Results:
    """Who and what is mentioned, where, and when, in the types of the vocabulary."""

    def make(episode: Episode) -> Entities:
        reader = reading.entity_reader(episode.caller(models), episode.progress)
        before, spelling = read_before(context, episode, Entities) if reader else (None, None)
        if before and spelling and (again := respelled_entities(before, episode.input(Chunks), spelling)):
            return again
        persons = [person.name for person in episode.input(EpisodeDetails).persons]
        return make_entities(episode.input(Transcript), episode.input(Chunks), reading.vocabulary, reader, persons)

    yield from materialise(context, kept, Entities, make)


@_episode_asset(EntityLinks, group="link", kinds={"python", "sql"})
def entity_links(
    context: dg.AssetExecutionContext,
    kept: dg.ResourceParam[Kept],
    models: dg.ResourceParam[Models],
    reading: dg.ResourceParam[Reading],
    knowledge: dg.ResourceParam[Knowledge],
) -> Results:
    """Which entity of the registry each name means, and how that was decided."""

    def make(episode: Episode) -> EntityLinks:
        chooser = None if asks_nobody(context, episode, EntityLinks) else reading.link_chooser(episode.caller(models))
        tools = Linking(kept.registry, reading.vocabulary, knowledge.music(episode.deadline), chooser)
        return make_entity_links(episode.key, episode.input(EpisodeDetails), episode.input(Entities), tools)

    yield from materialise(context, kept, EntityLinks, make)


@_episode_asset(Embeddings, group="publish", kinds={"python"}, backfill=MANY_EPISODES)
def embeddings(
    context: dg.AssetExecutionContext, kept: dg.ResourceParam[Kept], index: dg.ResourceParam[Index]
) -> Results:
    """The chunks as vectors, one file per episode: what the vector index is rebuilt from."""

    def make(episode: Episode) -> Embeddings:
        bound = episode.bindings.get(Embeddings.asset)
        embedder = index.paid_by(Account(kept.ledger, episode.payer), episode.journal, bound)
        return make_embeddings(episode.input(Chunks), embedder, kept.store)

    yield from materialise(context, kept, Embeddings, make)


@_episode_asset(
    SearchIndex,
    group="publish",
    kinds={"python", "qdrant", "sql"},
    backfill=MANY_EPISODES,
)
def search_index(
    context: dg.AssetExecutionContext, kept: dg.ResourceParam[Kept], index: dg.ResourceParam[Index]
) -> Results:
    """The episode becomes searchable: points in Qdrant, passages in the search tables."""

    def prepare(episode: Episode) -> Inputs:
        inputs = Inputs(
            details=episode.input(EpisodeDetails),
            chunks=episode.input(Chunks),
            entities=episode.input(Entities),
            links=episode.input(EntityLinks),
            embeddings=episode.input(Embeddings),
        )
        check_inputs(episode.key, inputs, index.vectors_of(inputs.embeddings.engine, inputs.embeddings.dimension))
        return inputs

    def publish(ready: Mapping[str, Inputs]) -> Mapping[str, SearchIndex]:
        made: dict[str, SearchIndex] = {}
        for (engine, dimension), some in by_engine(ready).items():
            made |= make_search_index(some, index.vectors_of(engine, dimension), kept.passages, kept.store)
        return made

    yield from materialise_together(context, kept, SearchIndex, prepare, publish)


@_episode_asset(EpisodeReport, group="publish", kinds={"markdown"}, backfill=MANY_EPISODES)
def episode_report(context: dg.AssetExecutionContext, kept: dg.ResourceParam[Kept]) -> Results:
    """What happened to this episode, for machines and for people, however far it got."""
    known = known_of(context.instance, kept, context.partition_keys)

    def make(episode: Episode) -> EpisodeReport:
        return report_of(episode, kept, known[episode.key])

    yield from materialise(context, kept, EpisodeReport, make)


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
