"""Words as they are indexed: alike in question and text."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from ragtime_assets.domain.searching.stems import stem, stems, words_at


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "played", "playing"),
        ("en", "Reinhardt's", "reinhardt s"),
        ("de", "Geigen", "Geige"),
        ("de", "spielte", "spielten"),
        ("de", "Häuser", "Hauser"),
        ("de-AT", "Geigen", "Geige"),
        ("fr", "Stéphane", "STEPHANE"),
        ("xx", "Caf\u00e9", "cafe\u0301"),
    ],
)
def test_two_forms_of_a_word_are_indexed_alike(language: str, one: str, other: str) -> None:
    assert stems(one, language) == stems(other, language)


def test_different_words_stay_different() -> None:
    assert stems("university", "de") != stems("universe", "de")


def test_signs_without_spaces_are_words_each() -> None:
    assert stems("爵士 jazz", "zh") == ["爵", "士", "jazz"]


def test_a_word_that_never_ends_is_cut() -> None:
    assert [len(word) for word in stems("a" * 10_000, "xx")] == [64]


@pytest.mark.parametrize("text", ["", "  ", "!?", "_", "\x00", "🎷"])
def test_what_is_no_word_is_not_indexed(text: str) -> None:
    assert stems(text, "en") == []


def test_places_are_those_of_the_text() -> None:
    text = "Ah, 爵士!"
    assert [text[start:end] for start, end in words_at(text)] == ["Ah", "爵", "士"]


def test_threads_that_stem_at_once_get_each_word_as_it_is_stemmed_alone() -> None:
    endings = ("ationally", "fulness", "ization", "ousness", "ing", "edly", "ies", "s", "ement", "ability")
    wanted = [f"{one}l{other}v{end}" for one in "abcdefgh" for other in "aeiou" for end in endings]
    alone = [stem(word, "en") for word in wanted]
    stem.cache_clear()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(lambda word: stem(word, "en"), wanted))
    finally:
        sys.setswitchinterval(interval)
    assert together == alone
