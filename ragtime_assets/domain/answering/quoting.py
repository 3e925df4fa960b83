"""Which words of a passage a citation quotes, and at which second they are said."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.domain.answering.evidence import stems, words_of
from ragtime_assets.domain.answering.marks import Split, without_marks
from ragtime_assets.domain.answering.quotes import plain, quotations, stands_in
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.domain.language.words import signs
from ragtime_assets.domain.text.lines import one_line

LONGEST_QUOTE = 300
CUT = "\u2026"
"""How a quote ends that was longer."""
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


def said_words(text: str) -> list[str]:
    """The words of a text as quotes are found by them; of a script without spaces its signs."""
    return [sign for word in plain(one_line(text, len(text) + 1)).split() for sign in signs(word)]


def places_of(quote: str, words: Sequence[str]) -> list[int]:
    """Where among these words a quote begins; of the last word of one that was cut, the beginning is enough."""
    wanted, is_cut = said_words(quote), quote.endswith(CUT)
    if not wanted:
        return []
    whole, last = (wanted[:-1], wanted[-1]) if is_cut else (wanted, "")
    behind = len(whole)
    return [
        at
        for at in range(len(words) - len(wanted) + 1)
        if words[at : at + behind] == whole and (not is_cut or words[at + behind].startswith(last))
    ]


def second_of(quote: str, segments: Sequence[Segment], near: float) -> float | None:
    """When the quote begins to be said, of several times the one nearest to `near`; None when it never is."""
    words, starts = list[str](), list[float]()
    for segment in segments:
        said = said_words(segment.text)
        words += said
        starts += _starts(segment, said)
    return min((starts[at] for at in places_of(quote, words)), key=lambda second: abs(second - near), default=None)


def second_in(passage: Passage, quote: str, segments: Sequence[Segment], near: float | None = None) -> float:
    """When a passage says what is quoted of it: as its words were timed, else as if all its letters took as long."""
    about = about_second(quote.removesuffix(CUT), passage.text, passage.start, passage.end)
    second = second_of(quote, segments, about if near is None else near)
    return round(second if second is not None and passage.start <= second <= passage.end else about, 2)


def about_second(quote: str, text: str, start: float, end: float) -> float:
    """When something is said in a text that takes from `start` to `end`, as if all letters took as long."""
    at = max(text.find(quote), 0)
    return start + (end - start) * at / max(len(text), 1)


def _starts(segment: Segment, said: Sequence[str]) -> list[float]:
    """When each of these words of a segment begins: as it was timed, or as if all took as long."""
    timed = [(one.start, word) for one in segment.words for word in said_words(one.text)]
    if [word for _, word in timed] == said:
        return [start for start, _ in timed]
    length = max(segment.end - segment.start, 0.0)
    return [segment.start + length * place / max(len(said), 1) for place in range(len(said))]
