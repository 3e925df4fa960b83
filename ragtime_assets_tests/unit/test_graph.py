"""How the phases hang together, and what an episode still lacks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.graph import ARTIFACTS, PHASES, REPORT, UPSTREAM, downstream, outstanding, read_by, upstream

DIGESTS = dict.fromkeys(PHASES, "1")
INPUTS = {asset: dict.fromkeys(upstream(asset), "1") for asset in PHASES}


def test_the_phases_stand_in_an_order_in_which_they_can_be_made() -> None:
    for place, asset in enumerate(PHASES):
        assert set(upstream(asset)) <= set(PHASES[:place])


def test_every_phase_has_one_artifact_of_its_name() -> None:
    assert len(PHASES) == len(ARTIFACTS) == len(UPSTREAM)
    assert all(artifact.asset == name for name, artifact in ARTIFACTS.items())


def test_the_report_comes_last_and_is_below_everything() -> None:
    assert PHASES[-1] == REPORT
    assert all(REPORT in downstream(frozenset({asset})) for asset in PHASES)


def test_the_report_reads_every_phase_and_the_others_what_is_upstream() -> None:
    assert read_by(REPORT) == PHASES[:-1]
    assert all(read_by(asset) == upstream(asset) for asset in PHASES[:-1])


def test_below_a_phase_is_everything_that_is_made_from_it() -> None:
    assert downstream(frozenset({"episode_details"})) == frozenset(PHASES)
    assert downstream(frozenset({"summary"})) == {"summary", REPORT}
    assert downstream(frozenset({"chunks"})) == frozenset(PHASES[PHASES.index("chunks") :])
    assert downstream(frozenset({REPORT})) == {REPORT}
    assert downstream(frozenset()) == frozenset()


def test_an_episode_lacks_everything_at_first_and_nothing_in_the_end() -> None:
    assert outstanding({}, {}) == frozenset(PHASES)
    assert outstanding(DIGESTS, INPUTS) == frozenset()


@pytest.mark.parametrize("asset", PHASES)
def test_a_missing_phase_is_lacking_with_all_below_it(asset: str) -> None:
    have = {name: digest for name, digest in DIGESTS.items() if name != asset}
    assert outstanding(have, INPUTS) == downstream(frozenset({asset}))


@pytest.mark.parametrize("asset", PHASES)
def test_a_phase_that_came_out_different_makes_stale_what_is_below_it(asset: str) -> None:
    assert outstanding(DIGESTS | {asset: "2"}, INPUTS) == downstream(frozenset({asset})) - {asset}


def test_a_phase_that_came_out_the_same_makes_nothing_stale() -> None:
    assert outstanding(DIGESTS | {"summary": "1"}, INPUTS) == frozenset()


@given(st.sets(st.sampled_from(PHASES)))
def test_what_is_lacking_is_closed_downstream(assets: set[str]) -> None:
    lacking = outstanding({name: "1" for name in assets}, {name: INPUTS[name] for name in assets})
    assert downstream(lacking) == lacking
    assert set(PHASES) - assets <= lacking


def test_every_upgrade_that_a_schema_version_needs_is_there() -> None:
    for artifact in ARTIFACTS.values():
        assert set(artifact.upgrades) == set(range(1, artifact.schema_version))
