"""How found passages are ranked, and when there is no answer: pure arithmetic on names and numbers.

Measured on small samples: dense search wins for questions in other words, word search wins for names and
titles, and giving both the same weight loses on the first without gaining on the second. So the lexical leg
counts by what the query looks like. What does not belong here: SQL, vectors, wording of answers.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from ragtime_assets.domain.language.words import folded

PARAPHRASE_WEIGHT = 0.1
NAME_WEIGHT = 3.0
COSINE_FLOOR = 0.785
_RRF_K = 60
_ALIKE = 0.8

_QUOTED = re.compile(r"\"[^\"]{2,}\"|“[^”]{2,}”|„[^“”]{2,}[“”]|«[^»]{2,}»|»[^«]{2,}«")
_WORD = re.compile(r"\w[\w'’.&-]*\w|\w")
_OPENERS_TEXT = """
    a an and are at by can compare could define describe did do does explain find for from give has have how i i'm in is
    list name of on please say show tell that the there these they this to was were what when where which who whom whose
    why will with would you
    wer wen wem wessen wann wo wohin woher warum wieso wie welche welcher welches welchen ist sind war waren hat haben
    wurde wurden kann gibt der die das den dem des ein eine einen einem und oder im am auf aus bei für mit nach seit
    über um von vom zu zum zur nenne erzähle erkläre"""
_GERMAN_TEXT = """
    auf aus das dem der ein eine einem einen einer für gibt hat haben ist mit nach nicht oder sind über und vom wann
    warum welche welchen welcher welches wer wie wieso wo wurde wurden zum zur"""
_OPENERS = frozenset(_OPENERS_TEXT.split())
_GERMAN = frozenset(_GERMAN_TEXT.split())
_JOINERS = frozenset(("of", "the", "de", "la", "le", "les", "di", "da", "del", "du", "van", "von", "der", "den"))


def fuse(
    dense: Sequence[str], lexical: Sequence[str], lexical_weight: float, k: int = _RRF_K
) -> list[tuple[str, float]]:
    """Both rankings as one, best first, by weighted reciprocal rank; equal scores go by dense rank, then by name."""
    scores: dict[str, float] = {}
    for ranking, weight in ((dense, 1.0), (lexical, lexical_weight)):
        for rank, name in enumerate(dict.fromkeys(ranking), start=1):
            scores[name] = scores.get(name, 0.0) + weight / (k + rank)
    place = {name: rank for rank, name in reversed(list(enumerate(dense)))}
    return sorted(scores.items(), key=lambda item: (-item[1], place.get(item[0], len(dense)), item[0]))


def lexical_weight(query: str) -> float:
    """How much word matches count beside vectors: much for quotations and names, little for plain questions."""
    return NAME_WEIGHT if _QUOTED.search(query) or names_in(query) else PARAPHRASE_WEIGHT


def supported(query: str, passages: Sequence[str], best_cosine: float) -> bool:
    """Whether the passages may be offered as an answer: near enough, and every name asked for is in one of them."""
    if not passages or best_cosine < COSINE_FLOOR:
        return False
    spoken = {folded(word) for passage in passages for word in _words(passage)}
    return all(_is_spoken(name, spoken) for name in names_in(query))


def names_in(query: str) -> list[str]:
    """What looks like a name: runs of capitalised words that are not merely the start of a sentence.

    German writes every noun with a capital, so there a run has to be two words long.
    """
    words = _words(query)
    german = any(word in _GERMAN for word in words) or any(
        word.casefold() in {"wer", "wann", "wo"} for word in words[:1]
    )
    whole_query = all(_is_capitalised(word) or word in _JOINERS for word in words)
    return [" ".join(run) for first, run in _runs(words) if whole_query or len(run) > 1 or (first > 0 and not german)]


def _runs(words: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of capitalised words with where they begin; small words between two of them belong to the run."""
    run: list[str] = []
    first = 0
    for place, word in enumerate(words):
        joins = bool(run) and word in _JOINERS and _is_capitalised("".join(words[place + 1 : place + 2]))
        if joins or (_is_capitalised(word) and (run or word.casefold() not in _OPENERS)):
            first = first if run else place
            run.append(word)
        elif run:
            yield first, run
            run = []
    if run:
        yield first, run


def _is_spoken(name: str, spoken: set[str]) -> bool:
    """Whether the last word of a name is there, or one so like it that speech recognition may have written it."""
    last = folded(_words(name)[-1])
    return last in spoken or bool(difflib.get_close_matches(last, spoken, n=1, cutoff=_ALIKE))


def _words(text: str) -> list[str]:
    return [re.sub(r"['’]s?$|\.$", "", word) for word in _WORD.findall(text)]


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper()
