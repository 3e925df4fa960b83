"""Turns at a public service: one pace for all processes of a machine."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from filelock import FileLock

from ragtime_assets.adapters.storage.file_turns import FileTurns
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.errors import TimedOut

SCRIPT = """
import sys, time
from pathlib import Path
from ragtime_assets.adapters.storage.file_turns import FileTurns
from ragtime_assets.domain.deadline import Deadline
begun = []
def wait(seconds):
    time.sleep(seconds)
    begun.append(time.time())
for _ in range(4):
    FileTurns(Path(sys.argv[1]), wait).take("musicbrainz", 0.2, Deadline(120))
print(*begun)
"""


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.waits.append(round(seconds, 3))


def turns(folder: Path, clock: Clock) -> FileTurns:
    """The turns of one process."""
    return FileTurns(folder, clock.wait, lambda: clock.now)


def test_processes_that_ask_together_keep_their_distance(tmp_path: Path) -> None:
    asking = [
        subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    moments = sorted(float(moment) for one in asking for moment in one.communicate()[0].split())
    assert len(moments) == 12
    assert min(later - sooner for sooner, later in pairwise(moments)) > 0.199


def test_each_service_has_its_own_turns(tmp_path: Path) -> None:
    clock = Clock()
    for service in ("musicbrainz", "wikidata", "musicbrainz", "musicbrainz"):
        turns(tmp_path, clock).take(service, 1.0, Deadline(60))
    assert clock.waits == [0.0, 0.0, 1.0, 1.0]


def test_a_turn_that_comes_too_late_is_left_to_others(tmp_path: Path) -> None:
    clock = Clock()
    turns(tmp_path, clock).take("musicbrainz", 5.0, Deadline(60))
    with pytest.raises(TimedOut, match="musicbrainz was not asked"):
        turns(tmp_path, clock).take("musicbrainz", 5.0, Deadline(3))
    turns(tmp_path, clock).take("musicbrainz", 5.0, Deadline(60))
    assert clock.waits == [0.0, 5.0]


def test_who_finds_every_turn_taken_asks_nobody(tmp_path: Path) -> None:
    with FileLock(tmp_path / "musicbrainz.lock"), pytest.raises(TimedOut, match="others had every turn"):
        turns(tmp_path, Clock()).take("musicbrainz", 1.0, Deadline(0.1))


def test_a_service_that_wants_to_be_left_alone_is_left_alone_by_all(tmp_path: Path) -> None:
    clock = Clock()
    turns(tmp_path, clock).hold_off("wikidata", 30)
    with pytest.raises(TimedOut):
        turns(tmp_path, clock).take("wikidata", 0.2, Deadline(10))
    turns(tmp_path, clock).take("wikidata", 0.2, Deadline(60))
    assert clock.waits == [30.0]


@pytest.mark.parametrize("content", ["", "soon", "9" * 400, "nan"])
def test_a_file_that_cannot_be_read_means_now(tmp_path: Path, content: str) -> None:
    clock = Clock()
    (tmp_path / "wikidata.turn").write_text(content)
    turns(tmp_path, clock).take("wikidata", 0.2, Deadline(60))
    assert clock.waits == [0.0]


def test_a_clock_that_was_set_back_stops_nobody(tmp_path: Path) -> None:
    clock = Clock()
    clock.now += 86_400
    turns(tmp_path, clock).take("wikidata", 0.2, Deadline(60))
    clock.now -= 86_400
    turns(tmp_path, clock).take("wikidata", 0.2, Deadline(60))
    assert clock.waits == [0.0, 0.0]
