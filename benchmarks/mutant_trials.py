"""Tries mutants, in a process that has imported all code and collected all tests once and forks for each of them.

`mutants.py` starts it in `mutants/`, says what it wants as JSON, and hears a line of JSON for each mutant, which was
tried with the tests that reach its function, those first that noticed another fault of the function or its module, and
the quick ones before the slow, until one failed. Each fork begins with empty caches: behind a warm `lru_cache` no fault
is ever seen. Which tests reach what, and how long each takes, is learned once for each file of tests, in `reach.json`.

A mutant gets some seconds of tests, counted in the processor's time that they took without it; one that is not noticed
by then counts as unnoticed. A test that does not end in ten times its own time and `GRACE` seconds has noticed
it. What a test notices counts only once the same test has passed in a fork of its own without any fault.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import json
import os
import re
import resource
import select
import shutil
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import repeat, zip_longest
from pathlib import Path
from typing import Any, NoReturn, TextIO

import pytest
from _pytest.runner import runtestprotocol
from mutmut.configuration import config as of_mutmut
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

REACH = Path("reach.json")
GRACE = 60.0
MEMORY = 6 * 2**30
MADE_BY_MUTANTS = re.compile(r"ragtime_assets\.(?!adapters\.)")
"""Modules whose caches hold what mutated code has made: no adapter is mutated, and a model takes its time to load."""
NOTICED, UNNOTICED, NO_TESTS, ENDLESS = 1, 0, 33, 36
"""mutmut's codes."""

Tell = Callable[[Any], None]


class Trials:
    """A plugin of pytest that tries mutants in place of running what was collected."""

    def __init__(self, wanted: Sequence[str], patience: float, out: TextIO, err: TextIO) -> None:
        """These are to be tried; what becomes of them is written to `out`, and what is learned to `err`."""
        self.wanted = wanted
        self.patience = patience
        self.out = out
        self.err = err
        self.failed = False
        self.items: dict[str, pytest.Item] = {}
        self.seconds: dict[str, float] = {}
        self.reaching: dict[str, list[str]] = {}
        self.noticing: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.trusted: set[str] = set()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn what is not known yet, then try each."""
        self.items = {item.nodeid: item for item in session.items}
        _prepare(session.items)
        self._learn()
        for mutant in self.wanted:
            code, how = self._tried(mutant)
            print(json.dumps({"mutant": mutant, "code": code, "how": how}), file=self.out, flush=True)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that something failed."""
        self.failed |= report.failed

    def _learn(self) -> None:
        """Which tests reach what, and how long they take; a file of tests that changed is learned anew."""
        known = json.loads(REACH.read_text(encoding="utf-8")) if REACH.exists() else {}
        files = defaultdict[str, list[pytest.Item]](list)
        for item in self.items.values():
            files[item.nodeid.partition("::")[0]].append(item)
        for file, items in files.items():
            digest = hashlib.sha256(Path(file).read_bytes()).hexdigest()
            if known.get(file, {}).get("digest") != digest:
                tests = {
                    one["test"]: one
                    for one in _forked(lambda tell, these=items: self._reach(these, tell), repeat(600.0, len(items)))
                    if one
                }
                known[file] = {"digest": digest, "tests": tests}
                REACH.write_text(json.dumps(known), encoding="utf-8")
                failed = sum(one["failed"] for one in tests.values())
                print(f"{file}: {len(tests)} tests, {failed} of them fail and are left out", file=self.err, flush=True)
        reaching = defaultdict[str, list[str]](list)
        for file in files:
            for test, one in known[file]["tests"].items():
                if not one["failed"] and test in self.items:
                    self.seconds[test] = one["seconds"]
                    for function in one["reached"]:
                        reaching[function].append(test)
        self.reaching = dict(reaching)

    def _reach(self, items: Sequence[pytest.Item], tell: Tell) -> None:
        """Run these, each with what it reached."""
        set_mutant_under_test("stats")
        del os.environ["MUTANT_UNDER_TEST"]  # a process that a test starts tells nobody what it reaches
        for item, seconds, failed in self._runs(items):
            tell({"test": item.nodeid, "seconds": seconds, "failed": failed, "reached": sorted(state()._stats)})
            state()._stats.clear()

    def _tried(self, mutant: str) -> tuple[int, str]:
        """What became of this one, and how."""
        function = mangled_name_from_mutant_name(mutant)
        here, near = self.noticing[function], self.noticing[function.rpartition(".")[0]]
        tests = sorted(self.reaching.get(function, ()), key=lambda one: (-here[one], -near[one], self.seconds[one]))
        if not tests:
            return NO_TESTS, ""
        chosen, taken = list[str](), 0.0
        for test in tests:
            taken += self.seconds[test]
            if chosen and taken > self.patience:
                break
            chosen.append(test)
        number = len(chosen)
        while chosen:
            code, test = self._outcome(mutant, chosen)
            if code == UNNOTICED:
                break
            if self._passes_without(test):
                here[test] += 1
                near[test] += 1
                return code, f"by {test}"
            chosen = chosen[chosen.index(test) + 1 :]
        return UNNOTICED, f"by {number} of {len(tests)} tests"

    def _outcome(self, mutant: str, tests: Sequence[str]) -> tuple[int, str]:
        """The code of a run of these tests with this mutant, and the test that noticed it."""
        at = 0
        limits = [GRACE + 10 * self.seconds[test] for test in tests]
        for one in _forked(lambda tell: self._run(mutant, tests, tell), limits):
            if one is None:
                return ENDLESS, tests[at]
            if one["failed"]:
                return NOTICED, one["test"]
            at += 1
        return (UNNOTICED, "") if at == len(tests) else (NOTICED, tests[at])

    def _run(self, mutant: str, tests: Sequence[str], tell: Tell) -> None:
        set_mutant_under_test(mutant)
        for item, _, failed in self._runs([self.items[test] for test in tests]):
            tell({"test": item.nodeid, "failed": failed})
            if failed:
                return

    def _runs(self, items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, float, bool]]:
        """Run these one after the other: each with its seconds and whether it failed."""
        items[0].config._tmp_path_factory._basetemp = None  # type: ignore[attr-defined]  # a fork has its own
        for item, following in zip_longest(items, items[1:]):
            started, self.failed = _used(), False
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following or self._another(item))
            yield item, _used() - started, self.failed

    def _another(self, item: pytest.Item) -> pytest.Item:
        """One that could follow: what belongs to this test alone is taken down, and what serves all forks is not."""
        return next(one for one in self.items.values() if one is not item)

    def _passes_without(self, test: str) -> bool:
        """Whether this test passes in a fork of its own, without any fault."""
        if test not in self.trusted and self._outcome("", [test])[0] == UNNOTICED:
            self.trusted.add(test)
        return test in self.trusted


def _used() -> float:
    """The seconds of a processor that this process and those that it waited for have used; a busy machine adds none."""
    return sum(os.times()[:4])


def _prepare(items: Sequence[pytest.Item]) -> None:
    """Have what all forks need, and nothing else: what a whole run imports, a HOME to copy, and a running Postgres."""
    from ragtime_assets_tests.house import bare_home

    bare_home()
    if runs := _asking_for("ready", items):
        runtestprotocol(runs[0], nextitem=None, log=False)
    if needing := _asking_for("empty_postgres_url", items):
        runtestprotocol(needing[0], nextitem=next(one for one in items if one.path != needing[0].path), log=False)
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper) and MADE_BY_MUTANTS.match(thing.__module__):
            thing.cache_clear()
    gc.collect()
    gc.freeze()


def _asking_for(fixture: str, items: Sequence[pytest.Item]) -> list[pytest.Function]:
    return [item for item in items if isinstance(item, pytest.Function) and fixture in item.fixturenames]


def _forked(work: Callable[[Tell], None], limits: Iterable[float]) -> Iterator[Any]:
    """What this work tells in a fork, once for each limit; None when it is not heard of for so many seconds."""
    folder = tempfile.mkdtemp(prefix="m-")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(work, writing, folder)
    os.close(writing)
    unread = b""
    try:
        for limit in limits:
            while b"\n" not in unread:
                if not select.select([reading], [], [], limit)[0]:
                    yield None
                    return
                read = os.read(reading, 2**16)
                if not read:
                    return
                unread += read
            line, _, unread = unread.partition(b"\n")
            yield json.loads(line)
    finally:
        os.close(reading)
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError):
                kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        shutil.rmtree(folder, ignore_errors=True)


def _work(work: Callable[[Tell], None], writing: int, folder: str) -> NoReturn:
    """Do this in a fork, with its own folder of temporary files; it ends here, whatever happens."""
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        with os.fdopen(writing, "w") as pipe:
            work(lambda message: print(json.dumps(message), file=pipe, flush=True))
    finally:
        os._exit(0)


def main() -> int:
    """Try those that standard input names."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as it does on Ctrl-C, and leaves no Postgres
    asked = json.load(sys.stdin)
    out, err = os.fdopen(os.dup(1), "w"), os.fdopen(os.dup(2), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    selection = [*of_mutmut().pytest_add_cli_args, *of_mutmut().pytest_add_cli_args_test_selection]
    return int(
        pytest.main(
            ["--rootdir=.", "-s", "--tb=no", *selection],
            plugins=[Trials(asked["mutants"], asked["patience"], out, err)],
        )
    )


if __name__ == "__main__":
    raise SystemExit(main())
