"""Identifiers of MusicBrainz and Wikidata: whole, or none."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.linking.identifiers import mbid, qid, qid_of_page

MBID = "2f3f6e0a-7e0c-4b57-9b6d-5e8b3f5f1c01"


def test_an_mbid_is_one_in_whatever_case() -> None:
    assert mbid(MBID) == mbid(MBID.upper()) == MBID


def test_an_item_is_known_by_its_id_and_by_its_page() -> None:
    assert qid("Q214013") == "Q214013"
    for page in (
        "https://www.wikidata.org/wiki/Q90",
        "http://wikidata.org/entity/Q90",
        "https://m.wikidata.org/wiki/Q90",
    ):
        assert qid_of_page(page) == "Q90"


@pytest.mark.parametrize("text", [None, 90, "", MBID[:-1], f"{MBID}0", f" {MBID}", MBID.replace("f", "g"), "Q90"])
def test_what_is_nearly_an_mbid_is_none(text: object) -> None:
    assert mbid(text) is None


@pytest.mark.parametrize("text", [None, 90, "", "Q", "Q0", "Q09", "q90", "P90", "Q90 ", "Q" + "1" * 19])
def test_what_is_nearly_an_id_of_an_item_is_none(text: object) -> None:
    assert qid(text) is None
    assert qid_of_page(f"https://www.wikidata.org/wiki/{text}") is None


@pytest.mark.parametrize(
    "url", [None, "https://wikidata.example/wiki/Q90", "https://www.wikidata.org/wiki/Q90#P1", "wikidata.org/wiki/Q90"]
)
def test_another_address_is_no_page_of_an_item(url: object) -> None:
    assert qid_of_page(url) is None
