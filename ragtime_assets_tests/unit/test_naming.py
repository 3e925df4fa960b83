"""What a few words mean among things that have names."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.episode.naming import MOST_TOLD, Named, meant, near, the_one
from ragtime_assets.errors import InvalidSubmission

DJANGO = Named("show-one-0123456789ab", "Django in Paris")
ENCORE = Named("show-two-1123456789ab", "Django in Paris, Encore")
COLOGNE = Named("show-three-2123456789ab", "Das Konzert in Köln")
UNREAD = Named("show-four-3123456789ab", None)
ALL = [DJANGO, ENCORE, COLOGNE, UNREAD]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("Django in Paris", [DJANGO], id="a whole title counts before a part of another"),
        pytest.param("  django  IN paris ", [DJANGO], id="case and spaces do not count"),
        pytest.param("encore", [ENCORE], id="a part that one title has"),
        pytest.param("koln", [COLOGNE], id="accents do not count"),
        pytest.param("django", [DJANGO, ENCORE], id="a part that two titles have"),
        pytest.param("Coltrane", [], id="a part that no title has"),
        pytest.param(" ", [], id="no words"),
    ],
)
def test_a_title_or_a_part_of_one_means_its_episode(words: str, found: list[Named]) -> None:
    assert meant(words, ALL) == found


@pytest.mark.parametrize(
    ("words", "nearest"),
    [("Jango in Pariss", DJANGO), ("show-three-2123456789bb", COLOGNE), ("show-four-3123", UNREAD)],
)
def test_a_slip_in_a_title_or_a_key_finds_the_one_that_was_meant(words: str, nearest: Named) -> None:
    assert near(words, ALL)[0] == nearest


def test_what_is_like_nothing_suggests_nothing() -> None:
    assert near("zzzzzzzz", ALL) == []


def test_several_are_listed_so_that_one_can_be_chosen() -> None:
    with pytest.raises(InvalidSubmission, match="may be any of 2 episodes") as refused:
        the_one("episode", "django", [DJANGO, ENCORE], ALL)
    assert all(f"{one.key}  {one.name}" in refused.value.remedy for one in (DJANGO, ENCORE))
    assert refused.value.remedy.endswith(f"{ENCORE.name}")
    assert refused.value.details["candidates"] == [{"key": one.key, "name": one.name} for one in (DJANGO, ENCORE)]


def test_what_has_no_name_but_its_key_is_listed_by_that() -> None:
    assert [str(one) for one in (DJANGO, UNREAD, Named("a", "a"))] == [f"{DJANGO.key}  {DJANGO.name}", UNREAD.key, "a"]


def test_of_very_many_only_the_first_are_listed_and_the_rest_is_counted() -> None:
    many = [Named(f"key-{number}", "Night") for number in range(MOST_TOLD + 1_500)]
    with pytest.raises(InvalidSubmission) as refused:
        the_one("episode", "night", many, many)
    assert refused.value.remedy.splitlines()[-1].strip() == "and 1,500 more"


def test_none_is_told_with_the_near_ones() -> None:
    with pytest.raises(InvalidSubmission, match="no episode is called 'Jango'") as refused:
        the_one("episode", "Jango", [], ALL)
    assert refused.value.remedy.startswith("Did you mean:")
    assert DJANGO.key in refused.value.remedy
