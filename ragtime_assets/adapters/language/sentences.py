"""Sentences through nupunkt, and mending where it cuts German dates, and where no full stop ends a sentence.

Chinese and Japanese have marks of their own. Thai and its neighbours have none: there a space stands between sentences,
and inside long ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ragtime_assets.domain.language.sentence_ends import CLOSING_QUOTES, FULL_WIDTH_ENDS
from ragtime_assets.domain.language.words import SOUTH_EAST_ASIAN, count_words

_ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.$")
_AFTER_ORDINAL = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r"|Jahrhunderts?|Jh\.|Lebensjahr|Geburtstag|Todestag|Mal\b|Straße|Weltkrieg|\d{4}\b)|[a-zäöü]"
)
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:[A-Za-zÄÖÜ]\.\s?[a-zA-ZÄÖÜ]|bzw|ca|evtl|ggf|usw|vgl|Nr|Op|St|Jr|Sr)\.$")
_FULL_WIDTH = re.compile(f"[{FULL_WIDTH_ENDS}]+[{re.escape(CLOSING_QUOTES)}]*")
_QUOTED_AND_GOING_ON = re.compile("[\u300d\u300f][\u3068\u3063\u306a]")
"""Japanese puts what is said into a sentence: "..." and then who says so."""
_WITHOUT_STOPS = re.compile(f"[{SOUTH_EAST_ASIAN}]")
_BETWEEN_UNSTOPPED = re.compile(rf"(?<=[{SOUTH_EAST_ASIAN}])\s+(?=[{SOUTH_EAST_ASIAN}])")
_FEWEST_WORDS = 10
"""A sentence without full stops has at least so many words; fewer between two spaces are a part of one."""
_LAST_WORDS = 40
"""So many letters tell whether a sentence ends behind them."""
_GOES_ON = re.compile(r"[a-zäöüß0-9(]")


class NupunktSplitter:
    """The sentences of a text; German dates and abbreviations stay whole."""

    def split(self, text: str) -> list[str]:
        """The sentences of `text`, in order, nothing lost but white space between them."""
        import nupunkt

        sentences = _glued(text, _cut(text, nupunkt.sent_spans(text)))
        return [part for sentence in sentences for part in _at_spaces(sentence)]


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans, cut where a full-width mark ends a sentence: no space tells nupunkt of it."""
    for start, end in spans:
        begin = start
        for found in _FULL_WIDTH.finditer(text, start, end):
            if _QUOTED_AND_GOING_ON.match(text, found.end() - 1):
                continue
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
        if before and not _belongs(before[-_LAST_WORDS:], piece):
            yield before.strip()
            start = begins
        end = ends
    if text[start:end].strip():
        yield text[start:end].strip()


def _at_spaces(sentence: str) -> list[str]:
    """The sentence, cut at spaces where its script has no other end of a sentence."""
    pieces: list[str] = []
    start = 0
    for found in _BETWEEN_UNSTOPPED.finditer(sentence):
        if count_words(sentence[start : found.start()]) >= _FEWEST_WORDS:
            pieces.append(sentence[start : found.start()])
            start = found.end()
    rest = sentence[start:]
    if pieces and count_words(rest) < _FEWEST_WORDS:
        rest = sentence[sentence.rindex(pieces.pop()) :]
    return [*pieces, rest]


def _belongs(before: str, after: str) -> bool:
    """Whether the cut between `before` and `after` runs through a sentence."""
    if _WITHOUT_STOPS.match(before[-2:-1]) and before.endswith("."):
        return True  # no full stop ends a sentence there: it is an abbreviation
    if _ORDINAL.search(before):
        return bool(_AFTER_ORDINAL.match(after))
    return bool(_ABBREVIATION.search(before) and _GOES_ON.match(after))
