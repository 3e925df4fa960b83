"""How much each clue of linking counts: fitted to the labelled names that may be looked at, tried on those left out.

    python -m benchmarks.link_weights            precision and coverage of episodes that the weights were not fitted to
    python -m benchmarks.link_weights --write    writes the weights into `domain/linking/data/weights.toml`

One weight a clue, one certainty for all who may be meant and for nobody. A weight moves away from what was expected of
it (`data/links/expected_weights.toml`) as far as the examples are many, and never changes its sign: what is rare among
them is not learned from them. What a name means depends on who else is linked, so fitting is done a few times over.

Every name is judged by weights that were fitted without its episode; only whom the names around it mean is decided by
those that are fitted to all. The held-out part is never read here.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.links import DATA, PARTS, fill
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.registry.registry import SqlEntityRegistry
from ragtime_assets.domain.linking import deciding
from ragtime_assets.domain.linking.clue import Clue
from ragtime_assets.domain.linking.decision import Found, Name
from ragtime_assets.domain.linking.evaluation import NONE, UNCLEAR, Judgement, ambiguous_persons, score
from ragtime_assets.domain.linking.examples import Example, read_episodes, read_knowledge
from ragtime_assets.domain.linking.judging import Rules, judge
from ragtime_assets.domain.linking.keys import key
from ragtime_assets.domain.linking.talk import Talk
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.entity_links import rules_of
from ragtime_assets.phases.linking.registered import decide_from_registry

Array = NDArray[np.float64]
CLUES = tuple(Clue)
FOLDS, ROUNDS, STEPS = 14, 2, 30
PULL = 1.0
"""How strongly a weight is held to what was expected of it."""
LEVELS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
WEIGHTS = Path(deciding.__file__).parent / "data" / "weights.toml"


class Episode(NamedTuple):
    """What is said, who may be meant, and who is."""

    talk: Talk
    found: dict[Name, Found]
    examples: list[Example]
    ambiguous: frozenset[Name]


class Row(NamedTuple):
    """A name: how often each clue is there, by candidate, and what it means."""

    clues: Array
    ids: tuple[str | None, ...]
    """The candidates."""
    counted: Judgement
    """As what the name is counted, without what it is linked to."""

    @property
    def meant(self) -> int | None:
        """Which candidate is meant; None where none is."""
        return self.ids.index(self.counted.gold) if self.counted.gold in self.ids else None

    @property
    def is_told(self) -> bool:
        """Whether it can be learned from: not where the one who is meant was not found."""
        return bool(self.ids) and (self.meant is not None or self.counted.gold in (NONE, UNCLEAR))


def main() -> None:
    """Print what weights do that were fitted without the episode that they judge; or write those fitted to all."""
    rules = rules_of(load_vocabulary())
    expected = _expected()
    episodes = list(_episodes(rules))
    rows, weights = _fitted(episodes, expected, rules)
    if "--write" in sys.argv:
        _write(weights)
        return
    judged = [one for left_out in _folds(len(episodes)) for one in _without(rows, left_out, expected)]
    for level in LEVELS:
        found = [one if certainty >= level else one._replace(linked=None) for certainty, one in judged]
        print(f"sure at {level:.2f}  {score(found)}\n{'':13} {score(ambiguous_persons(found))}, ambiguous persons")


def _expected() -> Array:
    content = tomllib.loads((DATA / "expected_weights.toml").read_text(encoding="utf-8"))
    return np.array([content[clue] for clue in CLUES])


def _episodes(rules: Rules) -> Iterator[Episode]:
    for part in PARTS[:-1]:
        known = list(read_knowledge(DATA / part.knowledge))
        keys = [one for entity in known for one in {key(name) for name in (entity.name, *entity.aliases)}]
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'corpus.sqlite'}")
            registry = SqlEntityRegistry(database, rules.people)
            fill(registry, known)
            for talk, examples in read_episodes(DATA / part.episodes):
                found = decide_from_registry(registry, "benchmark", talk, rules).found
                yield Episode(
                    talk, found, examples, frozenset(one for one in talk.said if keys.count(key(one.name)) > 1)
                )
            database.close()


def _folds(many: int) -> list[list[int]]:
    order = list(range(many))
    random.Random(0).shuffle(order)
    return [order[at::FOLDS] for at in range(FOLDS)]


def _without(
    rows: Sequence[Sequence[Row]], left_out: Sequence[int], expected: Array
) -> Iterator[tuple[float, Judgement]]:
    """How certain the likeliest of each name is in the episodes that are left out, and whether it is right."""
    kept = [row for at, some in enumerate(rows) if at not in left_out for row in some]
    weights = _kept_signs(kept, expected)
    for row in (row for at in left_out for row in rows[at]):
        if not row.ids:
            yield 0.0, row.counted
            continue
        shares = _Groups.of([row]).shares(row.clues @ weights)
        best = int(shares.argmax())
        yield float(shares[best]), row.counted._replace(linked=row.ids[best])


def _fitted(episodes: Sequence[Episode], expected: Array, rules: Rules) -> tuple[list[list[Row]], Array]:
    """The names of each episode, decided by weights that are fitted to all of them, and these weights."""
    weights = expected
    for _ in range(ROUNDS):
        rows = _all_rows(episodes, weights, rules)
        weights = _kept_signs([row for some in rows for row in some], expected)
    return _all_rows(episodes, weights, rules), weights


def _all_rows(episodes: Sequence[Episode], weights: Array, rules: Rules) -> list[list[Row]]:
    return [list(_rows(episode, replace(rules, weights=_named(weights)))) for episode in episodes]


def _rows(episode: Episode, rules: Rules) -> Iterator[Row]:
    talk, parts = deciding.known_company(episode.talk, episode.found, rules)
    for one in episode.examples:
        fits = judge(talk.said[one.name], episode.found[one.name].candidates, talk, rules, parts)
        clues = np.zeros((len(fits), len(CLUES)))
        for at, fit in enumerate(fits):
            for evidence in fit.evidence:
                clues[at, CLUES.index(evidence.clue)] += evidence.times
        counted = Judgement(one.gold, None, one.name in episode.ambiguous, one.name.type in rules.people)
        yield Row(clues, tuple(fit.entity.mbid for fit in fits), counted)


def _kept_signs(rows: Sequence[Row], expected: Array) -> Array:
    """Fitted; a clue whose weight would speak against what was expected of it counts nothing."""
    told = [row for row in rows if row.is_told]
    used = np.ones(len(CLUES))
    while True:
        weights = _newton([row._replace(clues=row.clues * used) for row in told], expected * used) * used
        turned = (weights * expected < 0) & (np.abs(expected) >= 0.2) & ~_OF_NAMES
        if not turned.any():
            return weights
        used = used * ~turned


_OF_NAMES = np.array([clue in CLUES[: CLUES.index(Clue.CONTESTED) + 1] for clue in CLUES])
"""How the name is one of theirs, which is there for every candidate: any sign may be right, beside the others."""


def _newton(rows: Sequence[Row], expected: Array) -> Array:
    """The weights under which what is meant is likeliest, held to what was expected of them."""
    clues, group = np.concatenate([row.clues for row in rows]), _Groups.of(rows)
    meant = sum(row.clues[row.meant] for row in rows if row.meant is not None)
    weights = expected.copy()
    for _ in range(STEPS):
        shared = clues * group.shares(clues @ weights)[:, np.newaxis]
        mean = np.add.reduceat(shared, group.starts)
        slope = PULL * (expected - weights) + meant - mean.sum(axis=0)
        curve = PULL * np.eye(len(weights)) + shared.T @ clues - mean.T @ mean
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-4:
            break
    return weights


class _Groups(NamedTuple):
    """The candidates of many names in one array: where those of each begin, and whose each is."""

    starts: NDArray[np.intp]
    owner: NDArray[np.intp]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> _Groups:
        """Those of these rows, each of which has some."""
        sizes = np.array([len(row.clues) for row in rows])
        return cls(np.cumsum(sizes) - sizes, np.repeat(np.arange(len(rows)), sizes))

    def shares(self, odds: Array) -> Array:
        """Of each name's certainty, what is each candidate's; the rest is nobody's."""
        most = np.maximum(0.0, np.maximum.reduceat(odds, self.starts))
        shares = np.exp(odds - most[self.owner])
        return shares / (np.add.reduceat(shares, self.starts) + np.exp(-most))[self.owner]


def _named(weights: Array) -> dict[Clue, float]:
    return dict(zip(CLUES, weights.tolist(), strict=True))


def _write(weights: Array) -> None:
    """Into the lines that are there, with the reasons beside them."""
    text = WEIGHTS.read_text(encoding="utf-8")
    for clue, weight in _named(weights).items():
        text = re.sub(rf"(?m)^{clue} = \S+", f"{clue} = {weight:.2f}", text)
    WEIGHTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
