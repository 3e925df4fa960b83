"""A short soak: processes killed at random while what was killed before still recovers."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.soak import soak


def test_whatever_is_killed_again_and_again_every_episode_is_ready_and_nothing_is_left(tmp_path: Path) -> None:
    outcome = soak(tmp_path, seconds=40, chance=random.Random(1), burst=7, patience=400)  # noqa: S311
    assert outcome.killed
    assert outcome.is_good, (outcome.states, outcome.left, outcome.stopped, outcome.logs)
