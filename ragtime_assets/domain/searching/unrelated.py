"""Questions about nothing in particular, in each language: what a query is told apart from.

A passage that is near to all of them is near to anything; only how much nearer it is to the query counts. Subtracting
their mean also takes the language out of a query, so that a German one finds English speech. With eight of a language
it measures worse, with more than sixteen no better (`benchmarks/retrieval.py`).

For the order of hits these are enough. Whether anything is close is judged beside more of them, in whatever manner one
asks (`data/everyday.toml`).
"""

from __future__ import annotations

import base64
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

EVERYDAY = "everyday"
"""What the vectors of everyday questions are kept under, where means have their language."""
DATA = Path(__file__).parent / "data" / "unrelated.tsv"
_UNRELATED = Path(__file__).parent / "data" / "unrelated.toml"
_EVERYDAY = Path(__file__).parent / "data" / "everyday.toml"


def unrelated(language: str) -> tuple[str, ...]:
    """Questions in this language that have nothing to do with each other."""
    return tuple(_questions()[language])


@cache
def everyday() -> tuple[str, ...]:
    """What is asked every day, of whatever and in whatever manner, in the languages that are best known."""
    told = tomllib.loads(_EVERYDAY.read_text(encoding="utf-8"))
    return tuple(query for queries in told.values() for query in queries)


def languages() -> tuple[str, ...]:
    """Those that there are questions in."""
    return tuple(_questions())


@cache
def _questions() -> Mapping[str, Sequence[str]]:
    """In each language."""
    return tomllib.loads(_UNRELATED.read_text(encoding="utf-8"))


def digest(questions: Sequence[str]) -> str:
    """What tells these questions from those of another version."""
    return hashlib.sha256("\n".join(questions).encode()).hexdigest()


def reckoned(engine: str, name: str, questions: Sequence[str]) -> bytes | None:
    """What is known of these questions, in floats of four bytes, if that of this engine comes along."""
    return _reckoned().get((engine, name, digest(questions)))


@cache
def _reckoned() -> Mapping[tuple[str, str, str], bytes]:
    """By engine, name and digest; `python -m benchmarks.unrelated --write` writes them."""
    rows = [line.split("\t") for line in DATA.read_text(encoding="utf-8").splitlines()]
    return {(engine, name, questions): base64.b64decode(known) for engine, name, questions, known in rows}
