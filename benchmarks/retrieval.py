"""How well search finds the passage that answers a question: vectors alone, words alone, and both as `ragtime search`.

    python -m benchmarks.retrieval [--errors]
    python -m benchmarks.retrieval --unseen [--errors]   60 questions that no line was drawn by

80 passages and 150 questions that were written without sight of the ranking (`benchmarks/data`). With some twenty
questions of a kind one question is five points: read differences under .1 as noise.

Recall at one and five, all kinds: vectors .72 and .82, words .71 and .77, both .70 and .85. With stop words matched,
question words taken for names and three passages an episode at most it was .71 and .81 for both, and .27 instead of
.45 across languages. Of 40 questions off the topic 29 are answered: a bare cosine does not tell them apart.

`ragtime search` shows what it finds all the same, and says of 25 of these 40 that nothing is close, and of 12 of the
110 others. Its line (a cosine of .82, or half of the words) was drawn on these questions, so expect less on yours;
without it nothing would be said of any. With the line of `ragtime ask` it were 11 and 13.

On 60 questions that it was not drawn on (`--unseen`) nothing is said to be close of 11 of 28 off the topic, and of 6 of
32 others: 1 of 24 in the passage's language, 5 of 8 across languages, whose passage was mostly not found either. At .81
it were 6 and 1, at .83 17 and 8, at .84 24 and 10: more of the one is always more of the other, so the line stays.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import EVERYTHING, Points
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

DATA = Path(__file__).with_name("data")
MOST = 5
Ranking = Callable[[str], Sequence[str]]


class Question(NamedTuple):
    """What is asked, and the passages that answer it; none does where it is off the topic."""

    text: str
    language: str
    kind: str
    answers: frozenset[str]


def main() -> None:
    """Print recall of each way to search by kind of question, and how often each kind is answered at all."""
    questions = [
        Question(row["question"], row["language"], row["kind"], frozenset(row["answers"]))
        for row in rows("closeness_questions" if "--unseen" in sys.argv else "questions")
    ]
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Settings(home=Path(folder)))
        publish(studio, rows("passages"))
        report_recall(questions, ways(studio))
        report_answers(studio, questions)
        studio.database.close()


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one file of labelled examples."""
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def publish(studio: Studio, passages: Sequence[Mapping[str, Any]]) -> None:
    """Make the passages searchable, each under its id."""
    by_episode: defaultdict[str, list[Passage]] = defaultdict(list)
    for row in passages:
        key = f"{row['show']}: {row['title']}"
        passage = Passage(
            chunk_digest=row["id"],
            episode_key=key,
            index=len(by_episode[key]),
            text=row["text"],
            start=0.0,
            end=60.0,
            language=row["language"],
            episode_title=row["title"],
            show=row["show"],
            published=None,
            url="https://show.example",
        )
        by_episode[key].append(passage)
    points: dict[str, Points] = {}
    for key, some in by_episode.items():
        vectors = studio.index.embedder.passages([passage.text for passage in some])
        payloads = tuple({"episode_key": key, "show": one.show or "", "language": one.language} for one in some)
        points[key] = Points(tuple(passage.chunk_digest for passage in some), vectors, payloads)
        studio.passages.add(key, some)
    studio.index.vectors.publish(points)


def ways(studio: Studio) -> dict[str, Ranking]:
    """The ways to search, each from a question to the ids of the best passages."""

    def dense(question: str) -> list[str]:
        found = studio.index.vectors.nearest(studio.index.embedder.query(question), MOST, EVERYTHING)
        return [hit.chunk_digest for hit in found]

    def words(question: str) -> list[str]:
        return [passage.chunk_digest for passage in studio.passages.matching_words(question, MOST)]

    def fused(question: str) -> list[str]:
        return [hit.passage.chunk_digest for hit in studio.index.search.look(question, MOST).passages]

    return {"dense": dense, "words": words, "fused": fused}


def report_recall(questions: Sequence[Question], rankings: Mapping[str, Ranking]) -> None:
    """Recall at one and at five, and the mean reciprocal rank, of each way for each kind."""
    kinds = list(dict.fromkeys(question.kind for question in questions if question.answers))
    print(f"{'recall@1 recall@5 MRR':24}" + "".join(f"{name:>20}" for name in rankings))
    for kind in [*kinds, "all"]:
        some = [one for one in questions if one.answers and kind in (one.kind, "all")]
        cells = [figures([place(one, ranking(one.text)) for one in some]) for ranking in rankings.values()]
        print(f"{kind:18}{len(some):6}" + "".join(f"{cell:>20}" for cell in cells))
    if "--errors" in sys.argv:
        fused = rankings["fused"]
        for one in questions:
            if one.answers and place(one, fused(one.text)) is None:
                print(f"   missed ({one.kind}) {one.text}")


def place(question: Question, found: Sequence[str]) -> int | None:
    """The rank of the first passage that answers; None when none is among the best."""
    return next((rank for rank, digest in enumerate(found, start=1) if digest in question.answers), None)


def figures(places: Sequence[int | None]) -> str:
    """Recall at one, recall at five, mean reciprocal rank."""
    found = [rank for rank in places if rank is not None]
    first = sum(rank == 1 for rank in found)
    return "  ".join(f"{sum_ / len(places):.2f}" for sum_ in (first, len(found), sum(1 / rank for rank in found)))


def report_answers(studio: Studio, questions: Sequence[Question]) -> None:
    """How many questions of each kind `ragtime ask` answers, and `ragtime search` finds something close to."""
    print("\nanswered with passages by `ragtime ask`, and close to something for `ragtime search`:")
    for kind in dict.fromkeys(question.kind for question in questions):
        some = [one for one in questions if one.kind == kind]
        answered = sum(studio.index.search.closest(one.text).supported for one in some)
        close = sum(studio.index.search.look(one.text).is_close for one in some)
        print(f"{kind:18}{answered:6}{close:6} of {len(some)}")


if __name__ == "__main__":
    main()
