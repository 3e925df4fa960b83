"""What is still to be done for an episode, and why: the one answer, as a function of what is there and was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.graph import PHASES, REPORT, downstream, upstream
from ragtime_assets.domain.outstanding import Why, Wish, made_again, outstanding, scope_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SUBMITTED = Wish(NOON - timedelta(hours=1), frozenset(PHASES))


@dataclass(frozen=True)
class Artifact:
    """What is known of one."""

    digest: str = "1"
    inputs: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime = NOON


ALL = {asset: Artifact(inputs=dict.fromkeys(upstream(asset), "1")) for asset in PHASES}


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def redo(first: str, minutes: float) -> Wish:
    """What `ragtime redo --from` asks for."""
    assets = downstream(frozenset({first}))
    return Wish(after(minutes), assets, assets)


def test_everything_is_outstanding_at_first_and_nothing_in_the_end() -> None:
    assert outstanding({}, [SUBMITTED], {}) == dict.fromkeys(PHASES, Why.MISSING)
    assert outstanding(ALL, [SUBMITTED], {}) == {}


@pytest.mark.parametrize("asset", PHASES)
def test_what_is_missing_is_outstanding_and_what_is_downstream_of_it_out_of_date(asset: str) -> None:
    have = {name: artifact for name, artifact in ALL.items() if name != asset}
    found = outstanding(have, [SUBMITTED], {})
    assert found == dict.fromkeys(downstream(frozenset({asset})), Why.OUT_OF_DATE) | {asset: Why.MISSING}


@pytest.mark.parametrize("asset", PHASES)
def test_a_phase_that_came_out_different_leaves_what_is_downstream_out_of_date(asset: str) -> None:
    found = outstanding(ALL | {asset: replace(ALL[asset], digest="2")}, [SUBMITTED], {})
    assert found == dict.fromkeys(downstream(frozenset({asset})) - {asset}, Why.OUT_OF_DATE)


def test_a_phase_that_came_out_the_same_leaves_nothing_to_do() -> None:
    again = replace(ALL["summary"], created_at=after(5))
    assert outstanding(ALL | {"summary": again}, [SUBMITTED], {}) == {}


def test_a_phase_that_was_asked_for_again_is_outstanding_until_it_is_made_after_that() -> None:
    asked = [SUBMITTED, redo("summary", 10)]
    assert outstanding(ALL, asked, {}) == {"summary": Why.ASKED_FOR, REPORT: Why.ASKED_FOR}
    made = {name: replace(ALL[name], created_at=after(11)) for name in ("summary", REPORT)}
    assert outstanding(ALL | made, asked, {}) == {}


def test_only_what_is_asked_for_by_name_is_made_again_unless_it_comes_out_different() -> None:
    """As `ragtime edit --title` asks: nothing is heard or read again for it."""
    shown = frozenset({"episode_details", "search_index", REPORT})
    asked = [SUBMITTED, Wish(after(1), shown, shown)]
    assert outstanding(ALL, asked, {}).keys() == shown


def test_a_redo_that_failed_stays_outstanding_although_the_old_artifact_is_there() -> None:
    found = outstanding(ALL, [SUBMITTED, redo("summary", 10)], {"summary": after(11)})
    assert found == {"summary": Why.FAILED, REPORT: Why.ASKED_FOR}


def test_a_phase_that_failed_since_it_was_made_is_outstanding_though_nobody_asked_for_it_again() -> None:
    found = outstanding(ALL, [SUBMITTED], {"chunks": after(1)})
    assert found["chunks"] == Why.FAILED
    assert set(found) == downstream(frozenset({"chunks"}))


def test_a_failure_before_the_artifact_was_made_counts_no_more() -> None:
    assert outstanding(ALL, [SUBMITTED], dict.fromkeys(PHASES, after(-1))) == {}


def test_a_phase_that_was_added_to_the_graph_later_leaves_finished_episodes_finished() -> None:
    """As if `entity_links` were new: `search_index` reads it now, and was made when nobody knew of it."""
    before = Wish(SUBMITTED.asked_at, frozenset(PHASES) - {"entity_links"})
    have = {name: artifact for name, artifact in ALL.items() if name != "entity_links"}
    old = replace(ALL["search_index"], inputs={name: "1" for name in upstream("search_index") if name in have})
    assert outstanding(have | {"search_index": old}, [before], {"entity_links": after(1)}) == {}
    assert "entity_links" in outstanding(have, [before, redo("entity_links", 5)], {})


def test_an_input_that_a_phase_reads_since_a_later_version_leaves_finished_episodes_finished() -> None:
    """As if `search_index` had not read `entities` when it was made."""
    old = replace(ALL["search_index"], inputs={name: "1" for name in upstream("search_index") if name != "entities"})
    assert outstanding(ALL | {"search_index": old}, [SUBMITTED], {}) == {}


def test_a_report_of_a_failure_is_out_of_date_once_the_rest_is_made() -> None:
    early = replace(ALL[REPORT], inputs={})
    assert outstanding(ALL | {REPORT: early}, [SUBMITTED], {}) == {REPORT: Why.OUT_OF_DATE}


def test_what_several_requests_cover_is_what_counts() -> None:
    wishes = [Wish(NOON, frozenset({"transcript"})), Wish(NOON, frozenset({"summary"}), frozenset({"summary"}))]
    assert scope_of(wishes) == {"transcript", "summary"}
    assert outstanding({}, wishes, {}) == {"transcript": Why.MISSING, "summary": Why.MISSING}
    assert outstanding({}, [], {"summary": NOON}) == {}


def test_a_run_makes_again_what_was_asked_for_or_failed_and_keeps_the_rest() -> None:
    have = {name: artifact for name, artifact in ALL.items() if name != "embeddings"}
    found = outstanding(have, [SUBMITTED, redo("entity_links", 10)], {"chunks": after(1)})
    assert made_again(found) == ("chunks", "entity_links", "search_index", REPORT)


@given(st.sets(st.sampled_from(PHASES)), st.sets(st.sampled_from(PHASES)), st.sets(st.sampled_from(PHASES)))
def test_what_is_outstanding_is_closed_downstream_and_in_the_order_of_the_graph(
    there: set[str], failed: set[str], again: set[str]
) -> None:
    wishes = [SUBMITTED, Wish(after(1), frozenset(again), frozenset(again))]
    found = outstanding({name: ALL[name] for name in there}, wishes, dict.fromkeys(failed, after(2)))
    spreads = (frozenset(PHASES) - there) | failed
    assert downstream(spreads) <= set(found)
    assert list(found) == sorted(found, key=PHASES.index)
    assert (set(PHASES) - there) | failed | again <= set(found)


def test_what_was_asked_for_at_the_moment_it_was_made_is_made_again_and_what_failed_then_is_not() -> None:
    """A clock may be coarse: to make it once too often costs less than never."""
    assert outstanding(ALL, [SUBMITTED, redo("summary", 0)], {})["summary"] is Why.ASKED_FOR
    assert outstanding(ALL, [SUBMITTED], {"summary": NOON}) == {}


def test_the_newest_wish_for_a_phase_counts_whatever_their_order() -> None:
    for wishes in ([redo("summary", -5), redo("summary", 5)], [redo("summary", 5), redo("summary", -5)]):
        assert outstanding(ALL, [SUBMITTED, *wishes], {})["summary"] is Why.ASKED_FOR


def test_of_several_requests_for_a_phase_the_newest_counts_in_whatever_order_they_are_read() -> None:
    made = ALL | {name: replace(ALL[name], created_at=after(10)) for name in ("summary", REPORT)}
    asked = [redo("summary", 15), redo("summary", 5)]
    for wishes in (asked, asked[::-1]):
        assert outstanding(made, [SUBMITTED, *wishes], {})["summary"] == Why.ASKED_FOR


def test_what_was_made_when_it_was_asked_for_is_asked_for_and_what_failed_then_is_no_failure() -> None:
    assert outstanding(ALL, [SUBMITTED, redo("summary", 0)], {})["summary"] == Why.ASKED_FOR
    assert outstanding(ALL, [SUBMITTED], {"summary": NOON}) == {}
