"""Labelled examples for the rules that link, keep or refuse: their parts, and how well a rule tells them apart.

What belongs here: what two of these benchmarks need. What the files hold is said in `data/README.md`.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

DATA = Path(__file__).with_name("data")
TUNING, HELD_OUT, SEEN, BLIND = "tuning", "held out", "seen", "blind"

Row = dict[str, Any]
T = TypeVar("T")


def lines(name: str) -> list[Row]:
    """The rows of a file of one JSON document a line."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def tables(name: str, table: str) -> list[Row]:
    """The entries of one table of a TOML file."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))[table]


def halves(rows: Sequence[T]) -> dict[str, list[T]]:
    """Every second row: what a rule may be mended by, and what shows whether that helped elsewhere."""
    return {TUNING: list(rows[::2]), HELD_OUT: list(rows[1::2])}


def parts(name: str, read: Callable[[str], list[Row]] = lines) -> dict[str, list[Row]]:
    """The halves of a file, the later examples by which the rule was mended once, and those by which it never was."""
    stem, dot, kind = name.rpartition(".")
    return {**halves(read(name)), **{part: read(f"{stem}_{part}{dot}{kind}") for part in (SEEN, BLIND)}}


@dataclass(frozen=True)
class Verdicts:
    """What a rule said of examples, each beside what is true."""

    said: tuple[tuple[bool, bool], ...]
    """For each example: what the rule said, and what is true."""

    @classmethod
    def of(cls, rows: Iterable[T], says: Callable[[T], bool], truth: Callable[[T], bool]) -> Verdicts:
        """The verdicts on these rows."""
        return cls(tuple((says(row), truth(row)) for row in rows))

    def __str__(self) -> str:
        """Precision and recall with their counts; what is wrong is in the first, what is missed in the second."""
        hits = sum(said and true for said, true in self.said)
        told, right = sum(said for said, _ in self.said), sum(true for _, true in self.said)
        return f"precision {_share(hits, told)}, recall {_share(hits, right)}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:4.2f} ({part:2} of {whole:2})" if whole else f"   - ({part:2} of {whole:2})"


def compared(
    rules: Mapping[str, Callable[[T], bool]], parts: Mapping[str, Sequence[T]], truth: Callable[[T], bool]
) -> Iterator[str]:
    """A line for each rule and part."""
    for rule, says in rules.items():
        for part, some in parts.items():
            yield f"    {rule:30} {part:9} {Verdicts.of(some, says, truth)}"


def shown(part: str) -> bool:
    """Whether the errors of this part may be printed: `--errors` shows those to tune by, `--all-errors` all."""
    return "--all-errors" in sys.argv or ("--errors" in sys.argv and part == TUNING)
