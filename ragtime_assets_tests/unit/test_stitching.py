"""Parts that were heard apart become one text in which everything is said once."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.language.stitching import stitched, without_first


def said(start: float, text: str) -> Segment:
    """A second for each word."""
    words = tuple(Word(start=start + at, end=start + at + 1, text=word) for at, word in enumerate(text.split()))
    return Segment(start=start, end=start + len(words), text=text, words=words)


def texts(*parts: tuple[float, list[Segment]]) -> list[str]:
    return [segment.text for segment in stitched(parts)]


def test_what_the_part_before_heard_until_the_cut_is_not_said_again() -> None:
    found = stitched([(0, [said(0, "one two three four")]), (4, [said(2, "three four five"), said(5, "six")])])
    assert [(one.text, one.start) for one in found] == [
        ("one two three four", 0),
        ("five", 4),
        ("six", 5),
    ]


def test_a_word_belongs_to_the_part_that_has_its_middle() -> None:
    before = (0.0, [said(0, "one two")])
    assert texts(before, (2.4, [said(2, "three")])) == ["one two", "three"]
    assert texts(before, (2.5, [said(2, "three")])) == ["one two", "three"]
    assert texts(before, (2.6, [said(2, "three")])) == ["one two"]


def test_of_the_first_part_nothing_is_cut() -> None:
    assert texts((9.0, [said(0, "one two")])) == ["one two"]


@pytest.mark.parametrize(("later", "doubled"), [(1.4, False), (1.5, True), (1.6, True)])
def test_words_that_both_heard_past_the_cut_count_once_if_they_came_at_about_one_time(
    later: float, doubled: bool
) -> None:
    begun = [said(0, "one two Three,")]
    found = texts((0, begun), (2, [said(2 + later, "three four")]))
    assert found == ["one two Three,", "three four" if doubled else "four"]


def test_up_to_twelve_words_count_once() -> None:
    words = [f"w{number}" for number in range(13)]
    for count in (12, 13):
        shared = " ".join(words[:count])
        found = texts((0, [said(0, shared)]), (0, [said(0.5, f"{shared} end")]))
        assert found == [shared, "end" if count == 12 else f"{shared} end"]


def test_segments_lose_their_first_words_and_keep_the_rest_with_their_times() -> None:
    segments = [said(0, "one two"), said(2, "three four"), said(4, "five")]
    assert without_first(segments, 0) == segments
    (three, five) = without_first(segments, 3)
    assert (three.text, three.start, three.end, [word.text for word in three.words]) == ("four", 3, 4, ["four"])
    assert five == segments[2]
    assert without_first(segments, 5) == []
