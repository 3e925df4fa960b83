"""What an artifact tells of itself, in plain values.

Each artifact yields its facts in its own module; Dagster's metadata and the report show the same ones. How a value
looks in either is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ragtime_assets.domain.figures import plural


@dataclass(frozen=True)
class Count:
    """A number of things: `Count(2, "word")` reads `2 words`."""

    number: int
    one: str
    many: str | None = None


@dataclass(frozen=True)
class Link:
    """Where something is read, heard or kept."""

    url: str


@dataclass(frozen=True)
class Prose:
    """Words from outside, under a line that stands out."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Page:
    """Markdown of our own making; words from outside are escaped in it already."""

    markdown: str


@dataclass(frozen=True)
class Table:
    """Rows under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Moments:
    """Seconds of the audio, and what is said there."""

    moments: tuple[tuple[float, str], ...]


Value = str | bool | int | float | datetime | Count | Link | Prose | Page | Table | Moments


@dataclass(frozen=True)
class Fact:
    """One thing to know about an artifact."""

    name: str
    value: Value
    brief: bool = False
    """Whether it belongs into the artifact's one line."""
    heading: str | None = None
    """What it stands under on the page of the report; None keeps it off that page."""


def in_one_line(facts: Iterable[Fact]) -> str:
    """The brief ones among the facts."""
    return ", ".join(words(fact.value) for fact in facts if fact.brief)


def words(value: Value) -> str:
    """A value that fits into a line."""
    return plural(value.number, value.one, value.many) if isinstance(value, Count) else str(value)
