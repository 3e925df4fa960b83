"""Summaries: sentences of the episode itself, each with its seconds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragtime_assets.domain.episode_details import Chapter
from ragtime_assets.domain.summary import Summary
from ragtime_assets.domain.transcript import Segment, Transcript, Word
from ragtime_assets.phases.summary import LONGEST_LINE, MOST_CONSIDERED, make_summary, shortened, worth
from ragtime_assets.phases.timed_sentences import timed_sentences

if TYPE_CHECKING:
    from ragtime_assets.ports import Vectors


class FullStops:
    """A splitter that believes every full stop."""

    def split(self, text: str) -> list[str]:
        return [piece for piece in re.split(r"(?<=[.!?])\s+", text.strip()) if piece]


class WordHashes:
    """Vectors by the words in a text: alike when they share words. Counts what it was asked."""

    engine = "hashes"

    def __init__(self) -> None:
        self.asked = 0

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[hashlib.sha256(word.encode()).digest()[0] % 64] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def query(self, text: str) -> Vectors:
        return self.passages([text])[0]


def _transcript(
    sentences: Sequence[str], *, words: bool = True, chapters: tuple[Chapter, ...] = (), language: str = "en"
) -> Transcript:
    segments: list[Segment] = []
    second = 0
    for sentence in sentences:
        said = sentence.split()
        timed = tuple(Word(start=second + n, end=second + n + 0.9, text=f" {word}") for n, word in enumerate(said))
        segments.append(Segment(start=second, end=second + len(said), text=sentence, words=timed if words else ()))
        second += len(said)
    return Transcript(
        engine="test",
        language=language,
        duration=second,
        timing_source="audio",
        segments=tuple(segments),
        chapters=chapters,
    )


def _talk(count: int) -> list[str]:
    people, places = ["Miles Davis", "Mary Lou Williams", "Bill Evans"], ["Paris", "Harlem", "Berlin", "Tokyo"]
    return [
        f"In {1920 + number % 70} the band of {people[number % 3]} played a long concert number {number} in"
        f" {places[number % 4]} for everybody who came."
        for number in range(count)
    ]


def _summary(transcript: Transcript) -> Summary:
    return make_summary(transcript, FullStops(), WordHashes())


@pytest.mark.parametrize("count", [1, 2, 3, 4, 12, 90, 700])
def test_every_sentence_is_said_in_the_episode_at_its_seconds(count: int) -> None:
    transcript = _transcript(_talk(count))
    summary = _summary(transcript)
    chosen = [sentence for paragraph in summary.paragraphs for sentence in paragraph]
    by_start = {segment.start: segment for segment in transcript.segments}
    for sentence in chosen:
        assert by_start[sentence.start].text == sentence.text
        assert sentence.end == by_start[sentence.start].words[-1].end
    assert [s.start for s in chosen] == sorted({s.start for s in chosen})
    assert summary.engine == "extractive hashes"


@pytest.mark.parametrize(
    ("count", "sentences", "paragraphs"), [(1, 1, 1), (3, 3, 1), (5, 4, 2), (40, 4, 2), (200, 8, 3), (900, 12, 4)]
)
def test_longer_episodes_get_longer_summaries(count: int, sentences: int, paragraphs: int) -> None:
    summary = _summary(_transcript(_talk(count)))
    assert sum(len(paragraph) for paragraph in summary.paragraphs) == sentences
    assert len(summary.paragraphs) == paragraphs
    assert len(summary.line) <= LONGEST_LINE


def test_the_summary_covers_the_whole_episode() -> None:
    transcript = _transcript(_talk(400))
    starts = [s.start for paragraph in _summary(transcript).paragraphs for s in paragraph]
    quarters = {int(4 * start / transcript.duration) for start in starts}
    assert quarters == {0, 1, 2, 3}


def test_a_long_episode_costs_a_bounded_number_of_vectors() -> None:
    embedder = WordHashes()
    make_summary(_transcript(_talk(4_000)), FullStops(), embedder)
    assert embedder.asked <= MOST_CONSIDERED


def test_without_word_times_the_segments_give_theirs() -> None:
    summary = _summary(_transcript(_talk(3), words=False))
    assert summary.paragraphs[0][1].start == pytest.approx(summary.paragraphs[0][0].end)


def test_a_sentence_over_two_segments_starts_and_ends_with_its_own_words() -> None:
    transcript = _transcript(["Yes. The band came", "to Paris in spring. It rained."])
    sentences = timed_sentences(transcript, FullStops())
    assert [(s.text, s.start, s.end) for s in sentences] == [
        ("Yes.", 0, 0.9),
        ("The band came to Paris in spring.", 1, 7.9),
        ("It rained.", 8, 9.9),
    ]


def test_words_that_are_spelled_otherwise_in_the_text_do_not_lose_the_clock() -> None:
    words = tuple(
        Word(start=n, end=n + 0.9, text=text) for n, text in enumerate(["nineteen", "fifty-nine", "was", "good."])
    )
    segment = Segment(start=0, end=4, text="1959 was good. Yes.", words=words)
    transcript = Transcript(engine="x", language="en", duration=4, timing_source="audio", segments=(segment,))
    sentences = timed_sentences(transcript, FullStops())
    assert [sentence.text for sentence in sentences] == ["1959 was good.", "Yes."]
    assert all(0 <= sentence.start <= sentence.end <= 4 for sentence in sentences)


def test_what_a_splitter_makes_up_is_left_out() -> None:
    class MakesUp(FullStops):
        def split(self, text: str) -> list[str]:
            return ["Nobody said this.", *super().split(text)]

    sentences = timed_sentences(_transcript(["The band came."]), MakesUp())
    assert [sentence.text for sentence in sentences] == ["The band came."]


def test_speech_without_full_stops_is_cut_where_segments_end() -> None:
    transcript = _transcript(["and so the music went on and on that night for all of us"] * 30)
    sentences = timed_sentences(transcript, FullStops())
    assert len(sentences) > 10
    assert " ".join(sentence.text for sentence in sentences) == transcript.text
    assert max(len(sentence.text.split()) for sentence in sentences) < 60


def test_key_moments_are_the_chapters_when_there_are_some() -> None:
    chapters = tuple(Chapter(start=40.0 * number, title=f"Part {number}") for number in range(9))
    moments = _summary(_transcript(_talk(60), chapters=chapters)).key_moments
    assert len(moments) == 6
    assert (moments[0].title, moments[-1].title) == ("Part 0", "Part 8")


def test_key_moments_without_chapters_are_short_beginnings_of_sentences() -> None:
    transcript = _transcript(_talk(300))
    moments = _summary(transcript).key_moments
    assert 3 <= len(moments) <= 6
    assert [moment.start for moment in moments] == sorted(moment.start for moment in moments)
    assert moments[-1].start - moments[0].start > transcript.duration / 2
    for moment in moments:
        assert len(moment.title) <= 70
        assert moment.title.rstrip("…") in transcript.text


def test_a_long_line_is_cut_behind_a_word_with_an_ellipsis() -> None:
    line = _summary(_transcript([" ".join(["improvisation"] * 40) + "."])).line
    assert len(line) <= LONGEST_LINE
    assert line.endswith("improvisation…")
    assert shortened("just fits", 9) == "just fits"
    assert shortened("does not fit", 9) == "does not…"


def test_fillers_questions_and_sales_are_worth_less_than_facts() -> None:
    fact = worth("In 1959 Miles Davis recorded Kind of Blue in New York for Columbia Records.")
    for other in (
        "And so he played it again and again, you know, that was what he did.",
        "What did the people in New York think of it when they heard it?",
        "Please subscribe to our newsletter and follow us wherever you get your podcasts.",
    ):
        assert worth(other) < fact / 1.5


def test_an_empty_transcript_has_an_empty_summary() -> None:
    summary = _summary(_transcript([]))
    assert (summary.line, summary.paragraphs, summary.key_moments) == ("", (), ())


def test_the_summary_is_in_the_language_of_the_episode_and_always_the_same() -> None:
    transcript = _transcript(_talk(30), language="de")
    assert _summary(transcript) == _summary(transcript)
    assert _summary(transcript).language == "de"
