"""Which words of a passage a citation quotes, and at which second they are said."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.domain.answering.evidence import stems, words_of
from ragtime_assets.domain.answering.marks import Split, without_marks
from ragtime_assets.domain.answering.quotes import plain, quotations, stands_in
from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.text.lines import one_line

LONGEST_QUOTE = 300
_FIRST_WORDS = 6
_SURELY = 3
"""A shared stem says more than a shared short word."""


def quote_for(text: str, citing: Sequence[str], split: Split) -> str:
    """What of a passage's `text` is quoted for the sentences that cite it.

    Their own quotation, where it is whole enough to be found again; else the sentence of the passage that shares most
    words with them.
    """
    own = [one for sentence in citing for one in quotations(sentence) if stands_in(one, text)]
    longest = max(own, key=len, default="")
    if len(longest.split()) >= _FIRST_WORDS and f" {plain(longest)} " in f" {plain(text)} ":
        return one_line(longest, LONGEST_QUOTE)
    said = " ".join(map(without_marks, citing))
    wanted, words = stems(said), set(words_of(said))
    pieces = [piece for piece in split(text) if piece.strip()] or [text]
    best = max(pieces, key=lambda piece: _SURELY * len(wanted & stems(piece)) + len(words & set(words_of(piece))))
    return one_line(best, LONGEST_QUOTE)


def second_of(quote: str, segments: Sequence[Segment], near: float) -> float | None:
    """When the quote begins to be said, of several times the one nearest to `near`; None when it never is."""
    words, starts = list[str](), list[float]()
    for segment in segments:
        said = plain(segment.text).split()
        words += said
        starts += _starts(segment, said)
    wanted = plain(quote.removesuffix("\u2026")).split()
    size = len(wanted)
    places = [at for at in range(len(words) - size + 1) if words[at : at + size] == wanted] if wanted else []
    return min((starts[at] for at in places), key=lambda second: abs(second - near), default=None)


def about_second(quote: str, text: str, start: float, end: float) -> float:
    """When something is said in a text that takes from `start` to `end`, as if all letters took as long."""
    at = max(text.find(quote), 0)
    return start + (end - start) * at / max(len(text), 1)


def _starts(segment: Segment, said: Sequence[str]) -> list[float]:
    """When each of these words of a segment begins: as it was timed, or as if all took as long."""
    timed = [(one.start, word) for one in segment.words for word in plain(one.text).split()]
    if [word for _, word in timed] == said:
        return [start for start, _ in timed]
    length = max(segment.end - segment.start, 0.0)
    return [segment.start + length * place / max(len(said), 1) for place in range(len(said))]
