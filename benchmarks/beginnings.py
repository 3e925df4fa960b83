"""The sentence at which an answer begins: how often the one that is quoted first is one that a person would choose.

    python -m benchmarks.beginnings [--errors]

143 questions, each with a passage that answers it, and the sentences of it at which the answer may begin, one to three
of six to eleven (`data/answer_beginnings.jsonl`), labelled before anything was measured by somebody who knew how a
sentence is chosen and not which. And 376 questions to other corpora, labelled by those who wrote them and knew nothing
of the program (`begins` of the questions). In brackets is where the share lies with 95 % confidence:

    the nearest by its vector, as `ragtime ask`   .56 (.48-.64), or next to one .84   blind .62 (.57-.67), .75
    vectors and words, as before                  .52 (.44-.60), or next to one .83   blind .62 (.57-.67), .77
    words alone                                   .34 (.26-.42), or next to one .57   blind .38 (.34-.43), .52
    the first of the passage                      .11 (.07-.17), or next to one .34   blind .11 (.09-.15), .24

What else was tried with the first moves less than these could tell: the bare cosine .59 and .80, a vector told apart
from everyday questions .54 and .80, three tenths of the sentence before added .57 and .83, words weighed by how rare
they are in the passage .52 and .83.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.retrieval import interval, passage_of, rows
from ragtime_assets.corpus.baselines import Baselines
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.searching.closeness import sentences_of
from ragtime_assets.domain.searching.query_words import asked_in
from ragtime_assets.domain.searching.ranking import score
from ragtime_assets.domain.searching.sentences import closest_sentence, share_of_words
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio

Choice = Callable[[str, Passage, Mapping[str, float]], str]
Asked = tuple[str, Passage, Sequence[str]]
"""A question, the passage that answers it, and the sentences of it at which the answer may begin."""
FIRST = ("passages", "other_passages")
LATER = ("fourth_passages", "fifth_passages", "sixth_passages", "further_passages")
"""Those whose questions say themselves where an answer begins."""


class Labelled(NamedTuple):
    """A question, the passage that answers it, where the answer may begin, and how near the sentences are."""

    question: str
    passage: Passage
    beginnings: Sequence[str]
    likeness: Mapping[str, float]


def main() -> None:
    """Print how often each way to choose a sentence chooses one that is right."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Settings(home=Path(folder)))
        near = _nearness(studio)
        for labels, asked in (("by who knew", _first_labelled()), ("blind", _labelled_blind())):
            labelled = [Labelled(*one, near(one[0], sentences_of([one[1]]))) for one in asked]
            for name, choose in WAYS.items():
                _report(f"{name}, {labels}", choose, labelled)
        studio.database.close()


def _report(name: str, choose: Choice, labelled: Sequence[Labelled]) -> None:
    chosen = [choose(one.question, one.passage, one.likeness) for one in labelled]
    right = sum(sentence in one.beginnings for sentence, one in zip(chosen, labelled, strict=True))
    beside = sum(_is_beside(sentence, one) for sentence, one in zip(chosen, labelled, strict=True))
    low, high = interval(right, len(labelled))
    share = beside / len(labelled)
    print(
        f"{name:32}{right / len(labelled):.2f} ({low:.2f}-{high:.2f}), or next to one {share:.2f}, of {len(labelled)}"
    )
    if "--errors" in sys.argv and choose is closest_sentence:
        for sentence, one in zip(chosen, labelled, strict=True):
            if sentence not in one.beginnings:
                print(f"   {one.question}\n      {sentence}\n      rather {' / '.join(one.beginnings)}")


def _is_beside(sentence: str, one: Labelled) -> bool:
    there = sentences_of([one.passage])
    return any(abs(there.index(sentence) - there.index(beginning)) <= 1 for beginning in one.beginnings)


def _first_labelled() -> Iterator[Asked]:
    passages = {row["id"]: passage_of(row) for corpus in FIRST for row in rows(corpus)}
    for row in rows("answer_beginnings"):
        yield row["question"], passages[row["passage"]], row["beginnings"]


def _labelled_blind() -> Iterator[Asked]:
    passages = {row["id"]: passage_of(row) for corpus in LATER for row in rows(corpus)}
    for corpus in LATER:
        for row in rows(corpus.replace("passages", "questions")):
            if row.get("begins"):
                passage = passages[row["answers"][0]]
                yield row["question"], passage, [_piece_with(told, passage) for told in row["begins"]]


def _piece_with(told: str, passage: Passage) -> str:
    """The sentence, as search cuts them, in which these words begin."""
    at, end = passage.text.index(told), 0
    for piece in sentences_of([passage]):
        end = passage.text.index(piece, end) + len(piece)
        if at < end:
            return piece
    raise ValueError(told)


def _nearness(studio: Studio) -> Callable[[str, Sequence[str]], Mapping[str, float]]:
    """How near sentences are to a question, as `ragtime ask` reckons it."""
    embedder, detect = studio.index.embedder, studio.reading.languages.detect
    baselines = Baselines(studio.database, embedder)

    def near(question: str, sentences: Sequence[str]) -> Mapping[str, float]:
        told = baselines.told_apart(embedder.query(question), asked_in(question, detect))
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
