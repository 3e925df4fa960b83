"""A mutation run: small faults are put into the code one at a time, and some test has to notice each.

    python -m benchmarks.mutants                          all of domain, planning and steps; 300 of phases and corpus
    python -m benchmarks.mutants [--sample N] PATTERN...  those whose names match, such as ragtime_assets.domain.money.*
    python -m benchmarks.mutants --tell [...]             tries none, and tells what became of those that were tried

mutmut makes the mutants (`[tool.mutmut]` in pyproject.toml) in `mutants/`, `mutant_trials.py` tries them, in an order
that a fixed seed chooses: what was tried when it is stopped is a fair sample. What became of each is kept, so the next
run goes on, and one after new tests tries only what went unnoticed. A survivor that changes nothing, or only words, is
listed in `equivalent_mutants.txt`, with why. Fewer than 85 % of the others noticed in one of the three parts end it
with 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from fnmatch import fnmatch
from math import sqrt
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, walk_mutatable_files

DOMAIN, PLANS, SAMPLED = "domain", "planning and steps", "phases and corpus"
PARTS = {
    PLANS: ("ragtime_assets.orchestration.planning.*", "ragtime_assets.orchestration.steps.*"),
    SAMPLED: ("ragtime_assets.phases.*", "ragtime_assets.corpus.*"),
    DOMAIN: ("ragtime_assets.domain.*",),
}
SAMPLE, SEED = 300, 12
PROMISED = 0.85
MUTANTS = Path("mutants")
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")
NOTICED, UNNOTICED = ("killed", "timeout"), ("survived", "no tests")


@dataclass(frozen=True)
class Mutant:
    """One fault, and what became of it."""

    name: str
    status: str
    path: Path

    @property
    def noticed(self) -> bool:
        """Whether some test failed with it, or did not come to an end."""
        return self.status in NOTICED

    @property
    def tried(self) -> bool:
        """Whether its tests were run, or there are none."""
        return self.status in NOTICED + UNNOTICED

    @property
    def function(self) -> str:
        """Where it is, without mutmut's marks."""
        module, _, function = self.name.partition("__mutmut_")[0].rpartition(".")
        return f"{module}.{function.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"

    @property
    def told(self) -> str:
        """Where it is, and the lines that it puts in place of others, as one."""
        diff = get_diff_for_mutant(self.name, path=self.path).splitlines()
        lines = (line[1:].strip() for line in diff if line.startswith("+") and not line.startswith("+++"))
        return f"{self.function}: {' '.join(lines)}"


def main() -> int:
    """Run them and tell; 1 when too many went unnoticed."""
    asked = _asked()
    parts = {", ".join(asked.patterns): tuple(asked.patterns)} if asked.patterns else PARTS
    if not asked.tell:
        make()
    samples = {SAMPLED: SAMPLE} if not asked.patterns else {part: asked.sample for part in parts if asked.sample}
    chosen = {part: shuffled(patterns, samples.get(part)) for part, patterns in parts.items()}
    known = equivalent()
    left = [
        one for part in chosen.values() for one in part if not one.noticed and not (one.tried and one.told in known)
    ]
    if left and not asked.tell:
        try_out(sorted(left, key=lambda one: one.tried), asked.patience)
    became = {one.name: one for one in mutants()}
    return max([tell(part, [became[one.name] for one in these]) for part, these in chosen.items()])


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description="See the head of this module.")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of those that match")
    parser.add_argument("--patience", type=float, default=60.0, metavar="SECONDS", help="of tests for each mutant: 60")
    parser.add_argument("--tell", action="store_true", help="try none")
    return parser.parse_args()


def make() -> None:
    """Have mutmut make all mutants, and lay what their tests need beside them."""
    from mutmut.__main__ import create_mutants  # chooses how processes are forked, for all of this one

    MUTANTS.mkdir(exist_ok=True)
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(1)


def try_out(wanted: Sequence[Mutant], patience: float) -> None:
    """Try these mutants one after the other, each with so many seconds of tests, and keep what becomes of it."""
    files: dict[Path, SourceFileMutationData] = {}
    here = MUTANTS.absolute()
    command = [sys.executable, "-m", "benchmarks.mutant_trials"]
    path = {one.name: one.path for one in wanted}
    with subprocess.Popen(
        command,
        cwd=here,
        env=os.environ | {"PYTHONPATH": str(here), "OMP_NUM_THREADS": "1"},  # forks inherit no threads
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as trials:
        assert trials.stdin
        assert trials.stdout
        trials.stdin.write(json.dumps({"mutants": list(path), "patience": patience}))
        trials.stdin.close()
        for place, line in enumerate(map(json.loads, trials.stdout), 1):
            name = line["mutant"]
            if path[name] not in files:
                files[path[name]] = SourceFileMutationData(path=path[name])
                files[path[name]].load()
            files[path[name]].exit_code_by_key[name] = line["code"]
            files[path[name]].save()
            print(f"{place}/{len(path)} {name}: {status_by_exit_code[line['code']]} {line['how']}", flush=True)


def mutants() -> Iterator[Mutant]:
    """Every mutant that there is."""
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            yield Mutant(name, status_by_exit_code[code], path)


def equivalent() -> set[str]:
    """Those that change nothing, or only words, as they are told."""
    return set(EQUIVALENT.read_text(encoding="utf-8").splitlines())


def shuffled(patterns: Sequence[str], sample: int | None) -> list[Mutant]:
    """Those whose names match, or so many of them, in an order that a change elsewhere in the code leaves as it is."""
    these = (one for one in mutants() if any(fnmatch(one.name, pattern) for pattern in patterns))
    return sorted(these, key=lambda one: hashlib.sha256(f"{SEED} {one.name}".encode()).digest())[:sample]


def tell(part: str, chosen: Sequence[Mutant]) -> int:
    """What was noticed, and each that was not."""
    known = equivalent()
    tried = [one for one in chosen if one.tried]
    left = {one: one.told for one in tried if not one.noticed}
    unnoticed = {one: line for one, line in left.items() if line not in known}
    for line in sorted(unnoticed.values()):
        print(line)
    judged = Counter(one.status for one in tried if one not in left or one in unnoticed)
    noticed, number = len(tried) - len(left), judged.total()
    share, (low, high) = noticed / max(1, number), interval(noticed, number)
    print(
        f"{part}: {len(tried)} of {len(chosen)} were tried, {len(left) - len(unnoticed)} of them equivalent or words."
    )
    print(f"{dict(judged)}: {share:.1%} of the others were noticed, promised are {PROMISED:.0%}.")
    print(f"With 95 % confidence {low:.1%} to {high:.1%} of all are.")
    return 0 if share >= PROMISED else 1


def interval(hits: int, number: int) -> tuple[float, float]:
    """Between which shares that of all lies with 95 % confidence, when so many of a sample hit: Wilson's interval."""
    if not number:
        return 0.0, 1.0
    z = 1.96
    share, spread = hits / number, z * z / number
    middle, reach = share + spread / 2, z * sqrt(share * (1 - share) / number + spread / (4 * number))
    return (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)


if __name__ == "__main__":
    raise SystemExit(main())
