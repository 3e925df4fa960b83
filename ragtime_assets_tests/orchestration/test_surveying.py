"""Those of whom the tables alone tell where they stand are counted, and each look at one of them would say the same."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.dagster_tables import tables_in
from ragtime_assets.corpus.schema import artifacts, requests, submissions
from ragtime_assets.corpus.submissions import WITHDRAWN
from ragtime_assets.domain.episode.identity import page_submission
from ragtime_assets.domain.graph import PHASES, again_from, read_by
from ragtime_assets.domain.states import EVIDENT, READY, WAITING
from ragtime_assets.orchestration.episode_history import EpisodeHistory
from ragtime_assets.orchestration.standing import survey, where_they_stand
from ragtime_assets.orchestration.tags import PARTITION_TAG
from ragtime_assets.settings import variable
from ragtime_assets_tests.house import House

EPISODES = 200
SELDOM = 0.01
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
RUN_STATES = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


@pytest.mark.parametrize("seed", range(3))
def test_who_is_only_counted_stands_as_a_look_at_each_would_say(house: House, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    keys = _befallen(house, chance)
    with tables_in(house.studio.settings.instance_folder, variable) as tables:
        history = EpisodeHistory(tables)
        each = where_they_stand(house.studio, history)
        for newest, counted in ((0, {READY}), (0, {WAITING}), (9, EVIDENT), (len(keys), EVIDENT)):
            found = survey(house.studio, history, newest, counted)
            seen = {one.key for one in found.episodes}
            assert found.episodes == [one for one in each if one.key in seen]
            assert found.others == Counter(one.state for one in each if one.key not in seen)
            assert seen.issuperset(one.key for one in each[len(each) - newest :])
        others = survey(house.studio, history, 0).others
    states = Counter(one.state for one in each)
    assert {"ready", "waiting", "failed", "cancelled", "running", "unfinished"} <= set(states)
    assert others[READY] > EPISODES / 4
    assert others[WAITING] > 1
    assert states[READY] - others[READY] < EPISODES / 10, "few of those that are ready have to be looked at"


def _befallen(house: House, chance: random.Random) -> list[str]:
    """Episodes that are mostly whole; anything that can be in the tables befell some of them."""
    pages = [page_submission(f"https://podcast.example/{number}") for number in range(EPISODES)]
    keys = [receipt.key for receipt in house.studio.submissions.submit(pages, by="test")]
    house.instance.add_dynamic_partitions("episodes", keys)
    made = {key: _artifacts(key, chance) for key in keys}
    with house.studio.database.writing() as connection:
        connection.execute(sa.update(requests).values(requested_at=MONDAY))
        connection.execute(sa.insert(artifacts), [row for rows in made.values() for row in rows])
        numbers = connection.execute(sa.select(submissions.c.key, submissions.c.id))
        whose = {row.key: row.id for row in numbers}
        asked = [row for key in keys for row in _requests(whose[key], bool(made[key]), chance)]
        connection.execute(sa.insert(requests), asked)
        answered = [number for key, number in whose.items() if made[key] or chance.random() < 0.3]
        first = sa.and_(requests.c.submission_id.in_(answered), requests.c.attempt == 1)
        connection.execute(sa.update(requests).where(first).values(run_key="request-1"))
    for number, key in enumerate(chance.sample(keys, 4 * len(RUN_STATES))):
        _tell(house, key, number, chance)
    house.studio.submissions.bury(keys[0])
    return keys


def _artifacts(key: str, chance: random.Random) -> list[dict[str, Any]]:
    """What there is of an episode, which may be nothing."""
    there = [asset for asset in PHASES if chance.random() > SELDOM] if chance.random() > 0.1 else []
    content = {asset: f"{chance.getrandbits(256):064x}" for asset in there}
    return [
        {
            "key": key,
            "asset": asset,
            "digest": content[asset],
            "inputs": _inputs(asset, content, chance),
            "code_version": "1",
            "engine": "test",
            "run_id": f"run of {key}",
            "created_at": MONDAY + timedelta(minutes=chance.randrange(10)),
            "seconds": 1.0,
        }
        for asset in there
    ]


def _inputs(asset: str, content: dict[str, str], chance: random.Random) -> dict[str, str]:
    """What an artifact was made from: mostly what is there now."""
    known = {name: content[name] for name in read_by(asset) if name in content and chance.random() > SELDOM / 5}
    if known and chance.random() < SELDOM:
        known[chance.choice(list(known))] = f"{chance.getrandbits(256):064x}"
    if len(known) > 1 and chance.random() < SELDOM:
        one, other = chance.sample(list(known), 2)
        known[one], known[other] = known[other], known[one]
    return known


def _requests(submission: int, is_made: bool, chance: random.Random) -> list[dict[str, Any]]:
    """What was asked for an episode again: mostly nothing, and mostly before it was made."""
    times = sorted(MONDAY + timedelta(minutes=chance.randrange(-60, 10)) for _ in range(2) if chance.random() < 0.2)
    return [
        {
            "submission_id": submission,
            "attempt": attempt,
            "assets": None if chance.random() < 0.3 else list(again_from(chance.choice(PHASES))),
            "scope": list(PHASES),
            "place": None,
            "bindings": None,
            "run_key": chance.choice([None, WITHDRAWN, "request-2", "request-3"]) if is_made else None,
            "requested_by": "test",
            "requested_at": at,
        }
        for attempt, at in enumerate(times, start=2)
    ]


def _tell(house: House, key: str, number: int, chance: random.Random) -> None:
    """Let Dagster tell something of an episode: of a run of it, or of a phase that failed."""
    if number % 2 == 0:
        job, state = house.definitions.resolve_job_def("ingest_episode"), RUN_STATES[number // 2 % len(RUN_STATES)]
        house.instance.create_run_for_job(job, status=state, tags={PARTITION_TAG: key})
    else:
        failure = {"error": "NoSpeech", "message": "no words", "what_to_do": "ragtime retry KEY"}
        event = dg.AssetObservation(chance.choice(PHASES), partition=key, description="told", metadata=failure)
        house.instance.report_runless_asset_event(event)
