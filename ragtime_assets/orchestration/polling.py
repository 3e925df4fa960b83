"""Following feeds: a sensor that hands due feeds to a small run, and the run that polls them.

No HTTP in the sensor. What a poll decides is in `phases/feeds/polling.py`; that no feed is polled twice at once is the
subscriptions' to see to: who takes a feed moves its due time ahead, and a dead run's feeds come due again.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta

import dagster as dg

from ragtime_assets.adapters.feeds.polls import FeedPolls
from ragtime_assets.corpus.subscriptions import Subscriptions
from ragtime_assets.domain.episode.subscription import Subscription
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.phase_failure import PhaseFailure
from ragtime_assets.orchestration.executing import run_executor
from ragtime_assets.orchestration.failures import catching, failure_of
from ragtime_assets.orchestration.resources import on_kept_history
from ragtime_assets.phases.feeds.polling import Poll, poll_feed
from ragtime_assets.studio import Kept, Web

LEASE = timedelta(minutes=15)
MOST_FEEDS = 50
"""In one run: four at a time, a minute each at worst, are done within the lease."""
AT_ONCE = 4
PRIORITY_TAG = "dagster/priority"


class FeedsToPoll(dg.Config):
    """Which feeds to poll: without ids every one that is due."""

    feed_ids: list[int] = []
    taken_until: str | None = None
    """Set by feed_sensor: until when it took these feeds for this run."""


@dg.op(out=dg.Out(dg.Nothing))
def poll(
    context: dg.OpExecutionContext, config: FeedsToPoll, kept: dg.ResourceParam[Kept], web: dg.ResourceParam[Web]
) -> None:
    """Ask each feed for what is new and submit it; submission_sensor starts the runs."""
    polls: list[Poll] = []
    failed: dict[str, PhaseFailure] = {}
    for feeds in _portions(kept.subscriptions, config):
        for feed, outcome in _polled(kept.subscriptions, web.feed_polls, feeds):
            if isinstance(outcome, Poll):
                polls.append(outcome)
                context.log.info(_line(outcome))
            else:
                failed[feed.url] = outcome
                context.log.error(f"{feed.url}: {outcome.error_class}: {outcome.message}")
    context.add_output_metadata({"new_episodes": sum(one.new for one in polls), "feeds": _table(polls)})
    if failed:
        url, why = next(iter(failed.items()))
        raise failure_of(f"{plural(len(failed), 'feed')} not polled, among them {url}", why)


@dg.job(
    description="Polls the feeds that are due, or those with the given ids; started by feed_sensor.",
    executor_def=run_executor,
)
def poll_feeds() -> None:
    """Poll feeds."""
    poll()


@dg.sensor(
    job_name=poll_feeds.name,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Hands the feeds that are due to a run that polls them.",
)
@on_kept_history
def feed_sensor(context: dg.SensorEvaluationContext, kept: dg.ResourceParam[Kept]) -> dg.RunRequest | dg.SkipReason:
    """One indexed query; whatever is due is taken before its run is asked for."""
    until = kept.subscriptions.clock() + LEASE
    due = kept.subscriptions.take_due(until, MOST_FEEDS)
    if not due:
        return dg.SkipReason("no feed is due")
    config = FeedsToPoll(feed_ids=[feed.id for feed in due], taken_until=until.isoformat())
    return dg.RunRequest(
        run_key=f"feeds-{due[0].id}-{until.isoformat()}",
        run_config=dg.RunConfig(ops={poll.name: config}),
        tags={PRIORITY_TAG: "5"},
    )


def _portions(subscriptions: Subscriptions, config: FeedsToPoll) -> Iterator[list[Subscription]]:
    """The feeds of this run, taken as they are needed."""
    until = subscriptions.clock() + LEASE
    if config.feed_ids and config.taken_until:
        yield subscriptions.take_handed(config.feed_ids, datetime.fromisoformat(config.taken_until), until)
    elif config.feed_ids:
        yield subscriptions.take_named(config.feed_ids, until)
    else:
        while feeds := subscriptions.take_due(subscriptions.clock() + LEASE, MOST_FEEDS):
            yield feeds


def _polled(
    subscriptions: Subscriptions, polls: FeedPolls, feeds: Sequence[Subscription]
) -> Iterator[tuple[Subscription, Poll | PhaseFailure]]:
    """Each feed with what became of it, as they get done; a run that is stopped waits for none of them."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        asked = {pool.submit(_contained, subscriptions, polls, feed): feed for feed in feeds}
        for done in as_completed(asked):
            yield asked[done], done.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _contained(subscriptions: Subscriptions, polls: FeedPolls, feed: Subscription) -> Poll | PhaseFailure:
    with catching() as caught:
        return poll_feed(feed, polls, subscriptions)
    assert caught.failure is not None  # noqa: S101 - nothing else leads here
    return caught.failure


def _line(one: Poll) -> str:
    note = f"; {one.note}" if one.note else ""
    new = plural(one.new, "new episode")
    return f"{one.url}: {one.status}, {new}, next poll {one.due_at:%Y-%m-%d %H:%M} UTC{note}"


def _table(polls: Sequence[Poll]) -> dg.MetadataValue:
    rows = (
        f"| {_cell(one.url)} | {one.status} | {one.new} | {one.due_at:%Y-%m-%d %H:%M} | {_cell(one.note)} |"
        for one in polls
    )
    return dg.MetadataValue.md(
        "\n".join(["| feed | status | new | next poll (UTC) | |", "|---|---|---|---|---|", *rows])
    )


def _cell(text: str) -> str:
    """Text from outside, shown as it is: neither a cell nor a line of code ends in it."""
    return "`{}`".format(text.replace("`", "'").replace("|", "\\|")) if text else ""
