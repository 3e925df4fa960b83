"""What a phase tries is seen while it tries it, and kept when it is over, however that was."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.fetched import AudioLink
from ragtime_assets.domain.episode.trace import EXCHANGE_SUFFIX, TRACE_SUFFIX, Trace
from ragtime_assets.domain.links import artifact_url
from ragtime_assets.errors import OutputInvalid, TimedOut
from ragtime_assets.orchestration.watching import Watcher
from ragtime_assets_tests.forked import run
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House
from ragtime_assets_tests.orchestration.traces import kept, seen


def test_every_step_is_an_observation_and_the_whole_trace_lies_beside_the_artifact(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    run = house.run(key, "episode_details", "audio_file")
    assert run.success
    steps = kept(house, "episode_details", key)
    assert [step.tool for step in steps] == ["fetch", "read page", "fetch", "look into feed"]
    assert steps[0].arguments == {"url": house.base + CAPTIONED.page}
    assert [step.tool for step in kept(house, "audio_file", key)] == ["tier direct"]
    assert seen(house, run) == [
        *(("episode_details", step.tool, "ok") for step in steps),
        ("audio_file", "tier direct", "ok"),
    ]
    observed = [event.asset_observation_data.asset_observation for event in house.events(run, "ASSET_OBSERVATION")]
    assert {one.partition for one in observed} == {key}


class Visited:
    """An agent that presses something, and asks a visitor what can be seen of that."""

    tier = "agent"

    def __init__(self, house: House) -> None:
        self.house = house
        self.seen = ""

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        trace.note("press", "the page went on", name="Play")
        command = [sys.executable, "-c", VISITOR, str(self.house.studio.settings.home)]
        self.seen = run(command, timeout=200).stdout
        raise TimedOut("enough")
        yield


VISITOR = """
import sys
import dagster as dg
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import Settings
with open_instance(Settings(home=sys.argv[1])) as instance:
    for record in instance.fetch_observations(dg.AssetKey("audio_file"), limit=10).records:
        print(record.asset_observation.metadata["tool"].value)
"""


def test_another_process_sees_a_step_while_the_phase_works(house: House) -> None:
    visited = Visited(house)
    house.studio.web.audio_finders = lambda _caller=None: (visited,)  # type: ignore[method-assign, assignment, return-value]
    (key,) = house.submit(CAPTIONED.page)
    house.run(key, "episode_details", "audio_file")
    assert visited.seen.split() == ["press"]


class Broken:
    """An agent that presses something, looks, and is cut off."""

    tier = "agent"

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        trace.note("press", "the page went on", name="Play")
        with trace.step("look", url=details.page_url) as step:
            step.screenshot = "0" * 64
            raise TimedOut()
        yield


def test_an_agent_that_is_cut_off_leaves_its_trace_and_an_error_with_words(house: House) -> None:
    house.studio.web.audio_finders = lambda _caller=None: (Broken(),)  # type: ignore[method-assign, assignment, return-value]
    (key,) = house.submit(CAPTIONED.page)
    run = house.run(key, "episode_details", "audio_file")
    assert not run.success
    assert [(step.tool, step.outcome) for step in kept(house, "audio_file", key)] == [
        ("press", "ok"),
        ("look", "failed"),
    ]
    assert kept(house, "audio_file", key)[1].screenshot == "0" * 64
    error = house.status(key).error
    assert error is not None
    assert "agent" in error.message
    assert "TimedOut: TimedOut" in error.message


def test_the_report_leads_to_every_trace(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    house.run(key, "episode_details", "audio_file")
    house.run(key, "episode_report")
    page = house.studio.store.attachment("episode_report", key, "md")
    assert page is not None
    for asset in ("episode_details", "audio_file"):
        assert artifact_url(house.studio.settings.serve_url, asset, key, TRACE_SUFFIX) in page


def test_watching_tells_of_each_step_with_what_it_was_tried_on_and_what_came_of_it(house: House) -> None:
    (key,) = house.submit(CAPTIONED.page)
    run = house.run(key, "episode_details")
    watcher = Watcher(house.studio, house.instance, [key], _cursors={run.run_id: None})
    told = [moment for moment in watcher.moments(give_up_after=1) if moment.kind == "tried"]
    assert [moment.asset for moment in told] == ["episode_details"] * 4
    assert told[0].text.startswith(f"fetch {house.base}{CAPTIONED.page} → ")
    assert " bytes of text/html (" in told[0].text


def test_a_batch_tells_only_of_what_failed_or_took_its_time(house: House) -> None:
    keys = house.submit(CAPTIONED.page, "/nowhere")
    run = house.batch(keys[0], keys[-1], "episode_details")
    assert seen(house, run) == [("episode_details", "fetch", "failed")]
    assert len(kept(house, "episode_details", keys[0])) == 4


def test_what_a_model_said_wrong_is_kept_and_the_failure_leads_there(house: House) -> None:
    (key,) = house.submit(UNCAPTIONED.page)
    house.speech.raises = OutputInvalid("no words", exchange="a question\nan answer")
    run = house.run(key, "episode_details", "audio_file", "transcript")
    store = house.studio.store
    assert store.attachment("transcript", key, EXCHANGE_SUFFIX) == "a question\nan answer"
    (failed,) = house.events(run, "STEP_FAILURE")
    told = failed.step_failure_data.user_failure_data
    assert told is not None
    assert told.metadata["tried_exchange"].value == artifact_url(
        house.studio.settings.serve_url, "transcript", key, EXCHANGE_SUFFIX
    )
