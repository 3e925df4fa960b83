"""Processes killed at random, again and again, while what was killed before still recovers.

    python -m benchmarks.soak --minutes 5 --seed 1
    python -m benchmarks.soak --minutes 5 --seed 2 --model --postgres

Thirty episodes, a burst of 25 and five more, are submitted to a corpus that is up; every 5 to 12 seconds a random
process of it gets SIGKILL: a run worker, the daemon, the code location or what it forks runs from. With `--postgres`
the database server is restarted beside that, while the burst is at work. After the last kill it has two minutes. It
ends with 1 unless all thirty are ready by then, nothing was paid for twice, and no file and no process is left over.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.soak_tries import Happened, tries
from benchmarks.storage import on_postgres, restart
from ragtime_assets.adapters.storage.leftovers import TEMPORARY, ours
from ragtime_assets.domain.episode.identity import item_submission
from ragtime_assets.orchestration.looking import look
from ragtime_assets.orchestration.supervisor import Supervisor
from ragtime_assets.studio import Studio
from ragtime_assets_tests.openai_server import Answer, Asked, OpenAIServer, openai_server, reader
from ragtime_assets_tests.shows import guid, serve_show, settings_for

BURST, LATER = 25, 5
PAUSES = (5.0, 12.0)
QUIET_SECONDS = 120
KILLS_BEFORE_RESTART = 4
ANSWER_SECONDS = 0.3
"""As long as a real model takes at least; without it the work is done before a worker can be killed."""


@dataclass(frozen=True)
class Outcome:
    """What a soak ended with."""

    killed: Counter[str]
    states: Counter[str]
    seconds_after: float
    asked_twice: int
    left: Sequence[str]
    stopped: Sequence[str]
    """Of each episode that is not ready why, and what was tried for it."""
    logs: str

    @property
    def is_good(self) -> bool:
        """Whether every promise was kept."""
        return set(self.states) == {"ready"} and not self.asked_twice and not self.left


def main() -> int:
    """Run one soak and tell how it went."""
    parser = argparse.ArgumentParser("python -m benchmarks.soak", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", action="store_true", help="read with a model, which is a local server, and slow")
    parser.add_argument("--postgres", action="store_true", help="keep everything on a Postgres of its own")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, ExitStack() as opened:
        settings: dict[str, Any] = {}
        provider = opened.enter_context(openai_server()) if chosen.model else None
        if provider is not None:
            provider.otherwise = _slowly
            settings |= {"model": "openai-chat:parrot", "openai_base_url": provider.url}
        shake = None
        if chosen.postgres:
            settings["database_url"] = opened.enter_context(on_postgres(Path(folder)))
            shake = partial(restart, Path(folder))
        chance = random.Random(chosen.seed)  # noqa: S311
        outcome = soak(Path(folder), chosen.minutes * 60, chance, provider, shake, **settings)
    print(f"killed: {dict(outcome.killed)}")
    print(f"{dict(outcome.states)}, {outcome.seconds_after:.0f} s after the last kill")
    print(f"model calls made twice: {outcome.asked_twice}; left over: {', '.join(outcome.left) or 'nothing'}")
    if not outcome.is_good:
        print(*outcome.stopped, outcome.logs, sep="\n")
    return 0 if outcome.is_good else 1


def soak(
    folder: Path,
    seconds: float,
    chance: random.Random,
    provider: OpenAIServer | None = None,
    shake: Callable[[], None] | None = None,
    *,
    burst: int = BURST,
    patience: float = QUIET_SECONDS,
    **more: Any,
) -> Outcome:
    """Kill for so long, and `shake` the storage once; then wait. The corpus and everything of it is in `folder`."""
    with serve_show(burst + LATER) as base:
        studio = Studio(settings_for(base, folder / "home", **more))
        wanted = [item_submission(f"{base}/feed.xml", guid(number)) for number in range(burst + LATER)]
        studio.submissions.submit(wanted[:burst], by="soak")
        killed: Counter[str] = Counter()
        happened: list[Happened] = []
        supervisor = Supervisor(studio, web_port=None, tell=lambda _: None)
        with supervisor.running():
            until = time.monotonic() + seconds
            waiting = wanted[burst:]
            while time.monotonic() < until:
                supervisor.watch(chance.uniform(*PAUSES))
                role, pid = _kill_one(studio, chance)
                killed[role] += 1
                happened.append(_now(f"the {role} {pid} is killed"))
                if shake is not None and killed.total() == KILLS_BEFORE_RESTART:
                    happened.append(_now("the database server is restarted"))
                    shake()
                    happened.append(_now("it is back"))
                if waiting:
                    studio.submissions.submit([waiting.pop()], by="soak")
            studio.submissions.submit(waiting, by="soak")
            began = time.monotonic()
            while time.monotonic() - began < patience and set(_states(studio)) != {"ready"}:
                supervisor.watch(1)
            taken = time.monotonic() - began
            states = _states(studio)
        _wait_for_the_last(studio)
        studio.sweep()
        prompts = Counter(asked.text for asked in provider.asked) if provider else Counter[str]()
        twice = sum(count - 1 for count in prompts.values())
        in_flight = killed["worker"]
        outcome = Outcome(
            killed=killed,
            states=states,
            seconds_after=taken,
            asked_twice=max(0, twice - in_flight),
            left=_left_over(studio),
            stopped=_stopped(studio, happened),
            logs=_ends(studio),
        )
        studio.database.close()
        for pid in _processes(studio):  # it is in the outcome; it would write on into a folder that is gone
            _kill(pid)
        return outcome


def _now(what: str) -> Happened:
    return Happened(datetime.now(UTC), what)


def _stopped(studio: Studio, happened: Sequence[Happened]) -> list[str]:
    looked = [one for one in look(studio, None).episodes if one.state != "ready"]
    why = [f"{one.key} {one.state} {one.phase} in run {one.run_id}: {one.error}" for one in looked]
    return [*why, *tries(studio, [one.key for one in looked], happened)] if looked else []


def _slowly(asked: Asked) -> Answer:
    return reader(asked).after(ANSWER_SECONDS)


def _states(studio: Studio) -> Counter[str]:
    return Counter(one.state for one in look(studio, None).episodes)


_LAST_SECONDS = 30
_CODE_LOCATION = "-m ragtime_assets.orchestration.code_server "
_ROLES = {
    "multiprocessing.forkserver": "worker",
    "ragtime_assets.orchestration.daemon": "daemon",
    _CODE_LOCATION: "code location",
}
"""What the command line of a process says that it is; who is forked has that of whom it is forked from."""


def _kill_one(studio: Studio, chance: random.Random) -> tuple[str, int]:
    """Kill a random process of this corpus; what it was, and its id."""
    pid, role = chance.choice(sorted(_processes(studio).items()))
    _kill(pid)
    return role, pid


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it ended meanwhile
        os.kill(pid, signal.SIGKILL)


def _processes(studio: Studio) -> dict[int, str]:
    """Dagster's processes that work on this corpus, each with its role; a worker outlives its server."""
    home = f"RAGTIME_HOME={studio.settings.home}".encode()
    found: dict[int, str] = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            role = _role(process)
            if role is not None and home in (process / "environ").read_bytes().split(b"\0"):
                found[int(process.name)] = role
    return found


def _role(process: Path) -> str | None:
    """What a process is. We started the code location, which forks the fork server; one that was killed is replaced."""
    words, parent = _words(process), _parent(process)
    role = next((role for part, role in _ROLES.items() if part in words), None)
    if role == "worker":
        return "fork server" if _CODE_LOCATION in _words(parent) else role
    if role != "code location" or _is_this(parent):
        return role
    return "fork server" if _is_this(_parent(parent)) else "worker"


def _is_this(process: Path) -> bool:
    return process.name == str(os.getpid())


def _words(process: Path) -> str:
    return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def _parent(process: Path) -> Path:
    return process.with_name((process / "stat").read_text().rpartition(")")[2].split()[1])


def _ends(studio: Studio) -> str:
    logs = sorted((studio.settings.root / "logs").glob("*.log"))
    return "\n".join(f"\n== {log.name}\n{log.read_text(errors='replace')[-4000:]}" for log in logs)


def _wait_for_the_last(studio: Studio) -> None:
    """Until the processes that were about to end have ended, as far as they do."""
    until = time.monotonic() + _LAST_SECONDS
    while _processes(studio) and time.monotonic() < until:
        time.sleep(1)


def _left_over(studio: Studio) -> list[str]:
    root = studio.settings.root
    left = [*(root / "store" / "scratch").glob("*"), *(root / "locks").glob("*.lock")]
    left += Path(tempfile.gettempdir()).glob(f"{TEMPORARY}{ours(is_shared=False)}*")
    return [*(path.name for path in left), *_processes(studio).values()]


if __name__ == "__main__":
    raise SystemExit(main())
