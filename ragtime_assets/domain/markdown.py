"""Markdown around words from outside: they cannot end a table row, open HTML, or plant a link or a picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ragtime_assets.domain.facts import Link, Moments, Page, Prose, Table, Value, words
from ragtime_assets.domain.figures import clock

_SIGNS = re.compile(r"[\\|\[*]|(?<![^\W_])_|_(?![^\W_])")
_INDENTED = re.compile(r"^[ \t]+", re.MULTILINE)
_BEGINS_A_BLOCK = re.compile(
    r"^(\d{1,9}(?=[.)](?:\s|$))|)([-+](?=[-\s]|$)|#(?=#{0,5}(?:\s|$))|>|=(?==*\s*$)|~(?=~~)|`(?=``)|(?<=\d)[.)])",
    re.MULTILINE,
)
_BEGINS_AN_ENTITY = re.compile(r"&(?=#?\w+;)")


def escaped(text: str | None) -> str:
    """The text, its lines kept: none of them begins a list, a heading or code."""
    told = _SIGNS.sub(r"\\\g<0>", _BEGINS_AN_ENTITY.sub("&amp;", text or "")).replace("<", "&lt;")
    return _BEGINS_A_BLOCK.sub(r"\1\\\2", _INDENTED.sub("", told))


def line(text: str | None) -> str:
    """The text in one line."""
    return " ".join(escaped(text).split())


def address(url: str) -> str:
    """A link that shows where it leads."""
    return f"<{''.join(url.split()).replace('<', '%3C').replace('>', '%3E')}>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], longest: int | None = None) -> str:
    """Rows under a head, each cell of at most `longest` letters."""
    cells = [head, ["---"] * len(head), *([line(cut(cell, longest)) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def markdown(value: Value, longest_text: int | None = None, longest_cell: int | None = None) -> str:
    """The value as Markdown; empty when it says nothing."""
    match value:
        case Page():
            return value.markdown
        case Prose():
            told = (f"**{line(value.lead)}**" if value.lead else "", escaped(cut(value.text, longest_text)))
            return "\n\n".join(filter(None, told))
        case Moments():
            return "\n".join(f"- `{clock(start)}` {line(cut(said, longest_cell))}" for start, said in value.moments)
        case Table():
            return table(value.head, value.rows, longest_cell) if value.rows else ""
        case Link():
            return address(value.url)
        case _:
            return line(words(value))


def cut(text: str, longest: int | None) -> str:
    """The text, or whole words from its beginning."""
    if longest is None or len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0] + " ..."
