"""Text without times: who says what, paragraph by paragraph.

What nobody says and still stands there does little harm: words are used where they are heard or misheard, and up to
three missed words inside a paragraph are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ragtime_assets.adapters.captions.cues import CLOCK, plain
from ragtime_assets.adapters.captions.speakers import Line, begins_with_label, by_label, named_above
from ragtime_assets.domain.artifacts.transcript import Paragraph
from ragtime_assets.domain.language.words import says_something

_MARKS = re.compile(r"\*+|^\s*#+")
"""Of Markdown."""
_BESIDE = re.compile(rf"\([^()]{{1,60}}\)|(?:{CLOCK} ?)?-->(?: ?{CLOCK})?")
"""Beside the words: (laughs), 00:12 --> 00:15."""
_CLOCK_AT_AN_END = re.compile(rf"^\W*{CLOCK}(?![\w:])|(?<![\w:.,]){CLOCK}$")
"""In the middle of a line a clock is said: at 10:30, in John 3:16."""


def text_lines(text: str) -> Iterator[Line]:
    """The blocks between empty lines, and between speakers; where no line is empty, each line."""
    lines = [line.strip() for line in text.strip().splitlines()]
    wrapped = "" in lines
    block: list[str] = []
    for line in lines:
        named, words = _read(line)
        if block and (not wrapped or not line or named or begins_with_label(words)):
            yield None, " ".join(block)
            block = []
        if named:
            yield named, ""
        elif words:
            block.append(words)
    yield None, " ".join(block)


def said_in(lines: Iterable[Line]) -> tuple[Paragraph, ...]:
    """The lines with something to say; speakers from the names before or above them where nothing else names them."""
    cleaned = [_cleaned(speaker, text) for speaker, text in lines]
    if not any(speaker and text for speaker, text in cleaned):
        cleaned = list(by_label([line for line in cleaned if any(line)]))
    return tuple(Paragraph(text=text, speaker=speaker) for speaker, text in cleaned if says_something(text))


def _cleaned(speaker: str | None, text: str) -> Line:
    """Once more, because a bracket may be closed on another line than it is opened on."""
    named, words = _read(text)
    return speaker or named, words


def _read(line: str) -> Line:
    """Who is named on a line of its own, or the words of the line."""
    bare = _MARKS.sub(" ", line).strip()
    if named := named_above(bare):
        return named, ""
    words = " ".join(_BESIDE.sub(" ", plain(bare)).split())
    return None, " ".join(_CLOCK_AT_AN_END.sub(" ", words).split())
