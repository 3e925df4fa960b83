"""Sentences through nupunkt. What belongs here: the library, and mending where it cuts German dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ragtime_assets.domain.language.sentence_ends import CLOSING_QUOTES, FULL_WIDTH_ENDS

_ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.$")
_AFTER_ORDINAL = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r"|Jahrhunderts?|Jh\.|Lebensjahr|Geburtstag|Todestag|Mal\b|Straße|Weltkrieg|\d{4}\b)|[a-zäöü]"
)
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:[A-Za-zÄÖÜ]\.\s?[a-zA-ZÄÖÜ]|bzw|ca|evtl|ggf|usw|vgl|Nr|Op|St|Jr|Sr)\.$")
_FULL_WIDTH = re.compile(f"[{FULL_WIDTH_ENDS}]+[{re.escape(CLOSING_QUOTES)}]*")
_GOES_ON = re.compile(r"[a-zäöüß0-9(]")


class NupunktSplitter:
    """The sentences of a text; German dates and abbreviations stay whole."""

    def split(self, text: str) -> list[str]:
        """The sentences of `text`, in order, nothing lost but white space between them."""
        import nupunkt

        return list(_glued(text, _cut(text, nupunkt.sent_spans(text))))


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans, cut where a full-width mark ends a sentence: no space tells nupunkt of it."""
    for start, end in spans:
        begin = start
        for found in _FULL_WIDTH.finditer(text, start, end):
            yield begin, found.end()
            begin = found.end()
        if begin < end:
            yield begin, end


def _glued(text: str, spans: Iterable[tuple[int, int]]) -> Iterable[str]:
    """Slices of `text`, so that the white space inside a glued sentence is the text's own."""
    start = 0
    end = 0
    for begins, ends in spans:
        piece, before = text[begins:ends].strip(), text[start:end].rstrip()
        if before and not _belongs(before, piece):
            yield before.strip()
            start = begins
        end = ends
    if text[start:end].strip():
        yield text[start:end].strip()


def _belongs(before: str, after: str) -> bool:
    """Whether the cut between `before` and `after` runs through a sentence."""
    if _ORDINAL.search(before):
        return bool(_AFTER_ORDINAL.match(after))
    return bool(_ABBREVIATION.search(before) and _GOES_ON.match(after))
