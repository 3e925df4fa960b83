"""What befalls machines that share Postgres, a bucket, an index server and a broker: one fault after the other.

    python -m benchmarks.machine_faults --seed 1
    python -m benchmarks.machine_faults --seed 2 killed frozen

Each fault strikes an episode of its own in mid-phase, where that is not said in a phase that the seed chooses, and is
over after a while. The episode has to become ready: by itself, or when a person retries it, as its error says. No phase
of it may be saved twice. The clocks of all machines are an hour behind that of the database all the time.
"""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import ragtime_assets
from benchmarks.storage import on_postgres, restart
from ragtime_assets.domain.graph import PHASES
from ragtime_assets_tests.bucket_server import bucket_server
from ragtime_assets_tests.clocks import with_clock_off
from ragtime_assets_tests.end_to_end.holding import Moment
from ragtime_assets_tests.end_to_end.machines import Cluster, cluster_in

MADE = PHASES[:-1]
WORKERS = 2
PATIENCE = 240
GONE_SECONDS = 60
WHILE_SECONDS = 15


@dataclass(frozen=True)
class Strike:
    """One fault about to happen."""

    cluster: Cluster
    moment: Moment
    folder: Path

    def while_it_lasts(self, seconds: float = WHILE_SECONDS) -> None:
        """Let the phase go on, into the fault."""
        self.cluster.corpus.holder.let_go()
        time.sleep(seconds)


def killed(strike: Strike) -> None:
    """The machine loses its power, and another takes its place."""
    strike.cluster.of(strike.moment).kill()
    strike.cluster.add_machine()


def preempted(strike: Strike) -> None:
    """The machine is told to stop, waits for its run, and is gone a little later: its step stays as it was."""
    machine = strike.cluster.of(strike.moment)
    machine.tell_to_stop()
    time.sleep(5)
    machine.kill()
    strike.cluster.add_machine()


def frozen(strike: Strike) -> None:
    """The machine does nothing for a while, as one that is moved to other hardware."""
    with strike.cluster.of(strike.moment).frozen():
        strike.while_it_lasts()


def without_broker(strike: Strike) -> None:
    """Redis is gone for a minute, and comes back with what it had."""
    strike.cluster.redis.stop()
    strike.while_it_lasts(GONE_SECONDS)
    strike.cluster.redis.start()


def postgres_restarted(strike: Strike) -> None:
    """Every connection is dropped, and for some seconds there is none."""
    restart(strike.folder)


def store_refuses(strike: Strike) -> None:
    """The object store takes nothing for a while."""
    strike.cluster.bucket.refused["PUT"] = (503, "SlowDown")
    strike.while_it_lasts()
    strike.cluster.bucket.refused.clear()


def store_dawdles(strike: Strike) -> None:
    """The object store does not answer for a while."""
    strike.cluster.bucket.slow.add("PUT")
    strike.while_it_lasts()
    strike.cluster.bucket.slow.clear()


def cut_off(strike: Strike) -> None:
    """The network between worker and store parts in mid-upload, three times."""
    strike.cluster.bucket.cut.add("PUT")
    strike.cluster.bucket.left = 3
    strike.while_it_lasts()
    strike.cluster.bucket.cut.clear()
    strike.cluster.bucket.left = None


def without_index(strike: Strike) -> None:
    """The Qdrant server is gone while the episode is to be published."""
    strike.cluster.index.stop()
    strike.while_it_lasts()
    strike.cluster.index.start()


def other_code(strike: Strike) -> None:
    """A machine with another version of the code joins, and the one at work is gone."""
    other = strike.folder / "other"
    shutil.copytree(Path(ragtime_assets.__file__).parent, other / "ragtime_assets")
    shutil.copytree(Path(ragtime_assets.__file__).parents[1] / "ragtime_assets_tests", other / "ragtime_assets_tests")
    (other / "ragtime_assets" / "__init__.py").open("a").write("\n# another version\n")
    strike.cluster.add_machine(PYTHONPATH=str(other))
    killed(strike)


FAULTS: dict[str, tuple[Callable[[Strike], None], str | None]] = {
    "killed": (killed, None),
    "preempted": (preempted, None),
    "frozen": (frozen, None),
    "without_broker": (without_broker, None),
    "postgres_restarted": (postgres_restarted, None),
    "store_refuses": (store_refuses, None),
    "store_dawdles": (store_dawdles, None),
    "cut_off": (cut_off, "audio_file"),
    "without_index": (without_index, "entity_links"),
    "other_code": (other_code, None),
}
"""Each with the phase in which it strikes, where that matters."""


def chosen_faults(names: list[str], chance: random.Random) -> list[tuple[str, str]]:
    """Faults and phases: a kill in every phase, the others once, in any order."""
    found = [(name, phase) for name in names for phase in _phases(name, chance)]
    chance.shuffle(found)
    return found


def _phases(name: str, chance: random.Random) -> Iterator[str]:
    phase = FAULTS[name][1]
    if name == "killed":
        yield from MADE
    else:
        yield phase or chance.choice(MADE)


def strike(cluster: Cluster, folder: Path, number: int, name: str, phase: str) -> str:
    """Let one fault strike one episode; what came of it. Raises AssertionError for a promise that was not kept."""
    corpus, key = cluster.corpus, cluster.corpus.key(number)
    corpus.holder.hold("before", phase, key)
    corpus.submit(number)
    moment = corpus.holder.wait_for("before", phase, key)
    started = time.monotonic()
    FAULTS[name][0](Strike(cluster, moment, folder))
    corpus.holder.let_go()
    found = corpus.wait(key, seconds=PATIENCE)[key]
    by = "by itself"
    if found.state == "failed" and found.error is not None and found.error.goes_on:
        by = f"tried again by itself after {found.error.error_class} of {found.phase}"
        corpus.until(lambda: corpus.status(key).state == "ready", PATIENCE)
        found = corpus.status(key)
    elif found.state == "failed" and found.error is not None:
        by = f"retried after {found.error.error_class} of {found.phase}"
        corpus.studio.submissions.request([key], by="benchmark")
        found = corpus.wait(key, seconds=PATIENCE)[key]
    assert found.state == "ready", (found.state, found.error)
    saved = sorted(cluster.corpus.saved(key))
    assert saved == sorted(MADE), saved
    return f"ready {time.monotonic() - started:.0f} s later, {by}"


def main() -> None:
    """The whole matrix."""
    parser = argparse.ArgumentParser("python -m benchmarks.machine_faults", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("faults", nargs="*", help=f"some of {', '.join(FAULTS)}; all when none is named")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    faults = chosen_faults(options.faults or list(FAULTS), random.Random(options.seed))  # noqa: S311
    bad = 0
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="ragtime-machines-") as name, bucket_server() as server:
        folder = Path(name)
        with (
            on_postgres(folder) as url,
            cluster_in(
                folder / "cluster", with_clock_off(url, hours=1), server, episodes=len(faults), workers=WORKERS
            ) as cluster,
        ):
            for number, (fault, phase) in enumerate(faults):
                try:
                    told = strike(cluster, folder, number, fault, phase)
                except AssertionError as error:
                    told, bad = f"BAD: {error}", bad + 1
                print(f"{fault} in {phase}: {told}", flush=True)  # noqa: T201 - its answer
    print(f"{len(faults)} faults, {bad} bad")  # noqa: T201
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
