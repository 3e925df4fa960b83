"""One way to tell which language a tag names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.language.tags import language_code, reads_alike, same_language


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en-US", "en"),
        ("de_AT", "de"),
        (" FR ", "fr"),
        ("eng", "en"),
        ("ger", "de"),
        ("iw", "he"),
        ("in", "id"),
        ("nb-NO", "no"),
        ("nn", "no"),
        ("da", "da"),
        ("zh-Hant-TW", "zh"),
        ("cmn", "zh"),
        ("yue", "yue"),
        ("en-US, de", "en"),
        ("english", None),
        ("nonsense", None),
        ("xyz", None),
        ("x-default", None),
        ("und", None),
        ("mul", None),
        ("", None),
        (None, None),
    ],
)
def test_a_tag_gives_the_shortest_code_of_its_language(tag: str | None, code: str | None) -> None:
    assert language_code(tag) == code


@pytest.mark.parametrize(("one", "other"), [("en-US", "eng"), ("nb", "no"), ("iw", "he-IL"), ("zh-Hant", "zh-CN")])
def test_two_spellings_of_a_language_are_the_same(one: str, other: str) -> None:
    assert same_language(one, other)


@pytest.mark.parametrize(("one", "other"), [("nb", "da"), ("no", "sv"), ("zh", "ja"), ("nonsense", "nonsense")])
def test_neighbours_and_nonsense_are_not_the_same(one: str, other: str) -> None:
    assert not same_language(one, other)


@given(st.text(max_size=40))
def test_whatever_stands_in_a_tag_nothing_fails(tag: str) -> None:
    code = language_code(tag)
    assert code is None or language_code(code) == code


@pytest.mark.parametrize(("one", "other"), [("nb", "da"), ("nn", "sv"), ("hr", "bs"), ("id", "ms-MY"), ("en", "en")])
def test_what_a_detector_takes_for_its_neighbour_reads_alike(one: str, other: str) -> None:
    assert reads_alike(one, other)


@pytest.mark.parametrize(("one", "other"), [("nb", "de"), ("de", "nl"), ("en", None), ("nonsense", "nonsense")])
def test_other_languages_do_not_read_alike(one: str, other: str | None) -> None:
    assert not reads_alike(one, other)
