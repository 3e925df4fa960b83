"""A mutation run: small faults are put into the code one at a time, and some test has to notice each.

    python -m benchmarks.mutants              all of domain, planning and steps; 300 of phases and corpus
    python -m benchmarks.mutants 'PATTERN'    those whose names match, such as ragtime_assets.domain.money.*

mutmut makes the mutants (`[tool.mutmut]` in pyproject.toml) and runs for each the tests that reach its function. What
it did is kept in `mutants/`, so a run that was stopped goes on, and one after new tests tries only what went unnoticed.
A survivor that changes nothing, or only words, is listed in `equivalent_mutants.txt`, with why. Fewer than 85 % of the
others noticed in one of the three parts end it with 1.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

DOMAIN, PLANS, SAMPLED = "domain", "planning and steps", "phases and corpus"
PARTS = {
    DOMAIN: ("ragtime_assets.domain.*",),
    PLANS: ("ragtime_assets.orchestration.planning.*", "ragtime_assets.orchestration.steps.*"),
    SAMPLED: ("ragtime_assets.phases.*", "ragtime_assets.corpus.*"),
}
SAMPLE, SEED = 300, 12
PROMISED = 0.85
AT_ONCE = 2
FIRST = "ragtime_assets.domain.figures.*"
"""mutmut makes all mutants, and learns which tests reach them, before it tries the first."""
MUTMUT = Path(sys.executable).with_name("mutmut")
"""Not `-m mutmut`, which imports itself twice and warns; in a test run a warning is an error."""
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")


@dataclass(frozen=True)
class Mutant:
    """One fault, and what became of it."""

    name: str
    status: str
    path: Path

    @property
    def noticed(self) -> bool:
        """Whether some test failed with it, or did not come to an end."""
        return self.status in ("killed", "timeout")

    @property
    def function(self) -> str:
        """Where it is, without mutmut's marks."""
        module, _, function = self.name.partition("__mutmut_")[0].rpartition(".")
        return f"{module}.{function.removeprefix('x_').replace('xǁ', '').replace('ǁ', '.')}"

    @property
    def lines(self) -> str:
        """The lines that it puts in place of others, as one."""
        diff = get_diff_for_mutant(self.name, path=self.path).splitlines()
        return " ".join(line[1:].strip() for line in diff if line.startswith("+") and not line.startswith("+++"))


def main() -> int:
    """Run them and tell; 1 when too many went unnoticed."""
    if patterns := sys.argv[1:]:
        mutate(patterns)
        return tell(", ".join(patterns), [one for one in mutants() if matches(one, patterns)])
    mutate([FIRST])
    parts = {part: {one.name for one in mutants() if matches(one, patterns)} for part, patterns in PARTS.items()}
    parts[SAMPLED] = set(random.Random(SEED).sample(sorted(parts[SAMPLED]), SAMPLE))
    chosen = set[str]().union(*parts.values())
    if left := [one.name for one in mutants() if one.name in chosen and not one.noticed]:
        mutate(left)
    return max([tell(part, [one for one in mutants() if one.name in names]) for part, names in parts.items()])


def mutate(patterns: Sequence[str]) -> None:
    """Have mutmut try these mutants."""
    subprocess.run([MUTMUT, "run", "--max-children", str(AT_ONCE), *patterns], check=False)


def mutants() -> Iterator[Mutant]:
    """Every mutant that there is."""
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            yield Mutant(name, status_by_exit_code[code], path)


def matches(mutant: Mutant, patterns: Sequence[str]) -> bool:
    """Whether it is one of these."""
    return any(fnmatch(mutant.name, pattern) for pattern in patterns)


def tell(part: str, tried: Sequence[Mutant]) -> int:
    """What was noticed, and each that was not."""
    known = set(EQUIVALENT.read_text(encoding="utf-8").splitlines())
    left = {one: f"{one.function}: {one.lines}" for one in tried if not one.noticed}
    unnoticed = {one: line for one, line in left.items() if line not in known}
    for line in sorted(unnoticed.values()):
        print(line)
    judged = Counter(one.status for one in tried if one not in left or one in unnoticed)
    share = (len(tried) - len(left)) / max(1, judged.total())
    print(f"{part}: {len(tried)} mutants, {len(left) - len(unnoticed)} of them equivalent or words: {dict(judged)}")
    print(f"{share:.1%} of the others were noticed; promised are {PROMISED:.0%}")
    return 0 if share >= PROMISED else 1


if __name__ == "__main__":
    raise SystemExit(main())
