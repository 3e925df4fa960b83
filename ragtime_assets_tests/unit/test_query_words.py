"""Which words of a question say what it is about, in the language that it is asked in."""

from __future__ import annotations

import re

import pytest

from ragtime_assets.domain.searching.query_words import asked_in, content_words, likely_languages


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
    assert asked_in(query) == languages
