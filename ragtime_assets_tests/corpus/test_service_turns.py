"""Turns at a public service on Postgres: one pace for all hosts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.service_turns import PostgresTurns
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.errors import TimedOut


@pytest.fixture
def shared(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


def test_hosts_that_ask_together_keep_their_distance(shared: Database) -> None:
    begun: list[float] = []

    def wait(seconds: float) -> None:
        time.sleep(seconds)
        begun.append(time.time())

    def ask(_: int) -> None:
        PostgresTurns(shared, wait).take("musicbrainz", 0.2, Deadline(120))

    with ThreadPoolExecutor(4) as hosts:
        list(hosts.map(ask, range(8)))
    assert len(begun) == 8
    assert min(later - sooner for sooner, later in pairwise(sorted(begun))) > 0.199


def test_who_finds_every_turn_taken_asks_nobody(shared: Database) -> None:
    held: list[bool] = []

    def while_held(_seconds: float) -> None:
        with pytest.raises(TimedOut, match="others had every turn"):
            PostgresTurns(shared, time.sleep).take("musicbrainz", 1.0, Deadline(0.1))
        held.append(True)

    PostgresTurns(shared, while_held).take("musicbrainz", 1.0, Deadline(60))
    assert held


def test_a_service_that_wants_to_be_left_alone_is_left_alone_by_all(shared: Database) -> None:
    waits: list[float] = []
    turns = PostgresTurns(shared, waits.append)
    turns.hold_off("wikidata", 30)
    with pytest.raises(TimedOut):
        turns.take("wikidata", 0.2, Deadline(10))
    turns.take("wikidata", 0.2, Deadline(60))
    turns.take("musicbrainz", 1.0, Deadline(60))
    assert 25 < waits[0] <= 30
    assert waits[1:] == [0.0]


def test_a_host_whose_clock_is_wrong_keeps_the_pace_of_the_others(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    PostgresTurns(shared, waits.append).take("musicbrainz", 30, Deadline(60))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 3_600)
    PostgresTurns(shared, waits.append).take("musicbrainz", 1, Deadline(60))
    assert waits[0] == 0.0
    assert 25 < waits[1] <= 30
