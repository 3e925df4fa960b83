"""transcript -> summary: by a model in its own words, or the sentences that stand for the rest, word for word.

What belongs here: choosing sentences. What does not: cutting and timing them (`timed_sentences`), and what a model
is told (`agents/summary.py`).

The method without a model is TextRank over sentence vectors: a sentence matters when many others are like it. A prior
prefers names and years and distrusts fillers; only a sentence that stands alone is quoted; one comes from each slice of
time, and each has to differ from those already chosen (maximal marginal relevance).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.summary import KeyMoment, Summary, TimedSentence
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.language.words import count_words
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.phases.reading.asides import greets, sells
from ragtime_assets.phases.reading.timed_sentences import timed_sentences
from ragtime_assets.ports import Embedder, SentenceSplitter, SummaryWriter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

WORTH_A_MODEL = 120
"""A transcript with fewer words is no longer than a summary of it."""
MOST_CONSIDERED = 160
"""Sentences that get a vector, however long the episode is."""
FEWEST, MOST = 4, 12
WORDS_PER_SENTENCE = 400
LONGEST_LINE, LONGEST_TITLE = 200, 70
MOST_MOMENTS, FEWEST_MOMENTS = 6, 3
RELEVANCE = 0.7
"""The weight of a sentence's rank against its likeness to what is already chosen."""
_DAMPING, _ROUNDS = 0.85, 40

# Sentences that begin like this lean on one before them, or say nothing; English and German.
_LEANING = re.compile(
    r"(and|but|so|or|because|which|that|this|these|those|it|its|he|she|they|his|her|their|him|them|there|then|"
    r"here|afterwards|therefore|"
    r"i|i'm|i've|you|we|we're|my|your|our|yes|yeah|no|well|okay|ok|oh|um|uh|right|exactly|hello|hi|welcome|thanks|thank|"
    r"und|aber|also|oder|weil|denn|das|dies|diese|dieser|dieses|es|er|sie|sein|seine|ihr|ihre|ich|du|wir|mein|meine|"
    r"unser|unsere|da|dann|dort|hier|danach|daraufhin|deshalb|ja|nein|nee|genau|naja|gut|äh|ähm|hallo|willkommen|danke)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"\b(i|i['’]\w+|me|my|mine|myself|we|we['’]\w+|us|our|ours|ich|mir|mich|mein\w{0,2}|wir|uns|unser\w{0,2})\b",
    re.IGNORECASE,
)
_THIRD_PERSON = re.compile(
    r"\b(he|she|they|him|her|his|them|their|er|sie|ihm|ihn|ihnen|ihr\w{0,2}|sein\w{0,2})\b", re.IGNORECASE
)
# One capital proves nothing in German, where every noun has one.
_SOMEBODY = re.compile(r"\b[A-ZÄÖÜ][\w'’-]{1,60} [A-ZÄÖÜ][\w'’-]+")
_NAME = re.compile(r"(?<=[^.!?] )[A-ZÄÖÜ][\w'’-]+")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def make_summary(
    transcript: Transcript, splitter: SentenceSplitter, embedder: Embedder, writer: SummaryWriter | None = None
) -> Summary:
    """The summary of `transcript`: the writer's, or in its own words when there is none, or nothing to write about."""
    if writer is None:
        return _extracted(transcript, splitter, embedder)
    words = count_words(transcript.text)
    if words >= WORTH_A_MODEL:
        return writer.write(transcript)
    reason = f"{plural(words, 'word')} in the transcript: too few for a model, so they speak for themselves"
    return _extracted(transcript, splitter, embedder).model_copy(update={"notes": (reason,)})


def _extracted(transcript: Transcript, splitter: SentenceSplitter, embedder: Embedder) -> Summary:
    sentences = _quotable(timed_sentences(transcript, splitter))
    considered = _considered(sentences)
    ranks, likeness = _ranked(considered, embedder)
    count = min(max(FEWEST, FEWEST + (transcript.word_count - WORDS_PER_SENTENCE) // WORDS_PER_SENTENCE), MOST)
    chosen = _chosen(ranks, likeness, count)
    return Summary(
        engine=f"extractive {embedder.engine}",
        language=transcript.language,
        line=_line(considered, ranks),
        paragraphs=_paragraphs([considered[index] for index in chosen]),
        key_moments=_key_moments(transcript, [considered[index] for index in chosen]),
    )


def _quotable(sentences: Sequence[TimedSentence]) -> Sequence[TimedSentence]:
    """The sentences that stand alone; if there are none, those that sell nothing and greet nobody; else all."""
    alone = [sentence for sentence in sentences if stands_alone(sentence.text)]
    return alone or [sentence for sentence in sentences if not opens_or_sells(sentence.text)] or sentences


def stands_alone(sentence: str) -> bool:
    """Whether no first person and no pronoun points outside the sentence, and it neither greets nor sells."""
    if opens_or_sells(sentence) or _LEANING.match(sentence) or _FIRST_PERSON.search(sentence):
        return False
    pronoun, somebody = _THIRD_PERSON.search(sentence), _SOMEBODY.search(sentence, 1)
    return pronoun is None or (somebody is not None and somebody.start() < pronoun.start())


def opens_or_sells(sentence: str) -> bool:
    """Whether a sentence greets, takes leave, or wants something of the listener."""
    return greets(sentence) or sells(sentence)


def _considered(sentences: Sequence[TimedSentence]) -> list[TimedSentence]:
    """At most 160 sentences: the worthiest of each slice, so that the whole episode has its say."""
    if len(sentences) <= MOST_CONSIDERED:
        return list(sentences)
    slices = MOST_CONSIDERED // 4
    kept: list[int] = []
    for number in range(slices):
        members = range(number * len(sentences) // slices, (number + 1) * len(sentences) // slices)
        kept += sorted(members, key=lambda index: -worth(sentences[index].text))[:4]
    return [sentences[index] for index in sorted(kept)]


def worth(sentence: str) -> float:
    """How well a sentence can stand alone, between 0 and about 1.5, whatever it is about."""
    words = count_words(sentence)
    value = min(words / 10, 1.0) if words < 10 else min(32 / words, 1.0)
    value += 0.1 * min(len(_NAME.findall(sentence)), 3) + 0.1 * min(len(_YEAR.findall(sentence)), 2)
    if _LEANING.match(sentence) or not sentence[:1].isalnum():
        value *= 0.6
    if sentence.endswith(("?", "\uff1f")):
        value *= 0.5
    return value * (0.2 if sells(sentence) else 1.0)


def _ranked(sentences: Sequence[TimedSentence], embedder: Embedder) -> tuple[Numbers, Numbers]:
    """How much each sentence matters, from 0 to 1, and how alike any two are."""
    import numpy as np

    if not sentences:
        return np.zeros(0), np.zeros((0, 0))
    vectors = np.asarray(embedder.passages([sentence.text for sentence in sentences]), dtype=np.float64)
    # Sentences of one episode are all alike; what they share says nothing, so it is taken away first.
    centred = vectors - vectors.mean(axis=0) if len(sentences) > 2 else vectors
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = centred / np.where(lengths > 0, lengths, 1.0)
    likeness = np.clip(unit @ unit.T, 0.0, 1.0)
    np.fill_diagonal(likeness, 0.0)
    ranks = _page_rank(likeness) * np.array([worth(sentence.text) for sentence in sentences])
    return ranks / max(float(ranks.max()), 1e-12), likeness


def _page_rank(likeness: Numbers) -> Numbers:
    import numpy as np

    count = len(likeness)
    totals = likeness.sum(axis=0)
    links = np.where(totals > 0, likeness / np.where(totals > 0, totals, 1.0), 1.0 / count)
    ranks = np.full(count, 1.0 / count)
    for _ in range(_ROUNDS):
        ranks = (1 - _DAMPING) / count + _DAMPING * (links @ ranks)
    return ranks


def _chosen(ranks: Numbers, likeness: Numbers, count: int) -> list[int]:
    """One sentence from each of `count` slices of time, each unlike those before it; in order of time."""
    chosen: list[int] = []
    count = min(count, len(ranks))
    for number in range(count):
        members = range(number * len(ranks) // count, (number + 1) * len(ranks) // count)

        def relevance(index: int) -> float:
            nearest = float(likeness[index, chosen].max()) if chosen else 0.0
            return RELEVANCE * float(ranks[index]) - (1 - RELEVANCE) * nearest

        chosen.append(max(members, key=relevance))
    return chosen


def _line(sentences: Sequence[TimedSentence], ranks: Numbers) -> str:
    """The best sentence that fits on one line, else the best one, cut at a word."""
    order = sorted(range(len(sentences)), key=lambda index: -float(ranks[index]))
    fitting = [index for index in order if len(sentences[index].text) <= LONGEST_LINE]
    best = next(iter(fitting or order), None)
    return "" if best is None else shortened(sentences[best].text, LONGEST_LINE)


def shortened(text: str, longest: int) -> str:
    """`text` on one line, cut behind a word, with an ellipsis when something is gone."""
    text = one_line(text)
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    whole = cut.rsplit(" ", 1)[0] if text[longest - 1] != " " else cut
    return whole.rstrip(" ,;:–-") + "…"


def _paragraphs(sentences: Sequence[TimedSentence]) -> tuple[tuple[TimedSentence, ...], ...]:
    """Two to four paragraphs in order of time; one for a transcript of three sentences or fewer."""
    if len(sentences) < FEWEST:
        return (tuple(sentences),) if sentences else ()
    count = min(2 + (len(sentences) - FEWEST) // 3, 4)
    size = len(sentences)
    return tuple(tuple(sentences[n * size // count : (n + 1) * size // count]) for n in range(count))


def _key_moments(transcript: Transcript, sentences: Sequence[TimedSentence]) -> tuple[KeyMoment, ...]:
    """Chapters when there are enough of them, else the chosen sentences; spread over the audio."""
    moments = [KeyMoment(start=chapter.start, title=chapter.title) for chapter in transcript.chapters]
    moments.sort(key=lambda moment: moment.start)
    if len(moments) < FEWEST_MOMENTS:
        titled = {moment.start for moment in moments}
        moments += [
            KeyMoment(start=sentence.start, title=shortened(sentence.text, LONGEST_TITLE))
            for sentence in sentences
            if sentence.start not in titled
        ]
        moments.sort(key=lambda moment: moment.start)
    return tuple(_spread(moments, MOST_MOMENTS))


def _spread(moments: Sequence[KeyMoment], most: int) -> list[KeyMoment]:
    if len(moments) <= most:
        return list(moments)
    return [moments[round(number * (len(moments) - 1) / (most - 1))] for number in range(most)]
