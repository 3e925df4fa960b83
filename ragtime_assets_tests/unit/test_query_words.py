"""Which words of a question say what it is about, in the language that it is asked in."""

from __future__ import annotations

import re

import pytest

from ragtime_assets.adapters.language.detector import FastTextLanguageDetector
from ragtime_assets.domain.searching.query_words import asked_in, content_words, likely_languages
from ragtime_assets_tests.fakes import FakeLanguageDetector


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What did the pianist say about that night", "pianist night"),
        ("Wie hat der Pianist den Abend erlebt", "Pianist Abend erlebt"),
        ("Pourquoi le pianiste est parti", "pianiste parti"),
        ("por qué se fue el pianista", "pianista"),
        ("die hard", "hard"),
        ("who dies in the war", "who dies the war"),
        ("der war die das", "der war die das"),
        ("Coltrane", "Coltrane"),
        ("", ""),
    ],
)
def test_what_every_sentence_has_is_left_out(question: str, left: str) -> None:
    assert " ".join(content_words(question.split())) == left


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What's Monk's best album", "Monk best album"),
        ("why didn't they record", "record"),
        ("Qu'est-ce qu'il dit de l'album", "dit album"),
        ("Cos'è l'arte dell'ascolto", "Cos arte ascolto"),
    ],
)
def test_what_an_apostrophe_cuts_off_is_no_word_to_look_for(question: str, left: str) -> None:
    assert " ".join(content_words(re.findall(r"\w+", question))) == left


def test_a_question_of_one_language_is_not_read_with_the_stop_words_of_another() -> None:
    assert likely_languages(["what", "did", "she", "die", "of"]) == ["en"]
    assert likely_languages(["wer", "war", "die", "Sängerin"]) == ["de"]


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ("街灯を消した村はどこ？", ["ja"]),
        ("大门寺的面包车", ["zh"]),
        ("who is 三枝あかり of that show?", ["en"]),
        ("wer war 温若舟 damals?", ["de"]),
    ],
)
def test_japanese_and_chinese_are_told_by_their_signs_where_these_are_most_of_a_query(
    query: str, languages: list[str]
) -> None:
    assert asked_in(query, FakeLanguageDetector(probability=0.5).detect) == languages


def test_the_language_of_a_query_is_the_one_that_a_detector_is_sure_of_or_that_of_its_words() -> None:
    asked = "Wer war das?"
    assert asked_in(asked, FakeLanguageDetector("sv", 0.9).detect) == ["sv"]
    assert asked_in(asked, FakeLanguageDetector("sv", 0.5).detect) == ["de"]


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ("Vilka kängor ska man köpa som nybörjare?", ["sv"]),
        ("Como é que se combate a broca nos grãos?", ["pt"]),
        ("ausgeschlagener zahn in milch legen", ["de"]),
        ("JAK DŁUGO TRWA LOT", ["pl"]),
        ("どこで生まれたか", ["ja"]),
        ("Mick Tarrant", likely_languages([])),
    ],
)
def test_languages_without_a_list_of_stop_words_are_told_too_and_of_a_name_that_may_be_in_any(
    query: str, languages: list[str]
) -> None:
    assert asked_in(query, FastTextLanguageDetector().detect) == languages


def test_a_detector_is_shown_small_letters() -> None:
    shown: list[str] = []
    asked_in("Was tat Yusra Demeer?", lambda text: (shown.append(text) or "de", 1.0))
    assert shown == ["was tat yusra demeer?"]
