"""The transcript's files: our own reader of captions, who reads everybody's, reads them back word for word."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from ragtime_assets.adapters.captions.reader import PublisherCaptionReader
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.phases.listening.renderings import RENDERINGS, cues, plain, podcast_json, srt, vtt
from ragtime_assets.samples.server import REFERENCE
from ragtime_assets_tests.transcripts import transcript_of

EPISODE = next(iter(REFERENCE.values()))
MEDIA_TYPES = {"vtt": "text/vtt", "srt": "application/x-subrip", "podcast.json": "application/json"}


def segment(text: str, start: float = 0.0, speaker: str | None = None, pace: float = 0.3) -> Segment:
    words, at = [], start
    for word in text.split():
        words.append(Word(start=round(at, 3), end=round(at + pace * 0.9, 3), text=word, probability=0.9))
        at += pace
    return Segment(start=start, end=words[-1].end, text=text, speaker=speaker, words=tuple(words))


def episode() -> Transcript:
    """The sample's words in segments of forty, spoken in turns."""
    words = EPISODE.split()
    pieces = [" ".join(words[at : at + 40]) for at in range(0, len(words), 40)]
    speakers = ("Clara Wells", "Martin Reed")
    return transcript_of(*(segment(text, place * 15.0, speakers[place % 2]) for place, text in enumerate(pieces)))


def read_back(made: Transcript, suffix: str) -> tuple[Segment, ...]:
    body = RENDERINGS[suffix](made).encode()
    media_type = MEDIA_TYPES[suffix]
    return PublisherCaptionReader().read(Document(f"http://x.example/t.{suffix}", body, media_type), media_type)


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_a_whole_episode_reads_back_with_the_same_words_and_speakers(suffix: str) -> None:
    made = episode()

    read = read_back(made, suffix)

    assert " ".join(one.text for one in read) == made.text
    assert {one.speaker for one in read} == {"Clara Wells", "Martin Reed"}
    turns = [(one.start, one.speaker) for one in made.segments]
    assert all(any(cue.start == start and cue.speaker == speaker for cue in read) for start, speaker in turns)


def test_cues_can_be_read_in_the_time_they_stay() -> None:
    found = list(cues(episode()))

    assert all(len(cue.lines) <= 2 and all(len(line) <= 42 for line in cue.lines) for cue in found)
    assert all(0 < cue.end - cue.start <= 7 for cue in found)
    assert all(before.start < after.start for before, after in pairwise(found))


def test_slow_speech_is_cut_by_time_and_cues_carry_the_times_of_their_words() -> None:
    found = list(cues(transcript_of(segment("one two three four five six", pace=3.0))))

    assert [" ".join(cue.lines) for cue in found] == ["one two", "three four", "five six"]
    assert [(cue.start, cue.end) for cue in found] == [(0.0, 5.7), (6.0, 11.7), (12.0, 17.7)]


def test_a_cue_ends_with_its_sentence_where_that_fills_a_line() -> None:
    first, second = cues(
        transcript_of(segment("This is a sentence that is longer than one line. And this is another."))
    )

    assert " ".join(first.lines).endswith("one line.")
    assert second.lines == ("And this is another.",)


def test_segments_without_words_share_their_time() -> None:
    bare = Segment(start=10, end=30, text=" ".join(["word"] * 60))

    found = list(cues(transcript_of(bare)))

    assert (found[0].start, found[-1].end) == (10, 30)
    assert all(cue.end - cue.start <= 7 for cue in found)


def test_what_looks_like_markup_stays_text() -> None:
    hostile = "He said <b>1 < 2</b> & 00:01 --> 00:02 <v Eve>lies"
    made = transcript_of(segment(hostile, speaker="A & B <c>"))

    (read,) = read_back(made, "vtt")

    assert (read.text, read.speaker) == (hostile, "A & B <c>")
    assert "<" not in srt(made).replace("-->", "")
    assert srt(made).count("-->") == 1
    assert json.loads(podcast_json(made))["segments"][0]["body"] == hostile


def test_a_line_break_in_a_name_does_not_end_a_cue() -> None:
    made = transcript_of(segment("Hello there", speaker="Clara\n\n00:00:01.000 --> 00:00:02.000\nWells"))

    assert vtt(made).count("\n\n") == 1
    assert srt(made).count("\n\n") == 0


def test_chinese_is_not_spelled_with_spaces() -> None:
    words = tuple(Word(start=place, end=place + 1, text=sign) for place, sign in enumerate("爵士乐很好听"))
    made = transcript_of(Segment(start=0, end=6, text="爵士乐很好听", words=words), language="zh")

    assert "爵士乐很好听" in vtt(made)
    assert "爵士乐很好听" in srt(made)


def test_times_past_an_hour_are_written_out() -> None:
    assert "01:01:01.500 --> 01:01:01.770" in vtt(transcript_of(segment("late", start=3661.5)))
    assert "01:01:01,500 --> 01:01:01,770" in srt(transcript_of(segment("late", start=3661.5)))


def test_a_word_of_no_length_is_shown_for_a_moment() -> None:
    (cue,) = cues(transcript_of(segment("now", pace=0.0)))

    assert cue.end > cue.start


def test_plain_text_has_a_paragraph_per_turn() -> None:
    turns = [segment("Welcome.", 0, "Clara"), segment("Again.", 1, "Clara"), segment("Thanks.", 2, "Martin")]

    assert plain(transcript_of(*turns)) == "Clara: Welcome. Again.\n\nMartin: Thanks.\n"


def test_plain_text_of_nobody_known_is_cut_at_pauses_and_at_length() -> None:
    long = segment(" ".join(["word"] * 130) + ".", 0)
    parts = [long, segment("Next.", long.end), segment("After a pause.", long.end + 20)]

    assert plain(transcript_of(*parts)).split("\n\n")[1:] == ["Next.", "After a pause.\n"]


def test_a_speaker_stays_unnamed_where_nobody_knows_them() -> None:
    made = transcript_of(segment("Hello."))

    assert "<v" not in vtt(made)
    assert "speaker" not in podcast_json(made)


def test_the_language_is_told_in_the_header() -> None:
    assert vtt(transcript_of(segment("Bonjour."), language="fr")).startswith("WEBVTT\nLanguage: fr\n\n")
