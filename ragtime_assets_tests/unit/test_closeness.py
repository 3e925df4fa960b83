"""Whether what was found is close: the clues there are, and what they add up to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ragtime_assets.domain.searching.closeness import (
    FEW_LETTERS,
    LETTERS,
    NOT_ASKED,
    WAYS,
    Clue,
    Clues,
    Near,
    Way,
    clues_of,
    judged,
    sentences_of,
    weighing,
)
from ragtime_assets.domain.searching.found import RankedPassage
from ragtime_assets.domain.searching.query_words import asked_in
from ragtime_assets_tests.corpus.rows import passage
from ragtime_assets_tests.fakes import FakeLanguageDetector

AGAINST = (Clue.MISSING, Clue.LANGUAGE)
NOTHING: Clues = dict.fromkeys(Clue, 0.0)


def all_as_near(likeness: float) -> Clues:
    """Passages and sentences, each as near as this."""
    return {**NOTHING, **dict.fromkeys((Clue.LIKENESS, Clue.SENTENCE, Clue.TRAITS), likeness)}


def clues(query: str, best: Sequence[RankedPassage], near: Near = NOT_ASKED) -> Clues:
    return clues_of(query, asked_in(query, FakeLanguageDetector(probability=0.0).detect), best, near)


def hit(text: str, likeness: float = 0.4, share: float = 0.3, **fields: object) -> RankedPassage:
    return RankedPassage(1, 0.0, passage("d", text).model_copy(update=fields), likeness, share)


def test_the_nearest_of_the_best_passages_counts_and_what_the_first_has_of_the_words() -> None:
    found = clues("why?", [hit("Because.", 0.4, 0.3), hit("So.", 0.9, 0.9)], Near(best=[0.2, 0.3]))
    assert (found[Clue.LIKENESS], found[Clue.SHARE]) == (0.3, 0.3)
    assert clues("why?", [hit("Because.", 0.4)])[Clue.LIKENESS] == 0, "where vectors were not asked"


def test_the_nearest_sentence_counts_and_what_words_mean_where_they_stand() -> None:
    found = clues("why?", [hit("Because.")], Near(sentences=[0.2, 0.9, 0.4], traits=0.3))
    assert (found[Clue.SENTENCE], found[Clue.TRAITS]) == (0.9, 0.3)
    few = clues("why?", [hit("Because.")])
    assert (few[Clue.SENTENCE], few[Clue.TRAITS]) == (0, 0), "where a search was asked"


@pytest.mark.parametrize(
    ("query", "letters"),
    [
        ("", FEW_LETTERS),
        ("lamp", FEW_LETTERS),
        ("Why was the lighthouse at Skerry Point moved inland?", 32),
        ("lighthouse " * 20, LETTERS),
        ("宋朝墓碑上的古字是什么意思，后来在哪里弄明白的", 4 * 12),
        ("กรุงเทพมหานครตั้งอยู่ที่ไหน", 4 * 8),
    ],
)
def test_the_letters_of_the_words_that_tell_what_is_asked_count_where_they_are_neither_few_nor_plenty(
    query: str, letters: int
) -> None:
    assert clues(query, [hit("x")])[Clue.LETTERS] == pytest.approx(letters / LETTERS)


@pytest.mark.parametrize(
    ("query", "language", "own"),
    [("Why did the lamp move?", "en", 1), ("Warum wurde die Lampe bewegt?", "en", 0), ("Lampe", "de", 1)],
)
def test_it_is_told_whether_the_passage_is_in_the_language_of_the_question(query: str, language: str, own: int) -> None:
    assert clues(query, [hit("x", language=language)])[Clue.LANGUAGE] == own


@pytest.mark.parametrize(
    ("query", "named", "missing"),
    [
        ("why did he leave the band?", 0, 0),
        ("Did Miles Davis leave?", 1, 0),
        ("Did Myles Davies leave?", 1, 0),
        ("Did Miles Davis meet John Coltrane?", 1, 0),
        ("Did Miles Davis sing Tosca?", 1, 1),
        ("did davies leave", 1, 0),
        ("did he sing Tosca?", 0, 1),
    ],
)
def test_names_asked_for_are_looked_for_in_the_best_few_passages(query: str, named: float, missing: float) -> None:
    found = clues(query, [hit("So Miles Davis left."), hit("He was tired."), hit("So was Coltrane.")])
    assert (found[Clue.NAMED], found[Clue.MISSING]) == (named, missing)


def test_a_name_may_stand_in_title_chapter_or_speakers() -> None:
    best = [hit("We left.", episode_title="Davis in Paris", chapter="Coltrane", speakers=("Ann Peters",))]
    assert clues("Did Davis, Coltrane and Peters meet?", best)[Clue.MISSING] == 0


@pytest.mark.parametrize(
    ("query", "share"), [("the lamp that moved", 1.0), ("how lamps are moved by ferries", 2 / 3), ("why soap?", 0.0)]
)
def test_words_of_a_title_count_in_whatever_form(query: str, share: float) -> None:
    assert clues(query, [hit("x", episode_title="The Lamp That Moved")])[Clue.TITLE] == pytest.approx(share)


@pytest.mark.parametrize(
    ("query", "all_there"),
    [
        ("lamps", 1),
        ("Who moved the lamp?", 1),
        ("Where did Ann move the lamps in Harbour Days?", 1),
        ("Who moved the lamp inland?", 0),
        ("xyzzyqwrt", 0),
        ("", 0),
    ],
)
def test_it_counts_that_every_word_of_a_query_is_in_the_first_passage_in_whatever_form(
    query: str, all_there: float
) -> None:
    best = [hit("The lamp was moved.", episode_title="Harbour Days", speakers=("Ann",)), hit("Inland, soap was used.")]
    assert clues(query, best)[Clue.WORDS] == all_there


@pytest.mark.parametrize("way", WAYS)
def test_each_clue_moves_the_certainty_where_it_points_to(way: Way) -> None:
    for clue in weighing()[way].weights:
        moved = judged({**NOTHING, clue: 1.0}, way).certainty - judged(NOTHING, way).certainty
        assert moved <= 0 if clue in AGAINST else moved >= 0


@pytest.mark.parametrize("way", WAYS)
def test_nothing_to_go_by_is_not_close_and_everything_surely_is(way: Way) -> None:
    everything: Clues = {clue: 0.0 if clue in AGAINST else 1.0 for clue in Clue}
    assert not judged(NOTHING, way).is_close
    sure = judged(everything, way)
    assert sure.is_close
    assert not sure.is_weak


def test_between_the_lines_it_is_close_and_weak() -> None:
    found = [judged(all_as_near(step / 100), "answer") for step in range(101)]
    assert [one.is_close for one in found] == sorted(one.is_close for one in found)
    assert any(one.is_weak for one in found)
    assert all(one.is_close for one in found if one.is_weak)


def test_a_missing_name_may_turn_what_is_close_into_what_is_not() -> None:
    weakly = next(clues for step in range(101) if judged(clues := all_as_near(step / 100), "answer").is_close)
    assert not judged({**weakly, Clue.MISSING: 1.0}, "answer").is_close


def test_each_sentence_of_the_passages_is_there_once_and_a_long_one_in_pieces() -> None:
    shared, long = "They met in the club again.", " ".join(["word"] * 90)
    texts = (f"It was a long night. {shared}", f"{shared} And then home they went.", long)
    pieces = sentences_of([passage("d", text) for text in texts])
    assert pieces[:3] == ["It was a long night.", shared, "And then home they went."]
    assert [len(piece.split()) for piece in pieces[3:]] == [40, 10]


def test_a_text_without_spaces_has_sentences_too_and_long_ones_are_cut_after_as_many_words() -> None:
    first, second = "大門寺さんは音を聞いています。", "曇りの日でも、昼間でも数えられます。"
    assert sentences_of([passage("d", first + second)]) == [first, second]
    assert [len(piece) for piece in sentences_of([passage("d", "字" * 90)])] == [79, 11]
    assert sentences_of([passage("d", "")]) == []
