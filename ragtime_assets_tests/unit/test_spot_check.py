"""Captions against what is heard in three places."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.phases.listening.captions_trust import Gap
from ragtime_assets.phases.listening.spot_check import SECONDS, Found, found, silent_places, stretches, verdict
from ragtime_assets_tests.fakes import segments_of

TALK = segments_of([f"And now we hear take{number} of the very same tune" for number in range(100)])
"""Four hundred seconds."""


def heard(start: float, by: float = 0.0) -> list[Word]:
    """What is heard from `start` on when the audio is `by` seconds late."""
    late = (word for segment in TALK for word in segment.moved(by).words)
    return [word for word in late if start <= word.start < start + SECONDS]


def test_three_stretches_are_spread_over_the_file() -> None:
    first, middle, last = stretches(TALK, 400)

    assert first < 80
    assert 160 < middle < 240
    assert 320 <= last <= 400 - SECONDS


def test_stretches_are_where_captions_have_most_words() -> None:
    sparse = segments_of(["Well"] * 100)
    busy = Segment(start=48.0, end=57.0, text="", words=tuple(heard(48.0)))

    assert stretches(sorted([*sparse, busy], key=lambda one: one.start), 400)[0] in (44.0, 48.0)


def test_a_stretch_is_never_in_a_tune_without_captions() -> None:
    talk = [one for one in TALK if not 120 < one.start < 280]

    assert all(any(one.start == start for one in talk) for start in stretches(talk, 400))


def test_every_long_gap_is_listened_to_and_a_very_long_one_more_than_once() -> None:
    gaps = [Gap(100, 300), Gap(1_000, 1_900)]

    places = silent_places(gaps)

    assert [sum(gap.start <= place and place + SECONDS <= gap.end for place in places) for gap in gaps] == [1, 2]
    assert silent_places([]) == []


@pytest.mark.parametrize(("duration", "count"), [(400, 3), (40, 3), (20, 1), (12, 1), (0.2, 1)])
def test_short_files_are_heard_in_fewer_places_that_never_overlap(duration: float, count: int) -> None:
    starts = stretches([one for one in TALK if one.end <= duration], duration)

    assert len(starts) == count
    assert all(later - start >= SECONDS for start, later in zip(starts, starts[1:], strict=False))
    assert all(0 <= start <= max(0.0, duration - SECONDS) for start in starts)


@pytest.mark.parametrize("by", [0.0, 7.0, -12.5, 240.0])
def test_words_are_found_wherever_the_captions_say_them(by: float) -> None:
    result = found(300.0, heard(300.0, by), TALK)

    assert result.agreement == 1.0
    assert result.offset == pytest.approx(by, abs=0.01)


def test_words_that_the_captions_say_farther_away_are_not_found() -> None:
    words = [
        Word(start=380.0 + at, end=381.0 + at, text=text) for at, text in enumerate(["only", "at", "the", "opening"])
    ]
    opening = Segment(start=40, end=44, text="", words=tuple(word.model_copy(update={"start": 40.0}) for word in words))

    assert found(380.0, words, [opening]).agreement == 0
    assert found(340.0, words, [opening]).agreement == 1


def test_case_punctuation_and_a_misheard_name_do_not_matter() -> None:
    words = heard(100.0)
    rough = [word.model_copy(update={"text": word.text.upper() + ","}) for word in words]
    rough[3] = rough[3].model_copy(update={"text": "Yengo"})

    result = found(100.0, rough, TALK)

    assert 0.9 < result.agreement < 1
    assert result.offset == 0.0


def test_scripts_without_spaces_are_compared_sign_by_sign() -> None:
    shown = Segment(
        start=0, end=8, text="", words=(Word(start=0, end=8, text="\u4eca\u65e5\u306f\u97f3\u697d\u306e\u8a71"),)
    )
    pieces = ["\u4eca\u65e5\u306f", "\u97f3\u697d\u306e", "\u8a71"]
    said = [Word(start=at * 3.0, end=at * 3.0 + 3, text=piece) for at, piece in enumerate(pieces)]

    result = found(0.0, said, [shown])

    assert (result.words, result.agreement) == (7, 1.0)


def test_nothing_heard_is_nothing_found() -> None:
    assert found(10.0, [], TALK) == Found(10.0, 0)
    assert found(10.0, heard(10.0), []).agreement == 0


def at(*offsets: float, words: int = 20, agreement: float = 0.9) -> list[Found]:
    return [Found(100.0 * place, words, agreement, offset) for place, offset in enumerate(offsets)]


def test_what_agrees_in_time_is_not_moved() -> None:
    assert verdict(at(-0.2, 0.3, 0.6)).offset == 0.0
    assert [verdict(at(by, by, by)).offset for by in (0.75, 0.76)] == [0.0, 0.76]


def test_what_is_steadily_late_is_moved_by_the_middle_of_what_was_measured() -> None:
    assert verdict(at(29.8, 30.1, 30.4)).offset == 30.1


def test_an_advertisement_in_the_middle_is_not_repaired() -> None:
    assert verdict(at(0.0, 0.1, 30.0)).problem == (
        "their times move against the audio: +0.0 s at 0:00, +0.1 s at 1:40, +30.0 s at 3:20"
    )


def test_one_strange_stretch_is_enough_to_refuse() -> None:
    strange = Found(250.0, 20, 0.2, 0.0)

    assert verdict([*at(0.0, 0.0), strange]).problem == (
        "they are not what is heard: of the words agree only 20% at 4:10"
    )


def test_one_stretch_of_music_is_forgiven_and_two_are_not() -> None:
    music = Found(250.0, 1)

    assert verdict([*at(0.0, 0.0), music]).problem is None
    assert "too few words" in (verdict([*at(0.0), music, music]).problem or "")
    assert "too few words" in (verdict([]).problem or "")


def test_one_stretch_is_enough_for_a_file_that_has_no_more() -> None:
    assert verdict(at(3.0)).offset == 3.0
