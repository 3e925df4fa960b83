"""Ranking: fusing two lists, weighing words, and knowing when to say no."""

from __future__ import annotations

import pytest

from ragtime_assets.corpus.ranking import (
    COSINE_FLOOR,
    NAME_WEIGHT,
    PARAPHRASE_WEIGHT,
    fuse,
    lexical_weight,
    names_in,
    supported,
)

NEAR = COSINE_FLOOR + 0.02


def order(dense: str, lexical: str, weight: float) -> str:
    return "".join(name for name, _ in fuse(dense, lexical, weight))


def test_scores_are_weighted_reciprocal_ranks() -> None:
    assert dict(fuse("ab", "bc", 0.5, k=10)) == pytest.approx({"a": 1 / 11, "b": 1 / 12 + 0.5 / 11, "c": 0.5 / 12})


def test_a_plain_question_keeps_the_dense_order_but_for_close_calls() -> None:
    assert order("abcdefghij", "jz", PARAPHRASE_WEIGHT).startswith("abj")
    assert order("abcdefghijklmnopq", "q", PARAPHRASE_WEIGHT)[0] == "a"
    assert order("ab", "b", PARAPHRASE_WEIGHT) == "ba"


def test_a_name_puts_word_matches_first() -> None:
    assert order("abcdef", "xe", NAME_WEIGHT)[:2] == "ex"


def test_ties_go_by_dense_rank_and_then_by_name() -> None:
    assert order("", "", 1) == ""
    assert order("ab", "ba", 1) == "ab"
    assert order("b", "a", 1) == "ba"
    assert fuse(["z"], ["y", "x"], 0) == [("z", 1 / 61), ("x", 0), ("y", 0)]


def test_a_ranking_that_names_one_twice_counts_the_first() -> None:
    assert fuse(["a", "a", "b"], [], 1) == [("a", 1 / 61), ("b", 1 / 62)]


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
    "query",
    ['who said "so what"', "wer sagte „so ist das“", "« tu seras »", "Slugs' Saloon", "the night at Newport"],
)
def test_words_count_much_for_names_and_quotations(query: str) -> None:
    assert lexical_weight(query) == NAME_WEIGHT


@pytest.mark.parametrize("query", ["why did he give up the band?", "What makes swing swing?", 'a 12" record', ""])
def test_words_count_little_for_plain_questions(query: str) -> None:
    assert lexical_weight(query) == PARAPHRASE_WEIGHT


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
    assert not supported("why?", ["Because."], COSINE_FLOOR - 0.001)
    assert supported("why?", ["Because."], COSINE_FLOOR)


def test_nothing_found_is_no_answer() -> None:
    assert not supported("why?", [], 0.99)
