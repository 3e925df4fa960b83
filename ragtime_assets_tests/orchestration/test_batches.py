"""Many episodes in one run: the good are made, and the bad are named."""

from __future__ import annotations

from pathlib import Path

from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets_tests.house import House
from ragtime_assets_tests.shows import guid, serve_show

EPISODES = 20


def test_of_twenty_episodes_of_which_every_third_fails_those_are_named_and_the_others_made(tmp_path: Path) -> None:
    with serve_show(EPISODES) as base, House.open(tmp_path, base) as house:
        names = [f"nowhere-{number}" if number % 3 == 0 else guid(number) for number in range(EPISODES)]
        keys = house.take(item_submission(f"{base}/feed.xml", name) for name in names)
        bad = set(keys[::3])
        run = house.batch(keys[0], keys[-1], "episode_details", checks=False)
        assert {key for _, key in house.made(run)} == set(keys) - bad
        assert {key for key in keys if house.status(key).state == "failed"} == bad
