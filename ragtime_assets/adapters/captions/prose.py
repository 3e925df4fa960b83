"""Text without times: who says what, paragraph by paragraph.

What nobody says and still stands there does little harm: only words that are heard too are ever used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ragtime_assets.adapters.captions.cues import plain, says_something
from ragtime_assets.adapters.captions.speakers import begins_with_label, by_label
from ragtime_assets.domain.transcript import Paragraph

_BESIDE = re.compile(r"\([^()]{1,60}\)|\b\d{1,3}(?::\d{2}){1,2}(?:[.,]\d{1,3})?\b|-->|\*+|^\s*#+")
"""Beside the words: (laughs), 00:12:34, the marks of Markdown."""

Line = tuple[str | None, str]
"""Who says it, if the file marks that, and what."""


def text_lines(text: str) -> Iterator[Line]:
    """The blocks between empty lines, and between speakers; where no line is empty, each line."""
    lines = [line.strip() for line in text.strip().splitlines()]
    wrapped = "" in lines
    block: list[str] = []
    for line in lines:
        if block and (not wrapped or not line or begins_with_label(line)):
            yield None, " ".join(block)
            block = []
        if line:
            block.append(line)
    yield None, " ".join(block)


def said_in(lines: Iterable[Line]) -> tuple[Paragraph, ...]:
    """The lines with something to say; speakers from "Name: " in front of them where nothing else names them."""
    cleaned = [(speaker, _words_of(text)) for speaker, text in lines]
    if not any(speaker for speaker, _ in cleaned):
        cleaned = list(by_label([text for _, text in cleaned if text]))
    return tuple(Paragraph(text=text, speaker=speaker) for speaker, text in cleaned if says_something(text))


def _words_of(text: str) -> str:
    return " ".join(_BESIDE.sub(" ", plain(text)).split())
