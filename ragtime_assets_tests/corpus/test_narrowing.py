"""What people narrow a search by: names become what the corpus has, or an error that tells what it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from inspect import signature
from pathlib import Path

import pytest
import sqlalchemy as sa

from ragtime_assets.cli.answering import ask
from ragtime_assets.cli.asking import search
from ragtime_assets.corpus.schema import entities, entity_names
from ragtime_assets.domain.points import Filters
from ragtime_assets.domain.searching.narrowing import Narrowing
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets.mcp.tools import CorpusTools
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets.studio.narrowing import filters_of
from ragtime_assets_tests.corpus.rows import NOW, passage

MBID = "9a1b7b39-7f3d-4f8e-9f4e-0c4b1e6f7d10"


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A corpus with two speakers and one musician."""
    found = Studio(Settings(home=tmp_path))
    found.passages.add("one", [passage("d1", "Words.", speakers=("Ann Meyer", "Bob Kane"))])
    row = {"id": "e1abcdef", "type": "musician", "name": "Django Reinhardt", "mbid": MBID, "qid": "Q44122"}
    kept = {"disambiguation": "", "related": [], "qid_status": "resolved", "qid_tries": 1, "created_at": NOW}
    name = {"entity_id": row["id"], "name": row["name"], "key": "django reinhardt", "kind": "name", "source": "corpus"}
    with found.database.writing() as connection:
        connection.execute(sa.insert(entities), [row | kept])
        connection.execute(sa.insert(entity_names), [name])
    return found


@pytest.mark.parametrize("words", ["Django Reinhardt", MBID, MBID.upper(), "Q44122", "q44122", "e1abcdef"])
def test_an_entity_is_named_by_name_mbid_qid_or_id(studio: Studio, words: str) -> None:
    assert filters_of(studio, Narrowing(entity=words)) == Filters(entity="e1abcdef")


def test_a_speaker_and_a_type_are_found_by_a_part_of_their_name_in_any_case(studio: Studio) -> None:
    assert filters_of(studio, Narrowing(speaker="meyer", entity_type="MUSICIAN")) == Filters(
        speaker="Ann Meyer", entity_type="musician"
    )


def test_days_months_and_years_are_days(studio: Studio) -> None:
    assert filters_of(studio, Narrowing(since="2024", until="2024-02")) == Filters(
        since="2024-01-01", until="2024-02-29"
    )


def test_a_language_is_a_code_however_it_is_written(studio: Studio) -> None:
    assert (
        filters_of(studio, Narrowing(language="en-US"))
        == filters_of(studio, Narrowing(language="eng"))
        == Filters(language="en")
    )


@pytest.mark.parametrize(
    ("narrowed", "told"),
    [
        ({"entity": "Django Reinhart"}, "Django Reinhardt"),
        ({"speaker": "Ann Mayer"}, "Ann Meyer"),
        ({"speaker": "n"}, "Say more of the name"),
        ({"entity_type": "musican"}, "musician"),
        ({"since": "yesterday"}, "2026-01-31"),
        ({"until": "2024-02-30"}, "2026-01-31"),
        ({"since": "2025", "until": "2024"}, "the earlier day"),
        ({"language": "klingonish"}, "en or de"),
        ({"entity": "x" * 10_000}, "entities find"),
    ],
)
def test_what_is_not_there_is_an_error_that_tells_what_may_be_meant(
    studio: Studio, narrowed: dict[str, str], told: str
) -> None:
    with pytest.raises(InvalidSubmission) as caught:
        filters_of(studio, Narrowing(**narrowed))
    assert told in caught.value.remedy
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("face", [search, ask, CorpusTools.search_passages, CorpusTools.ask])
def test_people_and_agents_narrow_searches_and_questions_by_the_same(face: Callable[..., object]) -> None:
    taken = signature(face).parameters
    assert {one.name for one in fields(Narrowing)} <= set(taken)
    assert "narrowing" not in taken
