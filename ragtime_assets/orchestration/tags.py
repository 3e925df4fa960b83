"""The names of the tags on runs: Dagster's own, and ours; and what people look for a run by."""

from __future__ import annotations

from typing import Protocol

PARTITION_TAG = "dagster/partition"
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"
RUN_KEY_TAG = "dagster/run_key"
BACKFILL_TAG = "dagster/backfill"
PARENT_TAG = "dagster/parent_run_id"
ROOT_TAG = "dagster/root_run_id"
RESUME_TAG = "dagster/is_resume_retry"
RETRY_NUMBER_TAG = "dagster/retry_number"
WILL_RETRY_TAG = "dagster/will_retry"
RETRIED_BY_TAG = "dagster/auto_retry_run_id"
DEFER_TAG = "dagster/defer_asset_events"
"""Dagster then writes no planned and no automatic asset events; what is made is logged episode by episode."""

AGAIN_TAG = "ragtime/make_again"
"""Names what a run for requests makes although it is there; whatever else was made meanwhile is kept."""
ASKED_AT_TAG = "ragtime/asked_at"
"""When that was asked for, in UTC: what was made after it answers the request, and is kept."""
PLACE_TAG = "ragtime/place"
"""The place that a run needs, of which a machine has one; a limit in `dagster.yaml` starts one such run at a time."""
GONE_ON_TAG = "ragtime/gone_on_with"
"""The run failed, and it was looked whether to ask for its episodes again; holds its own id, for tags are copied."""

QUEUE_TAG = "dagster-celery/queue"
TASK_TAG = "dagster-celery/task_id"
CODE_TAG = "ragtime/code"
"""The code that launched the run; a worker with other code leaves it to another."""

CLOCK_TAG = "ragtime/clock"
"""Whether the clock of the machine that worked on the run was off; Dagster dates a run by it."""

TITLE_TAG = "ragtime/title"
SHOW_TAG = "ragtime/show"
ERROR_TAG = "ragtime/error"
"""The class of the error that a phase of the run ended with."""
NO_ERROR = "none"


class Titled(Protocol):
    """Something that tells the title of an episode, and its show."""

    @property
    def title(self) -> str | None:
        """The episode's title."""
        ...

    @property
    def show(self) -> str | None:
        """The show's name."""
        ...


def naming(episode: Titled | None) -> dict[str, str]:
    """The tags by which people find the runs of an episode in the UI, once its details were read."""
    told = {TITLE_TAG: episode.title, SHOW_TAG: episode.show} if episode else {}
    return {tag: name for tag, name in told.items() if name}
