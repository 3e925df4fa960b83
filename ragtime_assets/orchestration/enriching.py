"""QIDs in the background: an asset without partitions, and the schedule that looks whether anybody waits for one.

Who waits is told by the registry, not by a queue: whichever episode brings an entity, the next run looks for it. What
is asked and how an item is chosen is in `phases/enriching/`; none of it is on an episode's path.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from ragtime_assets.corpus.registry.enrichment import EnrichmentRequest
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.linking.items import Finding, QidStatus
from ragtime_assets.domain.vocabulary.vocabulary import EntityType
from ragtime_assets.errors import ConfigurationError
from ragtime_assets.orchestration.executing import run_executor
from ragtime_assets.orchestration.failures import catching, failure_of
from ragtime_assets.orchestration.metadata import Metadata
from ragtime_assets.orchestration.relinking import link_late_names
from ragtime_assets.orchestration.resources import on_kept_history
from ragtime_assets.phases.enriching.resolving import resolve
from ragtime_assets.ports import ItemDatabase, LockTaken
from ragtime_assets.studio import Kept, Knowledge

JOB = "enrich_entities"
MOST_ENTITIES = 1_000
RUN_SECONDS = 600
"""After which a run ends; who is left waits for the next."""
REST = timedelta(minutes=10)
"""Between a run that failed and the next: a service that is down is left alone."""
PRIORITY_TAG = "dagster/priority"


@dg.asset(group_name="link", kinds={"python", "sql"}, owners=["team:corpus"], code_version="1")
def wikidata_links(
    context: dg.AssetExecutionContext, kept: dg.ResourceParam[Kept], knowledge: dg.ResourceParam[Knowledge]
) -> None:
    """Finds the items of Wikidata that entities without a QID are, and looks up names that an episode had no time for.

    In the background, one run at a time. Episodes whose names were looked up are asked for again.
    """
    with catching() as caught:
        try:
            with kept.locks.hold(JOB, context.run.run_id):
                _enrich(context, kept, knowledge)
        except LockTaken as taken:
            context.log.info(f"run {taken.holder} is looking for QIDs already: nothing is done here")
    if caught.failure is not None:
        raise failure_of("not everybody was looked for; who is left waits", caught.failure)


enrich_entities = dg.define_asset_job(
    JOB,
    selection=[wikidata_links],
    description="Finds QIDs of entities that have none, and who is meant by late names; by enrichment_schedule.",
    executor_def=run_executor,
)


@dg.schedule(
    job=enrich_entities,
    cron_schedule="* * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Looks once a minute whether an entity waits for a QID, a name for MusicBrainz, or somebody asked.",
)
@on_kept_history
def enrichment_schedule(
    context: dg.ScheduleEvaluationContext, kept: dg.ResourceParam[Kept], knowledge: dg.ResourceParam[Knowledge]
) -> dg.RunRequest | dg.SkipReason:
    """Two indexed queries; a run is asked for where there is something to do and none is at it."""
    late = not knowledge.music_is_off and kept.late_names.is_waiting()
    if knowledge.wikidata_is_off and not late:
        return dg.SkipReason(f"Wikidata is not asked: {knowledge.wikidata_is_off}")
    if not late and not kept.enrichment.is_waiting(knowledge.item_types):
        return dg.SkipReason("no entity waits for a QID")
    last = next(iter(context.instance.get_run_records(dg.RunsFilter(job_name=JOB), limit=1)), None)
    why_not = _not_now(last, datetime.now(UTC))
    return dg.SkipReason(why_not) if why_not else dg.RunRequest(tags={PRIORITY_TAG: "-5"})


def _not_now(last: dg.RunRecord | None, now: datetime) -> str | None:
    """Why no run is asked for after this one; None when one may be."""
    if last is None:
        return None
    if not last.dagster_run.is_finished:
        return f"run {last.dagster_run.run_id} is looking for QIDs, or about to"
    if last.dagster_run.is_failure_or_canceled and now - last.update_timestamp.replace(tzinfo=UTC) < REST:
        return f"run {last.dagster_run.run_id} failed; the next one starts {REST.seconds // 60} minutes after it"
    return None


def _enrich(context: dg.AssetExecutionContext, kept: Kept, knowledge: Knowledge) -> None:
    deadline = Deadline(RUN_SECONDS)
    wikidata = knowledge.wikidata(deadline)
    if wikidata is None and knowledge.music_is_off:
        raise ConfigurationError(f"Wikidata is not asked: {knowledge.wikidata_is_off}")
    again, down = link_late_names(context, kept, knowledge, deadline)
    context.add_asset_metadata({"linked_again": dg.MetadataValue.int(again)})
    if wikidata is not None:
        _find_items(context, kept, knowledge.item_types, wikidata, deadline)
    knowledge.drop_old_answers()
    if down is not None:
        raise down


def _find_items(
    context: dg.AssetExecutionContext,
    kept: Kept,
    types: Mapping[str, EntityType],
    wikidata: ItemDatabase,
    deadline: Deadline,
) -> None:
    requests = kept.enrichment.requests()
    for request in requests:
        kept.enrichment.begin(request)
    settled: list[Finding] = []
    try:
        waiting = kept.enrichment.waiting(types, _most(requests))
        for some in resolve(waiting, types, wikidata):
            settled += kept.enrichment.settle(some)
            context.log.info(f"{plural(len(settled), 'entity', 'entities')} of {len(waiting)} looked for")
            if deadline.left() <= 0:
                break
        else:
            kept.enrichment.finish(requests)
    finally:
        context.add_asset_metadata(_told(settled, kept.enrichment.counts(types)))


def _most(requests: Sequence[EnrichmentRequest]) -> int:
    """How many entities are looked for: fewer where every request sets a limit."""
    limits = [request.most for request in requests]
    return max((limit or MOST_ENTITIES for limit in limits), default=MOST_ENTITIES)


def _told(settled: Sequence[Finding], counts: Mapping[QidStatus, int]) -> Metadata:
    found = sum(one.status == "resolved" for one in settled)
    shared = [one.reason for one in settled if "merge them" in one.reason]
    told: Metadata = {"looked_for": dg.MetadataValue.int(len(settled)), "found": dg.MetadataValue.int(found)}
    told |= {f"entities_{status}": dg.MetadataValue.int(count) for status, count in sorted(counts.items())}
    if shared:
        told["to_merge"] = dg.MetadataValue.md("\n".join(f"* {reason}" for reason in shared[:50]))
    return told
