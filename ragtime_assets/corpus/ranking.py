"""How found passages are ranked, and when there is no answer: pure arithmetic on names and numbers.

Measured on small samples: dense search wins for questions in other words, word search wins for names and
titles, and giving both the same weight loses on the first without gaining on the second. So the lexical leg
counts by what the query looks like. What does not belong here: SQL, vectors, wording of answers.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from ragtime_assets.corpus.query_words import content_words, likely_languages, opening_words
from ragtime_assets.domain.language.words import folded
from ragtime_assets.domain.points import PointName

PARAPHRASE_WEIGHT = 0.1
NAME_WEIGHT = 3.0
COSINE_FLOOR = 0.785
CLOSE = 0.82
"""From here on a vector says that a passage is about what was searched for; `benchmarks/retrieval.py` has figures."""
_RRF_K = 60
_ALIKE = 0.8

_QUOTED = re.compile(r"\"[^\"]{2,}\"|“[^”]{2,}”|„[^“”]{2,}[“”]|«[^»]{2,}»|»[^«]{2,}«")
_WORD = re.compile(r"\w[\w'’.&-]*\w|\w")
_JOINERS = frozenset(("of", "the", "de", "la", "le", "les", "di", "da", "del", "du", "van", "von", "der", "den"))


def fuse(
    dense: Sequence[PointName], lexical: Sequence[PointName], lexical_weight: float, k: int = _RRF_K
) -> list[tuple[PointName, float]]:
    """Both rankings as one, best first, by weighted reciprocal rank; equal scores go by dense rank, then by name."""
    scores: dict[PointName, float] = {}
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


def is_close(query: str, passages: Sequence[str], best_cosine: float) -> bool:
    """Whether some passage is about what was searched for: by its vector, or by half of the words that count."""
    wanted = {folded(word) for word in content_words(_words(query))}
    return best_cosine >= CLOSE or any(
        2 * len(wanted.intersection(map(folded, _words(passage)))) >= len(wanted) > 0 for passage in passages
    )


def names_in(query: str) -> list[str]:
    """What looks like a name: runs of capitalised words that are not merely the start of a sentence.

    A question word or an article is none, whatever its capital. German writes every noun with a capital, so there a
    run has to be two words long.
    """
    words = _words(query)
    stop = opening_words(words)
    nouns_have_capitals = likely_languages(words) == ["de"]
    whole_query = all(_is_capitalised(word) or word in _JOINERS for word in words)
    return [
        " ".join(run)
        for first, run in _runs(words, stop)
        if whole_query or len(run) > 1 or (first > 0 and not nouns_have_capitals)
    ]


def _runs(words: Sequence[str], stop: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of capitalised words with where they begin; small words between two of them belong to the run."""

    def carries(word: str) -> bool:
        return _is_capitalised(word) and word.casefold() not in stop

    run: list[str] = []
    first = 0
    for place, word in enumerate(words):
        joins = bool(run) and _may_join(word, stop) and any(carries(one) for one in words[place + 1 : place + 2])
        if joins or carries(word):
            first = first if run else place
            run.append(word)
        elif run:
            yield first, run
            run = []
    if run:
        yield first, run


def _may_join(word: str, stop: frozenset[str]) -> bool:
    return word in _JOINERS or (_is_capitalised(word) and word.casefold() in stop)


def _is_spoken(name: str, spoken: set[str]) -> bool:
    """Whether the last word of a name is there, or one so like it that speech recognition may have written it."""
    last = folded(_words(name)[-1])
    return last in spoken or bool(difflib.get_close_matches(last, spoken, n=1, cutoff=_ALIKE))


def _words(text: str) -> list[str]:
    return [re.sub(r"['’]s?$|\.$", "", word) for word in _WORD.findall(text)]


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper()
