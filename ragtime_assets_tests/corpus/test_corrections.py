"""People's corrections: the newest word on each field counts, and one can be taken back."""

from __future__ import annotations

from ragtime_assets.corpus.corrections import SqlCorrections
from ragtime_assets.corpus.database import Database
from ragtime_assets.domain.episode.corrections import Corrections, checked_corrections


def test_the_newest_word_on_each_field_counts_and_the_others_stay(database: Database) -> None:
    corrections = SqlCorrections(database)
    corrections.correct("a", checked_corrections({"title": "First", "season": 2}), by="ann")
    corrections.correct("a", checked_corrections({"title": "Second"}), by="bob")
    corrections.correct("b", checked_corrections({"show": "Other"}), by="bob")
    assert corrections.of("a") == Corrections(title="Second", season=2)
    assert corrections.of("nobody") == Corrections()


def test_a_date_comes_back_as_it_was_given(database: Database) -> None:
    corrections = SqlCorrections(database)
    said = checked_corrections({"published": "2024-05-01T10:00:00+02:00"})
    corrections.correct("a", said, by="ann")
    assert corrections.of("a") == said


def test_a_correction_can_be_taken_back_and_all_go_when_the_episode_is_forgotten(database: Database) -> None:
    corrections = SqlCorrections(database)
    corrections.correct("a", checked_corrections({"title": "First", "season": 2, "language": "de-AT"}), by="ann")
    corrections.correct("a", checked_corrections({}), by="ann", withdrawn=["title"])
    assert corrections.of("a") == Corrections(season=2, language="de")
    corrections.forget("a")
    assert corrections.of("a") == Corrections()
