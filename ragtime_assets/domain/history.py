"""What Dagster keeps of runs, observations and sensors, as plain values, and what a reader of its history answers.

There are two readers: one asks Dagster, the other reads the tables without importing it. What the answers mean for an
episode is said once, above both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

INGEST_JOB = "ingest_episode"
REPORT_JOB = "report_episode"
SUBMISSION_SENSOR = "submission_sensor"
SENSORS = (
    SUBMISSION_SENSOR,
    "approval_sensor",
    "liveness_sensor",
    "report_sensor",
    "feed_sensor",
    "notification_sensor",
)
EPISODES = "episodes"
"""The name of the dynamic partitions."""


class RunState(StrEnum):
    """Where a run is, in Dagster's words."""

    QUEUED = "QUEUED"
    NOT_STARTED = "NOT_STARTED"
    MANAGED = "MANAGED"
    STARTING = "STARTING"
    STARTED = "STARTED"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    CANCELING = "CANCELING"
    CANCELED = "CANCELED"
    SUSPENDED = "SUSPENDED"


WORKING = (RunState.STARTED, RunState.CANCELING)
"""A run that only starts has no lock yet; Dagster itself gives it three minutes."""
WAITING_TO_START = (RunState.QUEUED, RunState.NOT_STARTED)
IN_FLIGHT = (*WAITING_TO_START, RunState.STARTING, *WORKING)
ENDED_BADLY = (RunState.FAILURE, RunState.CANCELED)


RUNS_TOLD = {"success": "done", "failure": "failed", "canceled": "cancelled", "started": "running"}
"""Dagster's words for a run, as `ragtime status` says them."""


class EventKind(StrEnum):
    """The events of an asset on a partition that matter here."""

    MADE = "ASSET_MATERIALIZATION"
    OBSERVED = "ASSET_OBSERVATION"
    PLANNED = "ASSET_MATERIALIZATION_PLANNED"


@dataclass(frozen=True)
class Run:
    """A run as it was written down."""

    storage_id: int
    run_id: str
    job: str
    state: RunState
    changed_at: datetime
    """When its state last changed: for one that is over, when it ended."""
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Observation:
    """An observation of an asset on the partition of an episode, whoever made it."""

    storage_id: int
    run_id: str
    at: float
    description: str | None
    metadata: Mapping[str, object]


@dataclass(frozen=True)
class Newest:
    """An episode's newest observation on one asset, and the newest materialization before it."""

    key: str
    storage_id: int
    made_id: int


@dataclass(frozen=True)
class SensorSeen:
    """What is kept of a sensor."""

    is_running: bool
    cursor: str | None
    looked_at: float | None
    failed: str | None
    """What its last look failed of; empty when that has no message, None when it did not fail."""


class Unreadable(Exception):
    """An observation cannot be read back."""


class Records(Protocol):
    """One Dagster storage, read by whichever way."""

    def runs(self, states: Collection[RunState]) -> list[Run]:
        """The runs in these states, newest first."""
        ...

    def runs_tagged(self, tag: str, values: Collection[str]) -> list[Run]:
        """The runs that have one of these values under a tag."""
        ...

    def runs_named(self, run_ids: Collection[str]) -> list[Run]:
        """The runs with these ids."""
        ...

    def last_planned(self, asset: str, key: str) -> str | None:
        """The run that planned to make this asset of this episode last."""
        ...

    def partitions(self) -> Sequence[str]:
        """The keys of all episodes that have a partition, in their order."""
        ...

    def newest(self, asset: str, kind: EventKind, keys: Collection[str] | None) -> dict[str, int]:
        """By key, the storage id of the newest event of this kind; of every key when None."""
        ...

    def unanswered(self, asset: str) -> list[Newest]:
        """The newest observation of each episode of which this asset was not made since."""
        ...

    def observations(self, asset: str, storage_ids: Collection[int]) -> list[Observation]:
        """These observations; raises Unreadable."""
        ...

    def observations_between(self, asset: str, key: str, after: int, before: int, limit: int) -> list[Observation]:
        """The observations of an episode between two storage ids, newest first; raises Unreadable."""
        ...

    def steps_at_work(self, run_id: str) -> list[str]:
        """The steps of a run that started and did not end."""
        ...

    def daemon_beat_at(self) -> float | None:
        """When the daemon that looks after sensors last gave a sign of life."""
        ...

    def sensor(self, name: str) -> SensorSeen | None:
        """What is kept of a sensor; None when it never looked."""
        ...
