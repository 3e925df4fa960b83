"""Words are counted, cut and compared in one way, whether or not spaces stand between them."""

from __future__ import annotations

import pytest

from ragtime_assets.adapters.captions.cues import Cue, segments_of
from ragtime_assets.domain.artifacts.transcript import Segment, Transcript
from ragtime_assets.domain.language.sentence_ends import ends_sentence
from ragtime_assets.domain.language.tokens import APART, SENTENCE, TOGETHER, folded_words, tokenise
from ragtime_assets.domain.language.words import apart, count_words, folded, letters, run_together, signs
from ragtime_assets.phases.chunks import MOST_WORDS, make_chunks

JAPANESE = "\u4eca\u65e5\u306f\u30b8\u30e3\u30ba\u306e\u8a71\u3092\u3057\u307e\u3059\u3002"
"""Today we talk of jazz: 12 signs and a full stop."""
THAI = "วันนี้เราพูดถึงดนตรี"
"""Today we talk of music: five words."""
KOREAN = "\uc624\ub298\uc740 \uc7ac\uc988 \uc774\uc57c\uae30\uc785\ub2c8\ub2e4."


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Django was born in 1910", 5),
        ("well \u2013 don't & go", 3),
        ("", 0),
        ("...", 0),
        (KOREAN, 3),
        (JAPANESE, 6),
        ("Blue Note\u306e\u8a71", 3),
        (THAI, 5),
    ],
)
def test_words_are_counted_in_every_script_and_marks_are_none(text: str, count: int) -> None:
    assert count_words(text) == count


def test_signs_keep_the_marks_around_them() -> None:
    assert signs("Blue\u306f") == ["Blue", "\u306f"]
    assert signs("\u300c\u8a71\u3002\u300d") == ["\u300c\u8a71\u3002\u300d"]
    assert signs("\u0e19\u0e35\u0e49") == ["\u0e19\u0e35\u0e49"]


@pytest.mark.parametrize("text", ["Django was born", JAPANESE, THAI, KOREAN, f"Blue Note {JAPANESE}"])
def test_words_apart_spell_their_text(text: str) -> None:
    assert "".join(gap + word for gap, word in apart(text)) == text


def test_words_run_together_where_they_are_written_so() -> None:
    assert run_together(["Blue", "Note", "\u306e", "\u8a71"]) == "Blue Note \u306e\u8a71"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Caf\u00e9!", "cafe"),
        ("don\u2019t", "dont"),
        ("\uff2a\uff41\uff5a\uff5a", "jazz"),
        ("a\u0300", "a"),
        ("a\u036f", "a"),
    ],
)
def test_heard_words_are_compared_by_letters_and_digits_alone(one: str, other: str) -> None:
    assert letters(one) == letters(other)


@pytest.mark.parametrize(("one", "other"), [("\u304c", "\u304b"), ("\u0e14\u0e35", "\u0e14\u0e39"), ("a", "b")])
def test_marks_that_make_another_word_count(one: str, other: str) -> None:
    assert letters(one) != letters(other)


def test_names_are_looked_for_without_accents_case_and_dots() -> None:
    assert folded("J.J.") == "jj"
    assert folded("S\u00f8ren") == folded("Soren")
    assert folded("O\u2019Brien") == "o'brien"
    assert folded_words("Django's \u6771\u4eac") == ["django", "\u6771", "\u4eac"]
    assert folded_words("Django\u2019s") == ["django"]


@pytest.mark.parametrize(
    "word", ["go.", "go. ", "what?!", "\u3059\u3002", "\u304b\uff1f\u300d", "\u0939\u0948\u0964", "\u061f"]
)
def test_a_sentence_ends_with_the_full_stop_of_any_script(word: str) -> None:
    assert ends_sentence(word)


def test_a_long_cue_without_spaces_is_cut_after_sentences_and_timed_by_signs() -> None:
    segments = segments_of([Cue(0.0, 42.0, JAPANESE * 14)])

    assert [segment.text for segment in segments] == [JAPANESE] * 14
    assert segments[1].start == 3.0
    assert len(segments[0].words) == 12
    assert segments[0].words[-1].text == "\u3059\u3002"


@pytest.mark.parametrize("sentence", [JAPANESE, THAI])
def test_chunks_of_a_transcript_without_spaces_are_no_longer_than_others(sentence: str) -> None:
    segments = tuple(Segment(start=n * 3.0, end=n * 3.0 + 3, text=sentence) for n in range(200))
    transcript = Transcript(engine="e", language="ja", duration=600, timing_source="audio", segments=segments)

    chunks = make_chunks(transcript).chunks

    assert len(chunks) > 5
    assert max(chunk.words for chunk in chunks) <= MOST_WORDS


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("J. Coltrane", TOGETHER),
        ("Dr. Lonnie", TOGETHER),
        ("go. Then", SENTENCE),
        ("I. Then", SENTENCE),
        ("a, b", APART),
    ],
)
def test_a_full_stop_behind_an_initial_or_a_title_ends_no_sentence(text: str, gap: int) -> None:
    assert tokenise(text).gap[1] == gap
