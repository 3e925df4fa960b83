"""Words in the order and with the gaps that their text has; where they do not fit it, the text counts."""

from __future__ import annotations

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.language.spelling import shared, spelled, text_of


def words(*texts: str) -> tuple[Word, ...]:
    return tuple(Word(start=place, end=place + 1, text=text) for place, text in enumerate(texts))


def test_the_text_can_be_spelled_again() -> None:
    segment = Segment(start=0, end=3, text="Well,  that  is", words=words("Well,", "that", "is"))

    assert text_of(spelled(segment)) == "Well,  that  is"
    assert [one.gap for one in spelled(segment)] == ["", "  ", "  "]


def test_words_of_another_text_are_replaced_by_its_own() -> None:
    segment = Segment(start=0, end=6, text="one two three", words=words("one", "three"))

    assert [(one.word.text, one.word.interpolated) for one in spelled(segment)] == [
        ("one", True),
        ("two", True),
        ("three", True),
    ]


def test_words_that_end_before_their_text_are_replaced_too() -> None:
    assert len(spelled(Segment(start=0, end=6, text="one two three", words=words("one", "two")))) == 3


def test_time_is_shared_by_length() -> None:
    first, second = shared(["ab", "abcdef"], 0.0, 8.0)

    assert (first.start, first.end, second.start, second.end) == (0.0, 2.0, 2.0, 8.0)
