"""The jobs: an episode's assets, its report alone, submitting in the UI, polling, finding QIDs, exporting, tidying."""

import dagster as dg
from pydantic import Field

from ragtime_assets.domain.episode.identity import Submission, item_submission, page_submission
from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.domain.history import INGEST_JOB, REPORT_JOB
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets.orchestration.care.pruning import prune_runs
from ragtime_assets.orchestration.corpus_health import health_job
from ragtime_assets.orchestration.enriching import enrich_entities
from ragtime_assets.orchestration.executing import run_executor
from ragtime_assets.orchestration.exporting import export_job
from ragtime_assets.orchestration.failures import catching, failure_of
from ragtime_assets.orchestration.polling import poll_feeds
from ragtime_assets.orchestration.tidying import tidy_up
from ragtime_assets.studio import Kept

ingest_episode = dg.define_asset_job(
    INGEST_JOB,
    selection=list(PHASES),
    description="Everything that is made of an episode; started by submission_sensor.",
    executor_def=run_executor,
)

report_episode = dg.define_asset_job(
    REPORT_JOB,
    selection=[REPORT],
    description="The report alone, of an episode whose run ended before it could report; started by report_sensor.",
    executor_def=run_executor,
)


class EpisodesToSubmit(dg.Config):
    """What to submit: pages, or items of one feed."""

    urls: list[str] = Field(default=[], description="URLs of episode pages, or of audio.")
    feed: str = Field(default="", description="URL of a feed; its items are named by guids.")
    guids: list[str] = Field(default=[], description="Guids of the episodes in that feed.")

    def submissions(self) -> list[Submission]:
        """What is named; raises InvalidSubmission where that is nothing, or half of it."""
        if bool(self.feed) != bool(self.guids):
            raise InvalidSubmission("a feed and guids of its items go together", remedy="Name both, or neither.")
        if not self.urls and not self.feed:
            raise InvalidSubmission("nothing to submit is named", remedy="Fill in urls, or feed and guids.")
        pages = [page_submission(url) for url in self.urls]
        return pages + [item_submission(self.feed, guid) for guid in self.guids]


@dg.op(out=dg.Out(dg.Nothing))
def record_submissions(context: dg.OpExecutionContext, config: EpisodesToSubmit, kept: dg.ResourceParam[Kept]) -> None:
    """Record the submissions; submission_sensor starts their runs."""
    with catching() as caught:
        for receipt in kept.submissions.submit(config.submissions(), by="dagster"):
            said = "submitted as" if receipt.new else "already submitted as"
            context.log.info(f"{receipt.url}: {said} {receipt.key}")
    if caught.failure is not None:
        raise failure_of("nothing was submitted", caught.failure)


@dg.job(
    description="Submit episodes from the UI: a list of page URLs, or one feed and guids of its items.",
    config=dg.RunConfig(ops={record_submissions.name: EpisodesToSubmit()}),
    executor_def=run_executor,
)
def submit_episodes() -> None:
    """Record submissions."""
    record_submissions()


ALL = [
    ingest_episode,
    report_episode,
    submit_episodes,
    poll_feeds,
    enrich_entities,
    export_job,
    health_job,
    prune_runs,
    tidy_up,
]
