"""Which captions can belong to an audio file, by their times and their language alone."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifacts.transcript import Segment
from ragtime_assets.phases.listening.captions_trust import Gap, covered, foreign, long_gaps, misfit

DURATION = 300.0


def said(start: float, end: float) -> Segment:
    return Segment(start=start, end=end, text="some words")


@pytest.mark.parametrize(
    "cues",
    [
        (said(0, 150), said(150, 295)),
        (said(0, 150), said(150, 304)),
        (said(0, 150), said(150, 241)),
        (said(0, 200), said(100, 290)),
    ],
)
def test_captions_that_fit_the_audio_are_not_refused(cues: tuple[Segment, ...]) -> None:
    assert misfit(cues, DURATION) is None


@pytest.mark.parametrize(
    ("cues", "why"),
    [
        ((said(0, 150), said(150, 320)), "go on until 320"),
        (tuple(said(at, at + 2) for at in range(0, 300, 10)), "cover only 60"),
        ((said(0, 150), said(100, 90), said(150, 290)), "backwards"),
        ((), "cover only 0"),
    ],
)
def test_why_captions_do_not_fit_is_said_in_words(cues: tuple[Segment, ...], why: str) -> None:
    assert why in (misfit(cues, DURATION) or "")


def test_an_end_that_may_still_be_moved_is_not_yet_wrong() -> None:
    assert misfit((said(0, 150), said(150, 320)), DURATION, slack=60) is None


def test_minutes_without_captions_are_gaps_to_be_listened_to_wherever_they_are() -> None:
    late = (said(200, 500), said(690, 1_000))

    assert long_gaps(late, 1_190) == [Gap(0, 200), Gap(500, 690), Gap(1_000, 1_190)]
    assert misfit(late, 1_190) is None
    assert long_gaps((said(0, 500), said(680, 1_000)), 1_100) == []
    assert long_gaps((said(0, 150), said(150, 220)), DURATION) == [Gap(220, 300)]


def test_two_who_speak_at_once_leave_no_gap_and_are_counted_once() -> None:
    together = (said(0, 100), said(10, 20), said(90, 120))

    assert covered(together) == 120
    assert long_gaps(together, 120) == []


def test_only_a_clear_reading_contradicts_what_is_announced() -> None:
    assert foreign("de", 0.95, "en") == "they read as de, and en is expected"
    assert foreign("de", 0.6, "en") is None
    assert foreign("en", 0.2, "en") is None


def test_only_a_likely_reading_stands_for_what_nobody_announces() -> None:
    assert foreign("de", 0.6, None) is None
    assert "do not read as any" in (foreign("de", 0.4, None) or "")
