"""How much each clue counts when it is judged whether anything is close: fitted to the questions that may be looked at.

    python -m benchmarks.closeness_weights            how well weights do on questions that they were not fitted to
    python -m benchmarks.closeness_weights --write    writes weights and lines to `domain/searching/data/closeness.toml`

Logistic regression for each way to look, with weights that are held to nothing as strongly as `PULL` says; a clue whose
weight would go against its sign counts nothing. A corpus is judged by weights that were fitted to the others, because
nobody's corpus is among these; by the certainties that come of it the lines are drawn. What is held out of
`benchmarks.retrieval` is never read here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval import CORPORA, REFUSED, Question, area, published, questions_of
from ragtime_assets.corpus.search import Search
from ragtime_assets.domain.searching import closeness
from ragtime_assets.domain.searching.closeness import WAYS, Clue, Way, weighing
from ragtime_assets.domain.searching.found import Found

Array = NDArray[np.float64]
STEPS = 30
PULL = 4.0
"""How strongly a weight is held to nothing, where a clue is measured by how far it spreads."""
WEAK = 1 / 2
"""So many of those with an answer may be called weak, that as many as can be of those without one are."""
WEIGHTS = Path(closeness.__file__).parent / "data" / "closeness.toml"
AGAINST = frozenset((Clue.MISSING, Clue.LANGUAGE))


class Fitted(NamedTuple):
    """A weight a clue, and the constant."""

    weights: Array
    constant: float

    def odds(self, clues: Array) -> Array:
        """The log-odds of these questions."""
        return clues @ self.weights + self.constant


class Seen(NamedTuple):
    """The clues of each question for which anything was found, and whether a passage answers it."""

    clues: Array
    answerable: NDArray[np.bool_]


def main() -> None:
    """Print what weights do that were fitted without the questions that they judge; write those fitted to all."""
    looked = [_looked(passages, questions) for passages, questions in CORPORA.items()]
    for way in WAYS:
        clues = tuple(weighing()[way].weights)
        told = _fit(way, clues, [_seen(one[way], clues) for one in looked])
        if "--write" in sys.argv:
            _write(way, told)


def _fit(way: Way, clues: Sequence[Clue], corpora: Sequence[Seen]) -> dict[str, float]:
    """What the data file says of a way; printed."""
    apart = [
        _fitted(_together([*corpora[:at], *corpora[at + 1 :]]), clues).odds(one.clues) for at, one in enumerate(corpora)
    ]
    seen, left_out = _together(corpora), np.concatenate(apart)
    on = seen.answerable
    lowest = np.sort(left_out[on])
    close, sure = (float(lowest[int(share * len(lowest))]) for share in (REFUSED, REFUSED + WEAK))
    answered, weak = np.mean(left_out[~on] >= close), np.mean((left_out[~on] >= close) & (left_out[~on] < sure))
    told = f"AUC {_told_apart(left_out, on):.3f}; where {REFUSED:.0%} are refused,"
    print(
        f"{way:8} {told} {answered:.0%} off topic are not, {weak:.0%} weakly; by corpus",
        *(f"{_told_apart(odds, one.answerable):.3f}" for odds, one in zip(apart, corpora, strict=True)),
    )
    fitted = _fitted(seen, clues)
    weights = dict(zip(clues, fitted.weights.tolist(), strict=True))
    print(*(f"    {clue:10} {weight:6.2f}" for clue, weight in weights.items()), sep="\n")
    return weights | {"constant": fitted.constant, "close": _certainty(close), "sure": _certainty(sure)}


def _together(corpora: Sequence[Seen]) -> Seen:
    return Seen(*(np.concatenate(some) for some in zip(*corpora, strict=True)))


def _told_apart(odds: Array, answerable: NDArray[np.bool_]) -> float:
    return area(odds[answerable].tolist(), odds[~answerable].tolist())


def _looked(passages: str, names: Sequence[str]) -> dict[Way, list[tuple[Question, Found]]]:
    """What each way to look finds for the questions to a corpus."""
    questions = questions_of(names)
    with published(passages) as search:
        return {way: [(one, _look(search, one.text, way)) for one in questions] for way in WAYS}


def _look(search: Search, text: str, way: Way) -> Found:
    return search.closest(text) if way in ("answer", "traits") else search.look(text, mode=way)


def _seen(looked: Sequence[tuple[Question, Found]], clues: Sequence[Clue]) -> Seen:
    found = [(one, hits.closeness.clues) for one, hits in looked if hits.passages]
    return Seen(
        np.array([[told[clue] for clue in clues] for _, told in found]),
        np.array([bool(one.answers) for one, _ in found]),
    )


def _fitted(seen: Seen, clues: Sequence[Clue]) -> Fitted:
    signs = np.array([-1.0 if clue in AGAINST else 1.0 for clue in clues])
    used = np.ones(len(clues))
    while True:
        spread = np.where(used > 0, seen.clues.std(axis=0) + 1e-9, 1.0)
        scaled = np.c_[seen.clues * used / spread, np.ones(len(seen.clues))]
        *weights, constant = _newton(scaled, seen.answerable)
        found = Fitted(np.array(weights) * used / spread, float(constant))
        turned = found.weights * signs < 0
        if not turned.any():
            return found
        used = used * ~turned


def _newton(clues: Array, answerable: NDArray[np.bool_]) -> Array:
    weights, pull = np.zeros(clues.shape[1]), PULL * np.eye(clues.shape[1])
    pull[-1, -1] = 0.0
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-clues @ weights))
        slope = clues.T @ (answerable - likely) - pull @ weights
        curve = clues.T @ (clues * (likely * (1 - likely))[:, None]) + pull
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def _certainty(odds: float) -> float:
    return 1 / (1 + float(np.exp(-odds)))


def _write(way: Way, told: Mapping[str, float]) -> None:
    """Into the lines of this way that are there, with the reasons beside them."""
    before, heading, of_it = WEIGHTS.read_text(encoding="utf-8").partition(f"[{way}]")
    of_it, following, after = of_it.partition("\n[")
    for name, value in told.items():
        of_it = re.sub(rf"(?m)^{name} = \S+", f"{name} = {value:.3f}", of_it)
    WEIGHTS.write_text("".join((before, heading, of_it, following, after)), encoding="utf-8")


if __name__ == "__main__":
    main()
