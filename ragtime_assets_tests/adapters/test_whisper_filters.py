"""What of Whisper's output was said; its segments are scripted here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ragtime_assets.adapters.speech.whisper_filters import (
    ECHO,
    not_speech,
    sentences,
    without_echoes,
    without_loops,
)
from ragtime_assets.domain.artifacts.transcript import LeftOut
from ragtime_assets.domain.language.repetition import LOOP

SENTENCE = ["and", "then", "we", "go", "to", "the", "next", "one"]


def heard(**changes: Any) -> Any:
    words = changes.pop("words", [SimpleNamespace(word=" Hello", probability=0.9)])
    usual = {"start": 0.0, "end": 5.0, "text": " Hello", "no_speech_prob": 0.0, "avg_logprob": -0.2, "words": words}
    return SimpleNamespace(**{**usual, **changes})


def words(*texts: str, probability: float, seconds: float = 1.0) -> list[Any]:
    return [
        SimpleNamespace(word=f" {text}", start=place * seconds, end=(place + 1) * seconds, probability=probability)
        for place, text in enumerate(texts)
    ]


def text(said: list[list[Any]]) -> str:
    return "".join(word.word for part in said for word in part).strip()


@pytest.mark.parametrize(
    "made_up",
    [
        {"no_speech_prob": 0.8, "avg_logprob": -0.7},
        {"avg_logprob": -1.6},
        {"words": [SimpleNamespace(word=" You", probability=0.07)]},
        {"text": " ..."},
        {"text": " C.E.R.E.R.E.R.E.", "end": 0.1},
        {"words": []},
        {"text": " Untertitel im Auftrag des ZDF f\u00fcr funk, 2017"},
    ],
)
def test_what_whisper_makes_up_is_left_out_with_a_reason(made_up: dict[str, Any]) -> None:
    assert not_speech(heard()) is None
    assert not_speech(heard(**made_up))


def test_long_segments_are_cut_into_sentences() -> None:
    said = words(*["Good", "ear.", "That", "is", "Wynton", "Kelly.", "Listen", "to", "him", "again"], probability=0.9)

    assert [text([piece]) for piece in sentences(said)] == ["Good ear. That is Wynton Kelly.", "Listen to him again"]


def test_a_loop_that_whisper_is_not_sure_of_is_cut_to_its_first_round_and_the_rest_is_told() -> None:
    loop = words(*SENTENCE * 5, probability=0.4)

    said, left_out = without_loops([loop[:10], loop[10:]])

    assert text(said) == "and then we go to the next one"
    assert left_out == [LeftOut(start=8, end=40, why=LOOP)]


def test_a_sentence_that_is_clearly_said_eight_times_stays() -> None:
    said = [words(*SENTENCE * 8, probability=0.95, seconds=0.3)]

    assert without_loops(said) == (said, [])


def test_a_loop_that_is_faster_than_anybody_talks_is_cut_however_sure_it_looks() -> None:
    said, left_out = without_loops([words(*SENTENCE * 8, probability=0.95, seconds=0.01)])

    assert text(said) == "and then we go to the next one"
    assert len(left_out) == 1


def test_a_word_that_is_heard_twice_between_two_breaths_is_said_once_and_the_other_is_told() -> None:
    def part(seek: int, *texts: str) -> Any:
        timed = [SimpleNamespace(word=f" {text}", start=seek + at, end=seek + at + 1) for at, text in enumerate(texts)]
        return SimpleNamespace(seek=seek, words=timed)

    said, left_out = without_echoes([part(0, "record", "it."), part(3000, "It", "was")], "the")

    assert [[word.word for word in words] for words in said] == [[" record", " it."], [" was"]]
    assert left_out == [LeftOut(start=3000, end=3001, why=ECHO)]
