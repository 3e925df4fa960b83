"""The benchmarks that come with a promise, as one table: what, measured, promised, beside what.

    python -m benchmarks                   all of them, about five minutes
    python -m benchmarks imports submit    only these

A promise that does not hold ends it with 1. Numbers of a machine that does other work at the same time are noise:
the ratios, which are taken within one run, say more.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from benchmarks import (
    batches,
    fetching,
    imports,
    linking,
    listening,
    pace,
    painting,
    readers,
    relinking,
    search,
    start_latency,
    status,
    submit,
)
from benchmarks.measurement import Measurement

BENCHMARKS: dict[str, Callable[[], Iterator[Measurement]]] = {
    "imports": imports.measure,
    "submit": submit.measure,
    "status": status.measure,
    "fetching": fetching.measure,
    "search": search.measure,
    "readers": readers.measure,
    "painting": painting.measure,
    "linking": linking.measure,
    "relinking": relinking.measure,
    "listening": listening.measure,
    "start_latency": start_latency.measure,
    "batches": batches.measure,
    "pace": pace.measure,
}
OTHERS = (
    "python -m benchmarks.vector_index 0 5000 20000   what publishing costs as the embedded index grows",
    "python -m benchmarks.backfill 200                what a backfill from the UI makes of many episodes at once",
    "python -m benchmarks.health 100000               what a look at the health of a large corpus costs",
    "python -m benchmarks.pruning 10                  what old runs take on the disk, and what is left when they go",
    "python -m benchmarks.pictures                    the pictures in docs/, taken anew of a corpus that is up",
    "python -m benchmarks.keeping 10000               stale, redo --all and submissions of a large corpus",
    "python -m benchmarks.soak --minutes 5 --seed 1   what is left after processes were killed at random",
    "python -m benchmarks.scaling 1000 10000          what looks, ticks and pages cost as a corpus grows",
    "python -m benchmarks.workers                     episodes a minute with 1, 2 and 4 celery workers",
    "python -m benchmarks.connections                 how many connections to Postgres a corpus holds",
    "python -m benchmarks.machine_faults --seed 1     what befalls workers and what they share, one after the other",
    "python -m benchmarks.kills --seed 1              backup, restore, forget, reset, migrate killed at any call",
    "python -m benchmarks.retrieval                   how often search finds the passage that answers",
    "python -m benchmarks.beginnings                  how often the sentence that is quoted is where the answer begins",
    "python -m benchmarks.unrelated                   what queries are told apart from, reckoned with our embedder",
    "python -m benchmarks.entities                    how well and how fast the rules find entities",
    "python -m benchmarks.names                       misheard names repaired, and sentences harmed by it",
    "python -m benchmarks.matching                    whether what an index or feed knows is the wanted episode",
    "python -m benchmarks.players                     whether the audio that a page hands to its player is found",
    "python -m benchmarks.captions                    captions refused, speakers told, loops cut",
    "python -m benchmarks.quoting                     what sells and greets kept out of a quoted summary",
    "python -m benchmarks.citing                      what an answer says and its passages do not, dropped and kept",
    "python -m benchmarks.answering                   citations, recall and refusals of ask, with any model",
    "python -m benchmarks.links                       how many names are linked, and how many of those right",
    "python -m benchmarks.link_weights                what each clue of linking counts, tried on episodes left out",
    "python -m benchmarks.transcription               word error rate on the sample show",
)


def main() -> int:
    """Measure what was asked for; 1 when a promise does not hold."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of {', '.join(BENCHMARKS)}; all when none is")
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark named {', '.join(sorted(unknown))}")
    print(f"Load when it began: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.", flush=True)
    found: list[Measurement] = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        found += BENCHMARKS[name]()
    show(found)
    return 0 if all(one.is_kept for one in found) else 1


def show(found: list[Measurement]) -> None:
    """The table, and what else can be measured."""
    table = Table(box=None, pad_edge=False)
    for column in ("what", "measured", "at most", "", "ratio", "beside", "note"):
        table.add_column(column, justify="right" if column in ("measured", "at most", "ratio") else "left")
    for one in found:
        ratio = "" if one.ratio is None else f"x{one.ratio:.2f}"
        kept = "kept" if one.is_kept else "BROKEN"
        table.add_row(
            one.what, _number(one.measured, one), _number(one.promised, one), kept, ratio, one.beside, one.note
        )
    Console(width=200 if not sys.stdout.isatty() else None, highlight=False).print(table)
    print("\nWithout a promise, and only by name:", *OTHERS, sep="\n  ")


def _number(value: float, one: Measurement) -> str:
    digits = 0 if one.unit in ("", "ms", "MB") else 2
    return f"{value:,.{digits}f} {one.unit}".strip()


if __name__ == "__main__":
    sys.exit(main())
