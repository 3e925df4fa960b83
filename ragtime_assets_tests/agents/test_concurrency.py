"""Calls go together, but never too many, and an interrupt ends them at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ragtime_assets.agents.desk.throttle import Throttle
from ragtime_assets_tests.agents.conftest import NAMES, Bench
from ragtime_assets_tests.openai_server import output, status
from ragtime_assets_tests.processes import running

GOOD = output({"names": []})
INTERRUPTED = """
import os, signal, sys, threading, time
from dataclasses import replace
sys.path.insert(0, sys.argv[3])
from ragtime_assets.domain.money.spending import Payer
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.agents.conftest import NAMES

class Stop(BaseException):
    pass

def stop(*_):
    raise Stop

signal.signal(signal.SIGTERM, stop)
studio = Studio(Settings(home=sys.argv[1], model="openai-chat:parrot", openai_base_url=sys.argv[2]))
print("ready", flush=True)
try:
    caller = studio.models.caller(Payer("one", "entities", "run-1"), Trace())
    caller = replace(caller, desk=replace(caller.desk, grace=float(sys.argv[4])))
    caller.call_all(NAMES, {str(n): f"text {n}" for n in range(20)})
except Stop:
    print(threading.active_count(), flush=True)
"""


def prompts(number: int) -> dict[str, str]:
    """That many units."""
    return {str(n): f"text {n}" for n in range(number)}


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def test_thirteen_chunks_take_less_than_a_second_and_a_fifth_with_a_server_that_takes_a_third(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD
    bench.caller(key="first").call_all(NAMES, prompts(1))  # imports what is imported once
    bench.server.otherwise = lambda _: GOOD.after(2.0)
    bench.caller().call_all(NAMES, prompts(8))
    assert bench.server.most_at_once == 8
    bench.server.otherwise = lambda _: GOOD.after(0.3)
    spent: list[float] = []
    for key in "abc":
        before = time.process_time()
        caller = bench.caller(key=key)
        caller.call_all(NAMES, prompts(13))
        spent.append(time.process_time() - before)
    # Two waves of waiting and the work: measured so that what else the machine does meanwhile does not count.
    assert 2 * 0.3 + min(spent) < 1.2


def test_never_more_calls_at_once_than_allowed_across_threads(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD.after(0.05)
    desk = bench.desk(concurrency=3)
    callers = [bench.caller(desk, key) for key in ("one", "two", "three")]
    threads = [threading.Thread(target=caller.call_all, args=(NAMES, prompts(6))) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bench.server.asked) == 18
    assert bench.server.most_at_once == 3


def test_a_refusal_for_haste_halves_the_calls_and_good_answers_let_them_grow(bench: Bench) -> None:
    bench.server.script(*[status(429)] * 8)
    bench.server.otherwise = lambda _: GOOD
    desk = bench.desk()
    bench.caller(desk).call_all(NAMES, prompts(8))
    # 8 went together and were refused together: halved once, then grew with the 8 that went well.
    assert 4 <= desk.throttle("openai-chat").limit < 8
    bench.caller(desk, "two").call_all(NAMES, prompts(40))
    assert desk.throttle("openai-chat").limit == 8


def test_a_throttle_never_falls_below_one_and_never_grows_past_its_most() -> None:
    throttle = Throttle(4)
    for expected in (2, 1, 1):
        throttle.crowded(time.monotonic(), 0)
        assert throttle.limit == expected
    for _ in range(20):
        throttle.eased()
    assert throttle.limit == 4


def test_what_one_call_is_told_to_wait_the_others_wait_too(bench: Bench) -> None:
    bench.server.script(status(429, retry_after=1), GOOD.after(0.2))
    bench.server.otherwise = lambda _: GOOD
    bench.caller(bench.desk(concurrency=2)).call_all(NAMES, prompts(5))
    first, _beside_it, *later = (one.at for one in bench.server.asked)
    assert len(later) == 4
    assert min(later) - first >= 1


def test_a_turn_whose_waiter_gave_up_goes_to_the_next() -> None:
    async def scene() -> list[str]:
        throttle, done = Throttle(1), list[str]()

        async def work(name: str, seconds: float) -> None:
            async with throttle.turn():
                await asyncio.sleep(seconds)
                done.append(name)

        first, second, third = (asyncio.create_task(work(*one)) for one in (("a", 0.05), ("b", 0), ("c", 0)))
        await asyncio.sleep(0.01)
        second.cancel()
        await asyncio.gather(first, third, second, return_exceptions=True)
        return done

    assert asyncio.run(scene()) == ["a", "c"]


def test_a_caller_with_a_running_loop_is_served(bench: Bench) -> None:
    bench.server.script(GOOD)

    async def inside() -> tuple[str, ...]:
        return bench.caller().call(NAMES, "a text").names

    assert asyncio.run(inside()) == ()


def test_calling_leaves_no_thread(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD
    before = {thread for thread in threading.enumerate() if "ragtime" in thread.name}
    bench.caller().call_all(NAMES, prompts(10))
    assert {thread for thread in threading.enumerate() if "ragtime" in thread.name} == before


def interrupted(bench: Bench, grace: float) -> float:
    """How long a process with eight calls under way takes to end that is told to stop; it leaves no thread."""
    home = str(bench.database.url.database).removesuffix("/corpus.sqlite")
    with running(INTERRUPTED, home, bench.server.url, str(Path(__file__).parents[2]), str(grace)) as process:
        until = time.monotonic() + 20
        while len(bench.server.asked) < 8 and time.monotonic() < until:
            time.sleep(0.02)
        process.terminate()
        stdout = process.stdout
        assert stdout
        left: list[str] = []
        took = seconds(lambda: left.append(stdout.readline().strip()))
        assert left == ["1"]
    assert len(bench.server.asked) == 8, "no other call is made"
    return took


def test_an_interrupt_cancels_the_calls_that_are_not_answered_soon_and_leaves_no_thread(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD.after(60)
    assert interrupted(bench, grace=0.2) < 5
    assert bench.outcomes() == ["cancelled"] * 8
    assert all(row.charge > 0 for row in bench.rows())


def test_after_an_interrupt_what_was_sent_is_answered_kept_and_not_paid_again(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD.after(1)
    interrupted(bench, grace=20)
    assert bench.outcomes() == ["ok"] * 8
    bench.server.otherwise = lambda _: GOOD
    bench.caller().call_all(NAMES, prompts(20))
    assert len(bench.server.asked) == 20
    assert Counter(bench.outcomes()) == {"ok": 20, "replayed": 8}


def test_progress_is_told_after_every_answer(bench: Bench) -> None:
    bench.server.otherwise = lambda _: GOOD
    told: list[tuple[float, float | None, str]] = []
    bench.caller().call_all(NAMES, prompts(5), lambda *one: told.append(one))
    assert told == [(n, 5, "names") for n in range(1, 6)]


@pytest.mark.parametrize("number", [0, 1])
def test_few_units_are_no_special_case(bench: Bench, number: int) -> None:
    bench.server.otherwise = lambda _: GOOD
    assert len(bench.caller().call_all(NAMES, prompts(number))) == number
