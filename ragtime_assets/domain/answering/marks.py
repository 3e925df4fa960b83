"""Citation marks: `[2]`, `[1, 3]`, `[1-3]`, and the sentences that they stand in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

Split = Callable[[str], list[str]]
"""Cuts a text into sentences; `ports.SentenceSplitter.split`."""

_NUMBERS = r"\d{1,6}(?:\s*[,;\u2013-]\s*\d{1,6})*"
_MARK = re.compile(rf"\[\s*({_NUMBERS})\s*\]")
_BEHIND_THE_STOP = re.compile(
    rf"((?<![.!?\u2026])[.!?\u2026]+[\"'\u201d\u201c\u00bb\u00ab\u2019)]*)((?:\s*\[\s*{_NUMBERS}\s*\])+)"
)
_RANGE = re.compile(r"(\d+)\s*[\u2013-]\s*(\d+)")
_LONGEST_RANGE = 20
_ORDINAL = re.compile(r"(?:^|\s)\d{1,3}\.$")
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013]|\d{1,2}[.)])\s+|^\s*#{1,6}\s+")
_EMPHASIS = re.compile(r"\*\*|__|`")


class Sentence(NamedTuple):
    """One sentence of an answer with its marks in it, and the number of the line in which it stands."""

    text: str
    line: int


def numbers_of(sentence: str) -> tuple[int, ...]:
    """The numbers that a sentence cites, each once, in their order."""
    return tuple(dict.fromkeys(number for mark in _MARK.finditer(sentence) for number in _listed(mark[1])))


def apart(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The text in pieces: each with the numbers that are cited behind it, the last mostly with none."""
    place = 0
    for mark in _MARK.finditer(text):
        yield text[place : mark.start()], tuple(_listed(mark[1]))
        place = mark.end()
    if place < len(text):
        yield text[place:], ()


def without_marks(sentence: str) -> str:
    """The sentence as it would read without citations."""
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_MARK.sub("", sentence).split()))


def sentences_of(text: str, split: Split) -> list[Sentence]:
    """The sentences of an answer; a mark behind a full stop belongs to the sentence before it."""
    found: list[Sentence] = []
    for number, line in enumerate(text.splitlines()):
        plain = _EMPHASIS.sub("", _BULLET.sub("", line)).strip()
        inside = _BEHIND_THE_STOP.sub(_moved, plain)
        if plain:
            found += [Sentence(piece.strip(), number) for piece in _whole(split(inside))]
    return found


def joined(sentences: list[Sentence]) -> str:
    """The sentences as a text, with a new line where there was one."""
    lines: dict[int, list[str]] = {}
    for one in sentences:
        lines.setdefault(one.line, []).append(one.text)
    return "\n".join(" ".join(line) for line in lines.values())


def _moved(found: re.Match[str]) -> str:
    marks = "".join(found[2].split())
    stop, closing = re.match(r"([.!?\u2026]+)(.*)", found[1], re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{closing} {marks}{stop}" if closing else f" {marks}{stop}"


def _whole(pieces: list[str]) -> Iterator[str]:
    """The pieces; what is nothing but marks belongs to the piece before it, and so does what follows an ordinal."""
    held = ""
    for piece in pieces:
        if held and (not without_marks(piece).strip(" .") or _ORDINAL.search(held)):
            held = f"{held} {piece}"
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _listed(numbers: str) -> Iterator[int]:
    for part in re.split(r"[,;]", numbers):
        if found := _RANGE.search(part):
            first, last = int(found[1]), int(found[2])
            yield from range(first, last + 1) if 0 <= last - first <= _LONGEST_RANGE else (first, last)
        else:
            yield int(part)
