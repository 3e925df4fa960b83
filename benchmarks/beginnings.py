"""The sentence at which an answer begins: how often the one that is quoted first is one that a person would choose.

    python -m benchmarks.beginnings [--errors]

143 questions, each with a passage that answers it, and the sentences of it at which the answer may begin, one to three
of six to eleven (`data/answer_beginnings.jsonl`). They were labelled before anything was measured by them, by somebody
who knew how a sentence is chosen and not which. In brackets is where the share lies with 95 % confidence:

    the nearest by its vector, as `ragtime ask`     .56 (.48-.64), or next to one .84
    vectors and words, as before                    .52 (.44-.60), or next to one .83
    words alone                                     .34 (.26-.42), or next to one .57
    the first of the passage                        .11 (.07-.17), or next to one .34

What else was tried moves less than these could tell: the bare cosine .59 and .80, a vector told apart from everyday
questions .54 and .80, three tenths of the sentence before added .57 and .83, words weighed by how rare they are in the
passage .52 and .83.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.retrieval import interval, passage_of, rows
from ragtime_assets.corpus.baselines import Baselines
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.searching.closeness import sentences_of
from ragtime_assets.domain.searching.query_words import asked_in
from ragtime_assets.domain.searching.ranking import score
from ragtime_assets.domain.searching.sentences import closest_sentence, share_of_words
from ragtime_assets.ports import Embedder
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

CORPORA = ("passages", "other_passages")
Choice = Callable[[str, Passage, Mapping[str, float]], str]


class Labelled(NamedTuple):
    """A question, the passage that answers it, how near its sentences are, and where the answer may begin."""

    question: str
    passage: Passage
    likeness: Mapping[str, float]
    beginnings: Sequence[str]


def main() -> None:
    """Print how often each way to choose a sentence chooses one that is right."""
    labelled = _labelled()
    for name, choose in WAYS.items():
        _report(name, choose, labelled)


def _report(name: str, choose: Choice, labelled: Sequence[Labelled]) -> None:
    chosen = [choose(one.question, one.passage, one.likeness) for one in labelled]
    right = sum(sentence in one.beginnings for sentence, one in zip(chosen, labelled, strict=True))
    beside = sum(_is_beside(sentence, one) for sentence, one in zip(chosen, labelled, strict=True))
    low, high = interval(right, len(labelled))
    print(f"{name:22}{right / len(labelled):.2f} ({low:.2f}-{high:.2f}), or next to one {beside / len(labelled):.2f}")
    if "--errors" in sys.argv and choose is closest_sentence:
        for sentence, one in zip(chosen, labelled, strict=True):
            if sentence not in one.beginnings:
                print(f"   {one.question}\n      {sentence}\n      rather {' / '.join(one.beginnings)}")


def _is_beside(sentence: str, one: Labelled) -> bool:
    there = sentences_of([one.passage])
    return any(abs(there.index(sentence) - there.index(beginning)) <= 1 for beginning in one.beginnings)


def _labelled() -> list[Labelled]:
    passages = {row["id"]: passage_of(row) for corpus in CORPORA for row in rows(corpus)}
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Settings(home=Path(folder)))
        near = _nearness(studio.index.embedder, Baselines(studio.database, studio.index.embedder))
        labelled = [
            Labelled(row["question"], passage, near(row["question"], sentences_of([passage])), row["beginnings"])
            for row in rows("answer_beginnings")
            for passage in [passages[row["passage"]]]
        ]
        studio.database.close()
    return labelled


def _nearness(embedder: Embedder, baselines: Baselines) -> Callable[[str, Sequence[str]], Mapping[str, float]]:
    """How near sentences are to a question, as `ragtime ask` reckons it."""

    def near(question: str, sentences: Sequence[str]) -> Mapping[str, float]:
        told = baselines.told_apart(embedder.query(question), asked_in(question))
        return dict(zip(sentences, (embedder.passages(sentences) @ told.vector * told.scale).tolist(), strict=True))

    return near


def _by_both(question: str, passage: Passage, likeness: Mapping[str, float]) -> str:
    share = share_of_words(question, passage)
    return max(sentences_of([passage]), key=lambda one: score(likeness[one], share(one), "hybrid"))


def _by_words(question: str, passage: Passage, likeness: Mapping[str, float]) -> str:
    return closest_sentence(question, passage, {})


def _first(question: str, passage: Passage, likeness: Mapping[str, float]) -> str:
    return sentences_of([passage])[0]


WAYS: Mapping[str, Choice] = {
    "the nearest": closest_sentence,
    "vectors and words": _by_both,
    "words alone": _by_words,
    "the first": _first,
}

if __name__ == "__main__":
    main()
