"""Searchers beside a publisher, over real tables and the embedded index, each with its own eyes on both."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ragtime_assets.adapters.language.detector import FastTextLanguageDetector
from ragtime_assets.adapters.vectors.embedded import EmbeddedVectorIndex
from ragtime_assets.corpus.baselines import Baselines
from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.corpus.search import RankedPassage, Search
from ragtime_assets.domain.points import Points
from ragtime_assets_tests.corpus.rows import passage
from ragtime_assets_tests.fakes import FakeEmbedder

CHUNKS = 5
KEYS = ("one", "two")
SEARCHERS = 8


class Corpus:
    """One process over a corpus."""

    def __init__(self, folder: Path) -> None:
        database = Database(f"sqlite:///{folder / 'corpus.sqlite'}")
        embedder = FakeEmbedder()
        self.passages = SqlPassages(database)
        self.index = EmbeddedVectorIndex(folder / "index", embedder.engine, embedder.dimension)
        self.search = Search(
            self.passages, embedder, self.index, Baselines(database, embedder), FastTextLanguageDetector()
        )

    def publish(self, key: str, version: int) -> None:
        """As `phases/search_index.py` does: new passages, then points, then the old passages go."""
        rows = [
            passage(f"{key}-{version}-{n}", f"Django Reinhardt, part {n} of {version}", key, index=n)
            for n in range(CHUNKS)
        ]
        digests = tuple(row.chunk_digest for row in rows)
        vectors = FakeEmbedder().passages([row.text for row in rows])
        self.passages.add(key, rows)
        self.index.publish({key: Points(digests, vectors, ({"language": "en"},) * CHUNKS)})
        self.passages.keep_only(key, frozenset(digests))


def halves(hits: Iterable[RankedPassage]) -> list[set[str]]:
    """Of episodes that are there, what is shown and is not all of one version."""
    shown: defaultdict[str, set[str]] = defaultdict(set)
    for hit in hits:
        shown[hit.passage.episode_key].add(hit.passage.chunk_digest)
    return [one for one in shown.values() if len(one) != CHUNKS or len({name.rsplit("-", 1)[0] for name in one}) != 1]


def test_eight_searchers_beside_a_publisher_see_no_half_of_an_episode_and_no_error(tmp_path: Path) -> None:
    publisher, over, together = Corpus(tmp_path), threading.Event(), threading.Barrier(SEARCHERS + 1)
    for key in KEYS:
        publisher.publish(key, 0)

    def keep_searching() -> list[list[set[str]]]:
        mine = Corpus(tmp_path)
        seen = [halves(mine.search.look("Django Reinhardt", 100, mode="dense", per_episode=None).passages)]
        together.wait()
        while not over.is_set():
            seen.append(halves(mine.search.look("Django Reinhardt", 100, mode="dense", per_episode=None).passages))
        return seen

    with ThreadPoolExecutor(SEARCHERS) as pool:
        searching = [pool.submit(keep_searching) for _ in range(SEARCHERS)]
        together.wait()
        try:
            for version in (1, 2):
                for key in KEYS:
                    publisher.publish(key, version)
        finally:
            over.set()
        seen = [one for future in searching for one in future.result()]
    assert len(seen) > SEARCHERS
    assert [one for one in seen if one] == []
    last = publisher.search.look("Django Reinhardt", 100, per_episode=None).passages
    assert {hit.passage.chunk_digest for hit in last} == {f"{key}-2-{n}" for key in KEYS for n in range(CHUNKS)}
