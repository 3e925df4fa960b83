"""Which runs the waiting requests become: none lost, none twice, few enough, and the same when planned again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.corpus.submissions import Request
from ragtime_assets.domain.graph import PHASES, REPORT
from ragtime_assets.domain.outstanding import Why
from ragtime_assets.orchestration.planning import (
    AFTER_A_DEATH,
    EPISODES_PER_BATCH,
    LIVE_UP_TO,
    MOST_REQUESTS,
    MOST_RUNS,
    NOTHING_MISSING,
    Need,
    PlannedRun,
    need_of,
    plan,
)

ALL = frozenset(PHASES)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def asked(count: int, **changes: object) -> list[Request]:
    """Requests for `count` episodes, one each."""
    fresh = Request(id=0, key="", attempt=1, assets=None, bindings={}, asked_at=NOON)
    return [replace(fresh, id=n + 1, key=f"key-{n}", **changes) for n in range(count)]


def planned(
    requests: Sequence[Request],
    missing: Mapping[str, frozenset[str]] | None = None,
    positions: Mapping[str, int] | None = None,
) -> tuple[list[PlannedRun], Sequence[Request]]:
    """The plan when every episode lacks everything and stands in partition order, unless told otherwise."""
    everything = {request.key: ALL for request in requests}
    in_order = {request.key: place for place, request in enumerate(requests)}
    return plan(requests, needs(everything | dict(missing or {})), in_order | dict(positions or {}))


def needs(missing: Mapping[str, frozenset[str]]) -> dict[str, Need]:
    """What the runs have to make when episodes lack these phases and have all others."""
    return {
        key: need_of({asset: Why.MISSING for asset in PHASES if asset in lacks}, ALL - lacks)
        for key, lacks in missing.items()
    }


def keys(runs: Sequence[PlannedRun]) -> list[str]:
    """The episodes of all runs."""
    return [key for run in runs for key in run.keys]


def test_nothing_waiting_is_nothing_to_run() -> None:
    assert planned([]) == ([], [])


def test_few_requests_are_a_run_each() -> None:
    requests = asked(LIVE_UP_TO)
    runs, answered = planned(requests)
    assert [run.run_key for run in runs] == [f"request-{request.id}" for request in requests]
    assert not any(run.is_batch for run in runs)
    assert answered == requests


def test_what_is_asked_for_after_a_death_is_a_run_each_however_many_there_are() -> None:
    runs, _ = planned([*asked(30, by=AFTER_A_DEATH)])
    assert [len(run.keys) for run in runs] == [1] * 30


def test_many_requests_are_batches_of_neighbours() -> None:
    requests = asked(60)
    runs, answered = planned(requests)
    assert [len(run.keys) for run in runs] == [25, 25, 10]
    assert [run.run_key for run in runs] == ["requests-1-25", "requests-26-50", "requests-51-60"]
    assert all(run.is_batch for run in runs)
    assert keys(runs) == [request.key for request in answered]


def test_a_gap_in_the_partitions_ends_a_batch() -> None:
    requests = asked(30)
    runs, _ = planned(requests, positions={request.key: request.id + (request.id > 10) for request in requests})
    assert [len(run.keys) for run in runs] == [10, 20]


def test_a_batch_follows_the_order_of_partitions_not_of_requests() -> None:
    requests = asked(30)
    runs, _ = planned(requests, positions={request.key: -request.id for request in requests})
    assert runs[0].keys == tuple(f"key-{n}" for n in range(4, -1, -1))
    assert sorted(keys(runs)) == sorted(request.key for request in requests)


def test_episodes_that_lack_different_things_share_no_batch() -> None:
    requests = asked(30)
    runs, _ = planned(requests, missing={request.key: frozenset({"summary"}) for request in requests[10:]})
    assert [(len(run.keys), run.assets) for run in runs] == [(10, PHASES), (20, ("summary", REPORT))]


def test_a_plan_has_at_most_fifty_runs_and_leaves_the_rest_waiting() -> None:
    requests = asked(200)
    runs, answered = planned(requests, positions={request.key: request.id * 2 for request in requests})
    assert len(runs) == MOST_RUNS
    assert list(answered) == requests[: len(answered)]
    assert sorted(keys(runs)) == sorted(request.key for request in answered)


def test_as_many_requests_as_are_read_fit_one_plan() -> None:
    runs, answered = planned(asked(MOST_REQUESTS))
    assert len(runs) == MOST_RUNS
    assert len(answered) == MOST_REQUESTS


def test_a_second_request_for_an_episode_waits_for_the_next_plan() -> None:
    first = asked(3)
    again = replace(first[1], id=4, attempt=2)
    later = replace(first[0], id=5, key="key-9")
    runs, answered = planned([*first, again, later])
    assert list(answered) == first
    assert keys(runs) == ["key-0", "key-1", "key-2"]


def test_a_request_with_nothing_missing_needs_no_run_and_is_answered() -> None:
    requests = asked(3)
    runs, answered = planned(requests, missing={"key-1": frozenset()})
    assert keys(runs) == ["key-0", "key-2"]
    assert list(answered) == requests
    assert planned(requests[:1], missing={"key-0": frozenset()}) == ([], requests[:1])


def test_a_run_makes_what_is_outstanding_and_the_report() -> None:
    need = need_of({"summary": Why.ASKED_FOR, "chunks": Why.MISSING}, ALL - {"chunks"})
    assert need == Need(("summary", "chunks", REPORT), again=("summary", REPORT))
    assert need_of({}, ALL) == Need()


def test_a_run_also_makes_what_it_reads_and_nobody_made() -> None:
    """A phase that was added upstream of one that failed: nobody asked for it, and without it nothing goes on."""
    assert need_of({"search_index": Why.FAILED}, ALL - {"entities", "entity_links"}).assets == (
        "entities",
        "entity_links",
        "search_index",
        REPORT,
    )


def test_episodes_that_make_different_things_again_share_no_batch() -> None:
    requests = asked(30)
    again, kept = (need_of({"summary": why}, ALL) for why in (Why.FAILED, Why.OUT_OF_DATE))
    runs, _ = plan(
        requests,
        {request.key: again if request.id <= 10 else kept for request in requests},
        {request.key: request.id for request in requests},
    )
    assert [(len(run.keys), run.again) for run in runs] == [(10, ("summary", REPORT)), (20, (REPORT,))]


def test_a_run_was_asked_for_when_the_newest_of_its_requests_was() -> None:
    requests = [replace(one, asked_at=NOON + timedelta(minutes=one.id)) for one in asked(25)]
    (run,), _ = planned(requests)
    assert run.asked_at == NOON + timedelta(minutes=25)


def test_a_run_that_needs_a_place_has_one_episode() -> None:
    requests = [replace(one, place="speech" if one.id == 15 else None) for one in asked(30)]
    runs, answered = planned(requests)
    assert [(len(run.keys), run.place) for run in runs] == [(14, None), (1, "speech"), (15, None)]
    assert list(answered) == requests


def test_a_request_for_what_is_missing_runs_that_and_the_report() -> None:
    runs, _ = planned(asked(1), missing={"key-0": frozenset({"search_index", "embeddings"})})
    assert runs[0].assets == ("embeddings", "search_index", REPORT)


def test_planning_again_gives_every_request_the_run_it_had() -> None:
    for count in (5, 60):
        requests = asked(count)
        runs, _ = planned(requests)
        had = {request.id: run.run_key for run in runs for request in run.requests}
        again, _ = planned([replace(request, run_key=had[request.id]) for request in requests])
        assert [(run.run_key, run.keys) for run in again] == [(run.run_key, run.keys) for run in runs]


def test_a_request_whose_run_was_launched_is_answered_without_another() -> None:
    old = [replace(request, run_key="requests-1-25") for request in asked(25)]
    requests = [*old, *asked(27)[25:]]
    positions = {request.key: place for place, request in enumerate(requests)}
    missing = needs(dict.fromkeys(positions, ALL))
    runs, answered = plan(requests, missing, positions, launched={"requests-1-25"})
    assert keys(runs) == ["key-25", "key-26"]
    assert list(answered) == requests


def test_requests_that_came_meanwhile_join_no_run_that_was_planned_before() -> None:
    old = [replace(request, run_key="requests-1-25") for request in asked(25)]
    runs, _ = planned([*old, *asked(30)[25:]])
    assert [run.run_key for run in runs] == ["requests-1-25", *(f"request-{n}" for n in range(26, 31))]


def test_a_batch_that_lost_an_episode_since_it_was_planned_keeps_its_key() -> None:
    old = [replace(request, run_key="requests-1-30") for request in asked(25)]
    (run,), _ = planned(old)
    assert run.run_key == "requests-1-30"


def test_a_plan_that_is_cut_ends_where_a_run_that_was_planned_before_ends() -> None:
    pairs = [replace(one, run_key=f"requests-{one.id + one.id % 2}") for one in asked(120)]
    runs, answered = planned(pairs)
    assert (len(runs), len(answered)) == (30, 60)


def test_a_run_that_was_planned_before_is_not_parted_though_it_reaches_past_the_half() -> None:
    requests = [replace(one, run_key="requests-1-40" if one.id in (1, 40) else None) for one in asked(60)]
    _, answered = planned(requests, positions={request.key: request.id * 2 for request in requests})
    assert len(answered) == 40


def test_a_plan_that_cannot_be_cut_is_carried_out_as_it_is() -> None:
    requests = [replace(one, run_key="requests-1-60" if one.id in (1, 60) else None) for one in asked(60)]
    runs, answered = planned(requests, positions={request.key: request.id * 2 for request in requests})
    assert (len(runs), len(answered)) == (60, 60)


REQUESTS = st.lists(
    st.builds(
        Request,
        id=st.just(0),
        key=st.integers(0, 400).map("key-{}".format),
        attempt=st.just(1),
        assets=st.sampled_from([None, None, None, ("summary",), PHASES]),
        bindings=st.just({}),
        asked_at=st.just(NOON),
        place=st.sampled_from([None] * 8 + ["speech"]),
        run_key=st.sampled_from([None] * 8 + ["requests-1-9", "requests-2-8", NOTHING_MISSING]),
    ),
    max_size=300,
).map(lambda requests: [replace(request, id=n + 1) for n, request in enumerate(requests)])
LACKS = st.sampled_from([ALL, ALL, ALL, frozenset(), frozenset({"search_index"})])


@given(requests=REQUESTS, data=st.data())
def test_a_plan_loses_nothing_and_runs_nothing_twice(requests: list[Request], data: st.DataObject) -> None:
    stride = data.draw(st.integers(1, 3))
    positions = {f"key-{n}": n * stride for n in range(401)}
    lacks = data.draw(LACKS)
    missing = {f"key-{n}": lacks if n % 2 else ALL for n in range(401)}
    runs, answered = plan(requests, needs(missing), positions)

    assert list(answered) == requests[: len(answered)], "not the first ones in their order"
    assert bool(answered) == bool(requests), "no progress"
    assert len({request.key for request in answered}) == len(answered)
    wanted = [request for request in answered if request.run_key != NOTHING_MISSING]
    needed = [request for request in wanted if missing[request.key]]
    ran = [request for run in runs for request in run.requests]
    assert sorted(ran, key=lambda request: request.id) == needed
    assert len({run.run_key for run in runs}) == len(runs)
    planned_before = {request.run_key for request in requests} - {None, NOTHING_MISSING}
    assert len(runs) <= MOST_RUNS or planned_before
    left = {request.run_key for request in _each_once(requests)[len(answered) :]}
    assert not {request.run_key for request in answered} & left & planned_before, "Dagster launches no key twice"
    for run in runs:
        assert len(run.keys) <= EPISODES_PER_BATCH
        assert run.place is None or not run.is_batch
        assert all(positions[after] - positions[before] == 1 for before, after in pairwise(run.keys))
        assert list(run.assets) == [asset for asset in PHASES if asset in run.assets]
        assert run.assets[-1] == REPORT


def test_what_was_planned_as_one_run_is_never_parted_by_what_came_since() -> None:
    old = asked(1_010)
    runs, _ = planned(old)
    had = {request.id: run.run_key for run in runs for request in run.requests}
    old = [replace(request, run_key=had[request.id]) for request in old]
    scattered = [replace(request, id=request.id + 1_010, key=f"old-{request.key}") for request in asked(100)]
    waiting = [*old, *scattered]
    positions = {request.key: n * 2 for n, request in enumerate(scattered)}
    positions |= {request.key: 1_000 + n for n, request in enumerate(old)}
    launched: dict[str, tuple[str, ...]] = {}
    while waiting:
        runs, answered = planned(waiting, positions=positions)
        for run in runs:
            assert run.run_key not in launched
            launched[run.run_key] = run.keys
        waiting = waiting[len(answered) :]
    assert sum(map(len, launched.values())) == 1_110


def _each_once(requests: Sequence[Request]) -> Sequence[Request]:
    """Up to the first request for an episode that was asked for before."""
    keys = [request.key for request in requests]
    return requests[: next((n for n, key in enumerate(keys) if key in keys[:n]), len(keys))]


@given(requests=REQUESTS)
def test_reading_on_answers_every_request_in_the_end(requests: list[Request]) -> None:
    positions = {f"key-{n}": n for n in range(401)}
    missing = needs(dict.fromkeys(positions, ALL))
    waiting, seen = requests, []
    while waiting:
        _, answered = plan(waiting, missing, positions)
        seen += answered
        waiting = waiting[len(answered) :]
    assert seen == requests
