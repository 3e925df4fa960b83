"""Summaries: sentences of the episode itself, each with its seconds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import Chapter
from ragtime_assets.domain.artifacts.summary import KeyMoment, Sentence, Summary, TimedSentence
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word
from ragtime_assets.domain.language.words import count_words
from ragtime_assets.domain.reading.transcript_parts import LONGEST_LINE as PIECE
from ragtime_assets.domain.reading.transcript_parts import Part, packed, timed_lines
from ragtime_assets.phases.checking.warnings import (
    copy_warnings,
    key_moment_warnings,
    summary_language_warnings,
    summary_length_warnings,
)
from ragtime_assets.phases.reading.timed_sentences import timed_sentences
from ragtime_assets.phases.summary import LONGEST_LINE, MOST_CONSIDERED, make_summary, shortened, stands_alone, worth
from ragtime_assets_tests.fakes import FACTS, FakeLanguageDetector
from ragtime_assets_tests.transcripts import spoken

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors


class FullStops:
    """A splitter that believes every full stop."""

    def split(self, text: str) -> list[str]:
        return [piece for piece in re.split(r"(?<=[.!?])\s+", text.strip()) if piece]


class WordHashes:
    """Vectors by the words in a text: alike when they share words. Counts what it was asked."""

    engine = "hashes"
    dimension = 64

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

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self.passages(texts)


def _talk(count: int) -> list[str]:
    people, places = ["Miles Davis", "Mary Lou Williams", "Bill Evans"], ["Paris", "Harlem", "Berlin", "Tokyo"]
    return [
        f"In {1920 + number % 70} the band of {people[number % 3]} played a long concert number {number} in"
        f" {places[number % 4]} for everybody who came."
        for number in range(count)
    ]


def _summary(transcript: Transcript) -> Summary:
    return make_summary(transcript, FullStops(), WordHashes())


def _sentences(summary: Summary) -> list[TimedSentence]:
    return [one for paragraph in summary.paragraphs for one in paragraph if isinstance(one, TimedSentence)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 12, 90, 700])
def test_every_sentence_is_said_in_the_episode_at_its_seconds(count: int) -> None:
    transcript = spoken(*_talk(count))
    summary = _summary(transcript)
    chosen = _sentences(summary)
    assert len(chosen) == sum(map(len, summary.paragraphs)) > 0
    by_start = {segment.start: segment for segment in transcript.segments}
    for sentence in chosen:
        assert by_start[sentence.start].text == sentence.text
        assert sentence.end == by_start[sentence.start].words[-1].end
    assert [s.start for s in chosen] == sorted({s.start for s in chosen})
    assert summary.engine == "extractive hashes"


@pytest.mark.parametrize(
    ("count", "sentences", "paragraphs"),
    [(1, 1, 1), (3, 3, 1), (5, 4, 2), (40, 4, 2), (100, 7, 3), (200, 12, 4), (900, 12, 4)],
)
def test_longer_episodes_get_longer_summaries(count: int, sentences: int, paragraphs: int) -> None:
    summary = _summary(spoken(*_talk(count)))
    assert sum(len(paragraph) for paragraph in summary.paragraphs) == sentences
    assert len(summary.paragraphs) == paragraphs
    assert len(summary.line) <= LONGEST_LINE


@pytest.mark.parametrize(
    "sentence",
    [
        "Hello and a warm evening to everybody who listens in Berlin.",
        "Good evening and welcome to Harlem Nights in New York.",
        "Schönen guten Abend aus Berlin und viel Freude mit dieser Sendung.",
        "This programme is brought to you by Blue Note Coffee of Brooklyn.",
        "Mit dem Code JAZZ gibt es zehn Prozent auf alle Platten in Berlin.",
        "Werbung: Die Matratzen von Nachtruhe sind in Köln sehr beliebt.",
        "In the spring of 1959 she played in Paris for three weeks.",
        "For years the band in Harlem had asked me about the piano.",
        "Im Frühjahr 1959 hat er drei Wochen lang in Paris gespielt.",
        "In Köln haben wir die Platte dann zum ersten Mal gehört.",
        "Use ACME20 at checkout for twenty percent off.",
        "Head over to acme dot com slash jazz.",
        "Mit dem Rabatt ACME20 spart ihr zwanzig Prozent.",
        "Dort spielte Django Reinhardt jeden Abend.",
        "Here the band recorded two albums.",
    ],
)
def test_no_greeting_no_sponsor_and_nothing_that_points_outside_itself_is_quoted(sentence: str) -> None:
    assert not stands_alone(sentence)
    summary = _summary(spoken(sentence, *_talk(8), sentence))
    assert sentence not in {chosen.text for chosen in _sentences(summary)} | {summary.line}


@pytest.mark.parametrize(
    "sentence",
    [
        "Mary Lou Williams wrote her suite in New York.",
        "In Köln hat Keith Jarrett sein Konzert auf dem falschen Flügel gespielt.",
        "The code of the program was written in 1959.",
    ],
)
def test_a_sentence_that_names_whom_it_means_stands_alone(sentence: str) -> None:
    assert stands_alone(sentence)


def test_sixteen_minutes_of_speech_get_more_than_five_sentences() -> None:
    summary = _summary(spoken(*_talk(110)))
    assert 1_900 < 110 * len(_talk(1)[0].split()) < 2_200
    assert len(_sentences(summary)) > 5


def test_the_summary_covers_the_whole_episode() -> None:
    transcript = spoken(*_talk(400))
    starts = [sentence.start for sentence in _sentences(_summary(transcript))]
    quarters = {int(4 * start / transcript.duration) for start in starts}
    assert quarters == {0, 1, 2, 3}


def test_a_long_episode_costs_a_bounded_number_of_vectors() -> None:
    embedder = WordHashes()
    make_summary(spoken(*_talk(1_000)), FullStops(), embedder)
    assert embedder.asked <= MOST_CONSIDERED


def test_without_word_times_the_segments_give_theirs() -> None:
    summary = _summary(spoken(*_talk(3), words=False))
    first, second, _ = _sentences(summary)
    assert second.start == pytest.approx(first.end)


def test_a_sentence_over_two_segments_starts_and_ends_with_its_own_words() -> None:
    transcript = spoken("Yes. The band came", "to Paris in spring. It rained.")
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

    sentences = timed_sentences(spoken("The band came."), MakesUp())
    assert [sentence.text for sentence in sentences] == ["The band came."]


def test_speech_without_full_stops_is_cut_where_segments_end() -> None:
    transcript = spoken(*["and so the music went on and on that night for all of us"] * 30)
    sentences = timed_sentences(transcript, FullStops())
    assert len(sentences) > 10
    assert " ".join(sentence.text for sentence in sentences) == transcript.text
    assert max(len(sentence.text.split()) for sentence in sentences) < 60


def test_key_moments_are_the_chapters_when_there_are_some() -> None:
    chapters = tuple(Chapter(start=40.0 * number, title=f"Part {number}") for number in range(9))
    moments = _summary(spoken(*_talk(60), chapters=chapters)).key_moments
    assert len(moments) == 6
    assert (moments[0].title, moments[-1].title) == ("Part 0", "Part 8")


def test_key_moments_without_chapters_are_short_beginnings_of_sentences() -> None:
    transcript = spoken(*_talk(300))
    moments = _summary(transcript).key_moments
    assert 3 <= len(moments) <= 6
    assert [moment.start for moment in moments] == sorted(moment.start for moment in moments)
    assert moments[-1].start - moments[0].start > transcript.duration / 2
    for moment in moments:
        assert len(moment.title) <= 70
        assert moment.title.rstrip("…") in transcript.text


def test_a_long_line_is_cut_behind_a_word_with_an_ellipsis() -> None:
    line = _summary(spoken(" ".join(["improvisation"] * 40) + ".")).line
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


def test_a_sentence_is_worth_less_the_shorter_it_is_below_ten_words_and_the_longer_above_32() -> None:
    worths = {count: worth("plain " * count) for count in (5, 10, 32, 64)}
    assert worths[5] < worths[10] == worths[32] > worths[64]
    assert worth("これは何ですか？") < worth("これは何ですか。")


def test_an_empty_transcript_has_an_empty_summary() -> None:
    summary = _summary(spoken())
    assert (summary.line, summary.paragraphs, summary.key_moments) == ("", (), ())


def test_the_summary_is_in_the_language_of_the_episode_and_always_the_same() -> None:
    transcript = spoken(*_talk(30), language="de")
    assert _summary(transcript) == _summary(transcript)
    assert _summary(transcript).language == "de"


class Writes:
    """A writer that always writes the same."""

    def __init__(self) -> None:
        self.read: list[Transcript] = []

    def write(self, transcript: Transcript) -> Summary:
        self.read.append(transcript)
        return Summary(engine="writer", language="en", line="A line.", paragraphs=((Sentence(text="It is."),),))


def test_a_writer_writes_unless_there_is_next_to_nothing_to_write_about() -> None:
    writer = Writes()
    long, short = spoken(*_talk(20)), spoken(*_talk(2))
    assert make_summary(long, FullStops(), WordHashes(), writer).engine == "writer"
    made = make_summary(short, FullStops(), WordHashes(), writer)
    assert writer.read == [long]
    assert made.model_copy(update={"notes": ()}) == _summary(short)
    assert made.notes == ("39 words in the transcript: too few for a model, so they speak for themselves",)
    assert made.digest() == _summary(short).digest()


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one two, three", 3), ("昨日は音楽を聴いた", 5), ("Miles 昨日", 2), ("안녕하세요 여러분", 2)],
)
def test_words_are_counted_in_every_script(text: str, words: int) -> None:
    assert count_words(text) == words


@given(
    st.lists(st.text(alphabet="ab 音é\n", max_size=2_500), max_size=12),
    st.integers(10, 3_000),
)
def test_all_of_a_transcript_is_in_its_parts_and_nothing_twice(texts: list[str], longest: int) -> None:
    segments = tuple(Segment(start=n * 10, end=n * 10 + 9, text=text) for n, text in enumerate(texts))
    transcript = Transcript(engine="x", language="en", duration=200, timing_source="audio", segments=segments)
    lines = list(timed_lines(transcript))
    parts = packed(lines, longest)
    said = "".join(re.sub(r"^\[[\d:]+\] ", "", line) for part in parts for line in part.text.split("\n"))
    assert said.replace(" ", "") == "".join("".join(text.split()) for text in texts)
    longest_line = max((len(line.text) for line in lines), default=0)
    assert all(len(part.text) <= max(longest, longest_line) for part in parts)
    assert [part.start for part in parts] == sorted(part.start for part in parts)


def test_a_long_segment_has_a_time_for_each_of_its_pieces() -> None:
    segment = Segment(start=60, end=160, text="word " * 1_000, speaker="Ann")
    lines = list(timed_lines(spoken().model_copy(update={"segments": (segment,)})))
    assert [round(line.start) for line in lines] == [60, 80, 100, 120, 140]
    assert lines[1].text.startswith("[1:20] Ann: word")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a" * PIECE, [PIECE]),
        ("a" * (PIECE + 1), [PIECE, 1]),
        ("a" * (2 * PIECE + 5), [PIECE, PIECE, 5]),
        (f"{'a' * 998} {'b' * 5}", [998, 5]),
        (f"{'a' * 999} {'b' * 5}", [999, 5]),
        (f"{'a' * 499} {'b' * 500}", [PIECE]),
        (f"a {'b' * PIECE}", [1, PIECE]),
        (f"a {'b' * (PIECE + 5)}", [1, PIECE, 5]),
        (f"{'a' * 998} {'b' * PIECE}", [998, PIECE]),
    ],
)
def test_a_long_line_is_cut_at_its_last_space_or_else_in_a_word(text: str, pieces: list[int]) -> None:
    segment = Segment(start=0, end=10, text=text)
    lines = timed_lines(spoken().model_copy(update={"segments": (segment,)}))
    assert [len(line.text.removeprefix("[0:00] ").split("] ")[-1]) for line in lines] == pieces


def test_a_speaker_is_named_on_one_line() -> None:
    segment = Segment(start=0, end=1, text="Hello.", speaker="Ann\n Lee")
    (line,) = timed_lines(spoken().model_copy(update={"segments": (segment,)}))
    assert line.text == "[0:00] Ann Lee: Hello."


def test_lines_are_joined_as_long_as_they_fit_with_the_breaks_between_them() -> None:
    lines = [Part(0, 9, "abcd"), Part(1, 2, "efgh"), Part(2, 3, "ijkl"), Part(3, 4, "mnop")]
    assert packed(lines, 9) == [Part(0, 9, "abcd\nefgh"), Part(2, 4, "ijkl\nmnop")]
    assert packed(lines, 8) == lines
    assert packed(lines, 14) == [Part(0, 9, "abcd\nefgh\nijkl"), Part(3, 4, "mnop")]


ENGLISH, GERMAN, UNSURE = FakeLanguageDetector("en"), FakeLanguageDetector("de"), FakeLanguageDetector("de", 0.5)


def _written(text: str = "word " * 60, *starts: float) -> Summary:
    moments = tuple(KeyMoment(start=start, title="Now") for start in starts)
    paragraphs = ((Sentence(text=text.strip()),),)
    return Summary(engine="m", language="en", line="A line.", paragraphs=paragraphs, key_moments=moments)


def test_a_sound_summary_is_not_warned_about() -> None:
    transcript = spoken(*_talk(20))
    sound = _written("word " * 60, 0, 30, 60)
    assert list(summary_language_warnings(sound, transcript, ENGLISH)) == []
    assert list(summary_language_warnings(sound, transcript, UNSURE)) == []
    assert list(summary_length_warnings(sound, transcript)) == []
    assert list(key_moment_warnings(sound, _audio(60))) == []
    assert list(copy_warnings(sound, "Write a summary of the episode.")) == []


def test_a_summary_in_a_language_that_nobody_speaks_is_warned_about() -> None:
    class Reads(FakeLanguageDetector):
        def __init__(self, sure: float = 0.9) -> None:
            super().__init__()
            self.sure = sure

        def detect(self, text: str) -> tuple[str, float]:
            return ("fr" if "word" in text else "en"), self.sure

    warning = "the summary is in the language fr, the episode in en"
    assert list(summary_language_warnings(_written(), spoken(*_talk(20)), Reads())) == [warning]
    assert list(summary_language_warnings(_written(), spoken(*_talk(20)), Reads(sure=0.8))) == [warning]
    assert list(summary_language_warnings(_written(), spoken(*_talk(20)), Reads(sure=0.79))) == []
    assert list(summary_language_warnings(_written(), spoken(*_talk(20)), GERMAN)) == []


@pytest.mark.parametrize(("words", "said"), [(39, "39 words, 40 are the least"), (401, "401 words, 400 are the most")])
def test_a_summary_that_is_too_short_or_too_long_is_warned_about(words: int, said: str) -> None:
    (warning,) = summary_length_warnings(_written("word " * words), spoken(*_talk(20)))
    assert said in warning


@pytest.mark.parametrize("words", [40, 400])
def test_a_summary_of_the_least_or_the_most_words_is_not_warned_about(words: int) -> None:
    assert list(summary_length_warnings(_written("word " * words), spoken(*_talk(20)))) == []


def test_a_short_summary_of_a_short_episode_is_not_warned_about() -> None:
    assert list(summary_length_warnings(_written("one two three"), spoken("one two three"))) == []


@pytest.mark.parametrize(
    ("starts", "said"),
    [((0, 61), "1:01 is not between 0:00 and 1:00"), ((30, 20), "0:20 comes after the one at 0:30")],
)
def test_a_key_moment_outside_the_audio_or_out_of_order_is_warned_about(starts: tuple[float, ...], said: str) -> None:
    (warning,) = key_moment_warnings(_written("word", *starts), _audio(60))
    assert said in warning


def test_two_key_moments_may_begin_together() -> None:
    assert list(key_moment_warnings(_written("word", 30, 30), _audio(60))) == []


def test_eight_words_of_the_instructions_are_warned_about_and_seven_are_not() -> None:
    told = "Say what is told, from the whole episode, its end as well."
    (warning,) = copy_warnings(_written("They SAY what is told from the whole - episode!"), told)
    assert warning == '"say what is told from the whole episode" is copied from the instructions'
    assert list(copy_warnings(_written("They say what is told from the whole day."), told)) == []


def _audio(seconds: float) -> AudioFile:
    facts = FACTS.model_copy(update={"duration": seconds})
    return AudioFile(engine="av", sha256="a", bytes=1, facts=facts, url="https://a", tier="direct", attempts=())
