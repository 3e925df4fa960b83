"""Corrections say what people would rather have shown; a wrong one is refused with its field and its value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ragtime_assets.domain.episode.corrections import checked_corrections
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets_tests.fakes import details_of


def test_what_is_corrected_is_shown_and_what_was_read_is_kept_beside() -> None:
    read = details_of()
    said = {"title": "  Another\ntitle ", "language": "de-AT", "audio_url": "https://b.example/2.mp3"}
    corrected = checked_corrections(said).applied_to(read)
    assert (corrected.title, corrected.language) == ("Another title", "de")
    assert [(one.url, one.origin) for one in corrected.audio] == [
        ("https://b.example/2.mp3", "direct"),
        (read.audio[0].url, "enclosure"),
    ]
    assert corrected.as_read == read.model_dump(mode="json", include={"title", "language", "audio"})
    assert corrected.show == read.show


def test_nothing_said_changes_nothing() -> None:
    assert checked_corrections({}).applied_to(details_of()) == details_of()


def test_a_day_is_meant_in_utc_and_a_zone_is_kept() -> None:
    for said, meant in (("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)), ("2026-01-02T01:00+01:00", None)):
        published = checked_corrections({"published": said}).published
        assert published == (meant or datetime(2026, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"title": " "}, "title ' ': it is empty"),
        ({"language": "gibberish"}, "language 'gibberish': accepted is a language such as en or de-AT"),
        ({"season": "many"}, "season 'many': "),
        ({"colour": "blue"}, "colour 'blue': "),
        ({"canonical_url": 1}, "canonical url 1: "),
    ],
)
def test_a_wrong_correction_is_named(said: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidSubmission) as refused:
        checked_corrections(said)
    assert refused.value.message.startswith(told)
    assert refused.value.remedy == "ragtime edit --help names what can be corrected."
