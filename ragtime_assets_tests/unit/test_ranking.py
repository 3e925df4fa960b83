"""Ranking: adding up, names in questions, and knowing when to say no."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.searching.ranking import CLOSE, SHARE_WEIGHT, is_close, names_in, score, supported

NEAR = CLOSE["hybrid"]


def test_likeness_and_share_add_up_and_a_mode_leaves_one_out() -> None:
    assert score(0.4, 0.6, "hybrid") == pytest.approx(0.4 + SHARE_WEIGHT * 0.6)
    assert (score(0.4, 0.6, "dense"), score(0.4, 0.6, "keyword")) == (0.4, 0.6)
    assert (score(None, 0.6, "dense"), score(0.4, None, "keyword"), score(None, None, "hybrid")) == (0, 0, 0)


def test_all_words_of_a_query_outweigh_a_little_likeness() -> None:
    assert score(0.2, 1.0, "hybrid") > score(0.6, 0.0, "hybrid")
    assert score(0.9, 0.0, "hybrid") > score(0.2, 1.0, "hybrid")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Who taught Coltrane to meditate?", ["Coltrane"]),
        ("When did Miles Davis and John Coltrane meet in New York?", ["Miles Davis", "John Coltrane", "New York"]),
        ("Slugs' Saloon", ["Slugs Saloon"]),
        ("Coltrane", ["Coltrane"]),
        ("Kind of Blue", ["Kind of Blue"]),
        ("The Hot Club de France", ["Hot Club de France"]),
        ("what is AACM?", ["AACM"]),
        ("How do musicians learn to improvise?", []),
        ("Improvising together is hard", []),
        ("did I hear a clarinet", []),
        ("miles davis", []),
        ("Wann verließ der Gitarrist das Orchester?", []),
        ("Wer war Django Reinhardt?", ["Django Reinhardt"]),
        ("Wie den Takt halten?", []),
        ("Wie Den Takt Halten", ["Takt Halten"]),
        ("Wie", []),
        ("Und Was Dann", []),
        ("Was erzählt sie über Kind of Blue?", ["Kind of Blue"]),
        ("Where Is The Love", ["Love"]),
        ("", []),
    ],
)
def test_names_are_told_from_the_starts_of_sentences_and_german_nouns(query: str, names: list[str]) -> None:
    assert names_in(query) == names


@pytest.mark.parametrize(
    ("query", "passage", "answer"),
    [
        ("why did he leave the band?", "He was tired.", True),
        ("When did Miles Davis move?", "Then Davis' move to the city came.", True),
        ("What did Stephane Grapelli play?", "It was Grappelli's violin.", True),
        ("Who managed Led Zeppelin?", "The manager led the band.", False),
        ("Did Miles Davis know Tosca?", "Davis knew everybody.", False),
    ],
)
def test_every_name_asked_for_must_be_in_a_passage(query: str, passage: str, answer: bool) -> None:
    assert supported(query, ["Something else.", passage], NEAR) is answer


def test_names_may_be_in_different_passages() -> None:
    assert supported("Did Davis play with Coltrane?", ["No, Davis did", "But Coltrane"], NEAR)


def test_what_is_far_away_is_no_answer() -> None:
    assert not supported("why?", ["Because."], NEAR - 0.001)
    assert supported("why?", ["Because."], NEAR)


def test_nothing_found_is_no_answer() -> None:
    assert not supported("why?", [], 0.0)


def test_a_best_score_below_the_line_is_not_close() -> None:
    assert is_close(NEAR, "hybrid")
    assert not is_close(NEAR - 0.001, "hybrid")
