"""How the phases hang together."""

from __future__ import annotations

from ragtime_assets.domain.graph import ARTIFACTS, PHASES, REPORT, UPSTREAM, downstream, read_by, redone_for, upstream


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


def test_every_upgrade_that_a_schema_version_needs_is_there() -> None:
    for artifact in ARTIFACTS.values():
        assert set(artifact.upgrades) == set(range(1, artifact.schema_version))


def test_what_shows_a_correction_is_made_again_and_all_of_it_where_the_work_depends_on_it() -> None:
    assert redone_for({"title", "season"}) == {"episode_details", "search_index", REPORT}
    assert redone_for({"title", "language"}) == frozenset(PHASES)
