"""Each check warns of its own fixture, and stops nothing."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import dagster as dg
import pytest

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks, LinkDecision
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.summary import KeyMoment, Sentence, Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.money.spending import Payer, PlannedCall
from ragtime_assets.samples.server import REFERENCE
from ragtime_assets_tests.fakes import segments_of
from ragtime_assets_tests.house import CAPTIONED, UNCAPTIONED, House

ALL = [
    "episode_details_complete",
    "audio_file_plausible",
    "transcript_coverage",
    "transcript_repetition",
    "transcript_language",
    "transcript_pace",
    "summary_language",
    "summary_length",
    "summary_key_moments",
    "summary_own_words",
    "entities_grounded",
    "entities_found",
    "entity_links_told_apart",
    "entity_links_looked_up",
    "episode_report_spend",
]
OPEN = LinkDecision(
    type="musician", name="Bill Evans", outcome="ambiguous", reason="several_fit", sentence="2 fit alike"
)
SENTENCE = "Then the band went to Paris and played there."
WORDS = REFERENCE[CAPTIONED.slug].split()[:39]
"""Each takes four seconds, as each sentence does."""
GERMAN = "Die Band ging nach Paris und spielte dort jeden Abend in einem Keller vor sehr vielen Leuten. " * 4
COPIED = "This episode says what is talked about, who is named, what is claimed, told or decided. " * 4


def paragraphs(text: str) -> tuple[tuple[Sentence, ...], ...]:
    """One, as a model writes them."""
    return ((Sentence(text=text),),)


def evaluations(house: House, result: dg.ExecuteInProcessResult | dg.DagsterRun) -> dict[str, bool]:
    found = [event.asset_check_evaluation_data for event in house.events(result, "ASSET_CHECK_EVALUATION")]
    assert all(one.severity == dg.AssetCheckSeverity.WARN for one in found)
    return {f"{one.asset_key.to_user_string()}_{one.check_name}": one.passed for one in found}


def check(house: House, key: str) -> dict[str, bool]:
    """Run the checks alone."""
    job = house.definitions.resolve_job_def("ingest_episode")
    alone = job.get_subset(asset_check_selection=set(house.definitions.resolve_asset_graph().asset_check_keys))
    return evaluations(house, alone.execute_in_process(instance=house.instance, tags={"dagster/partition": key}))


@pytest.mark.usefixtures("ready")
def test_a_sound_episode_passes_every_check(house: House) -> None:
    (run,) = house.instance.get_runs()
    assert evaluations(house, run) == dict.fromkeys(ALL, True)


@pytest.mark.parametrize(
    ("kind", "change", "failing"),
    [
        (EpisodeDetails, {"show": None}, "episode_details_complete"),
        (EpisodeDetails, {"duration": 3_600.0}, "audio_file_plausible"),
        (Transcript, {"segments": segments_of([SENTENCE])}, "transcript_coverage"),
        (Transcript, {"segments": segments_of([SENTENCE] * 40)}, "transcript_repetition"),
        (Transcript, {"language": "de"}, "transcript_language"),
        (Transcript, {"segments": segments_of(WORDS)}, "transcript_pace"),
        (Summary, {"paragraphs": paragraphs(GERMAN)}, "summary_language"),
        (Summary, {"paragraphs": paragraphs("They play in Paris.")}, "summary_length"),
        (Summary, {"key_moments": (KeyMoment(start=3_600, title="Much later"),)}, "summary_key_moments"),
        (Summary, {"paragraphs": paragraphs(COPIED)}, "summary_own_words"),
        (Entities, {"dropped": 1_000}, "entities_grounded"),
        (EntityLinks, {"decisions": (OPEN,) * 3}, "entity_links_told_apart"),
        (EntityLinks, {"decisions": (OPEN.model_copy(update={"later": True}),)}, "entity_links_looked_up"),
    ],
)
def test_an_odd_artifact_warns_and_stops_nothing(
    house: House, ready: str, kind: type[Artifact], change: dict[str, object], failing: str
) -> None:
    artifact, envelope = house.studio.store.load(kind, ready)
    odd = artifact.model_copy(update=change)
    house.studio.store.save(ready, odd, inputs=envelope.inputs, code_version="1", run_id="x", seconds=0)
    passed = check(house, ready)
    assert [name for name, ok in passed.items() if not ok] == [failing]


def test_a_long_episode_in_which_nothing_is_named_warns(house: House, ready: str) -> None:
    changes = ((Transcript, {"segments": segments_of([SENTENCE] * 60)}), (Entities, {"mentions": ()}))
    for kind, change in changes:
        artifact, envelope = house.studio.store.load(kind, ready)
        odd = artifact.model_copy(update=change)
        house.studio.store.save(ready, odd, inputs=envelope.inputs, code_version="1", run_id="x", seconds=0)
    assert not check(house, ready)["entities_found"]


def test_spending_that_nobody_can_count_warns(house: House, ready: str) -> None:
    ledger = house.studio.ledger
    call = PlannedCall(
        Payer(ready, "summary", "run"), "writer", "", "openai", "unheard-of", Decimal(0), is_priced=False
    )
    ledger.open(call)
    assert not check(house, ready)["episode_report_spend"]


def test_no_event_is_spent_on_checks_that_were_logged_instead_of_yielded(house: House, ready: str) -> None:
    result = house.run(ready, "audio_file")
    assert evaluations(house, result)
    said = [entry.user_message for entry in house.instance.all_logs(result.run_id)]
    assert said
    assert [line for line in said if "did not yield" in line] == []


def test_a_check_can_be_executed_on_its_own(house: House, ready: str) -> None:
    pace = dg.AssetCheckKey(dg.AssetKey("transcript"), "pace")
    job = house.definitions.resolve_job_def("ingest_episode").get_subset(asset_check_selection={pace})
    result = job.execute_in_process(instance=house.instance, tags={"dagster/partition": ready})
    assert evaluations(house, result) == {"transcript_pace": True}


def test_a_check_that_cannot_be_made_says_why_and_the_others_are_made(house: House, ready: str) -> None:
    (house.studio.settings.root / "store" / "artifacts" / "audio_file" / f"{ready}.json").write_text("{")
    told = check(house, ready)
    assert not told["audio_file_plausible"]
    assert not told["transcript_coverage"]
    assert told["transcript_pace"]


def test_a_batch_tells_of_the_checks_that_warn_and_of_those_that_no_longer_do(house: House) -> None:
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    unchecked = house.batch(keys[0], keys[1], checks=False)
    assert evaluations(house, unchecked) == {}, "nothing is wrong with them"
    artifact, envelope = house.studio.store.load(EpisodeDetails, keys[0])
    odd = artifact.model_copy(update={"show": None})
    house.studio.store.save(keys[0], odd, inputs=envelope.inputs, code_version="1", run_id="x", seconds=0)
    assert not check(house, keys[0])["episode_details_complete"]
    again = house.batch(keys[0], keys[1], "episode_details", checks=False)
    (told,) = [event.asset_check_evaluation_data for event in house.events(again, "ASSET_CHECK_EVALUATION")]
    assert (told.check_name, told.partition, told.passed) == ("complete", keys[0], True)


def test_each_evaluation_names_its_episode_and_the_materialization_that_was_checked(house: House) -> None:
    keys = house.submit(CAPTIONED.page, UNCAPTIONED.page)
    result = house.batch(*keys)
    found = [event.asset_check_evaluation_data for event in house.events(result, "ASSET_CHECK_EVALUATION")]
    assert Counter(one.partition for one in found) == dict.fromkeys(keys, len(ALL))
    assert {one.target_materialization_data.run_id for one in found} == {result.run_id}
