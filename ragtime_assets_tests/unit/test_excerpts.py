"""What a hit shows and where it plays: around the words that were asked for, from the second of the first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.rendering.word_times import Place, TimedText, places, second_at, timed_texts
from ragtime_assets.domain.searching.excerpts import LONGEST, Excerpt, excerpt_around, excerpt_of
from ragtime_assets.domain.searching.found import RankedPassage, Stretch
from ragtime_assets_tests.corpus.rows import passage

SENTENCE = "Brushes and a bass carry the slow chorus along here."
FAR = " ".join([SENTENCE] * 20 + ["Then Django lit the caravan lamp.", *[SENTENCE] * 20])


def stretch(text: str, start: float = 100.0, end: float = 160.0, language: str = "en") -> Stretch:
    found = passage("d", text, start=start, end=end, language=language)
    return Stretch(RankedPassage(1, 0.9, found), (found,))


def shown(text: str, query: str, said: Sequence[TimedText] = (), language: str = "en") -> Excerpt:
    return excerpt_of(stretch(text, language=language), query, lambda *_: said)


def asked_in(excerpt: Excerpt) -> list[str]:
    return [excerpt.text[start:end] for start, end in excerpt.asked]


def test_a_hit_plays_when_the_first_of_the_words_that_were_asked_for_is_said() -> None:
    said = [TimedText(100.0 + place, word) for place, word in enumerate(("They", "said:", "“Django,”", "and", "left."))]
    assert shown("They said: “Django,” and left.", "django left", said).second == pytest.approx(102.0, abs=0.1)
    assert shown("They said: “Django,” and left.", "left", said).second == 104.0


def test_words_are_listened_for_between_the_seconds_of_the_hit() -> None:
    asked: list[tuple[float, float]] = []

    def heard(key: str, start: float, end: float) -> Sequence[TimedText]:
        asked.append((start, end))
        return ()

    excerpt_of(stretch("He played.", start=12.0, end=20.0), "played", heard)
    assert asked == [(12.0, 20.0)]


def test_a_word_said_twice_is_played_where_it_is_said_first() -> None:
    said = [TimedText(100.0 + place, word) for place, word in enumerate(["a", "band", "is", "a", "band"])]
    assert shown("a band is a band", "band", said).second == 101.0


def test_where_nobody_timed_the_words_their_second_is_reckoned_from_what_is_known() -> None:
    text = "One two three four. Five six seven eight."
    assert shown(text, "five").second == pytest.approx(100 + 60 * text.index("Five") / len(text), abs=0.01)
    by_segment = [TimedText(100.0, "One two three four."), TimedText(140.0, "Five six seven eight.")]
    assert shown(text, "five", by_segment).second == 140.0
    assert 140.0 < shown(text, "eight", by_segment).second < 160.0


def test_words_that_are_said_elsewhere_move_nothing() -> None:
    said = [TimedText(5.0, "Django"), TimedText(500.0, "lamp")]
    assert 100.0 <= shown(FAR, "django lamp", said).second <= 160.0


def test_a_hit_without_any_of_the_words_plays_from_its_beginning() -> None:
    excerpt = shown(FAR, "zeppelin")
    assert (excerpt.asked, excerpt.second) == ((), 100.0)
    assert excerpt.text.startswith("Brushes and a bass")


def test_a_long_hit_is_cut_to_what_is_said_around_the_words() -> None:
    excerpt = shown(FAR, "caravan")
    assert asked_in(excerpt) == ["caravan"]
    assert len(excerpt.text) <= LONGEST + 2
    assert excerpt.text.startswith("…Brushes"), "it begins with a sentence"
    assert excerpt.text.endswith("…")


def test_a_cut_begins_with_a_sentence_where_no_spaces_are_written_too() -> None:
    before, behind = "彼は長い歌をゆっくりと歌った。" * 30, "彼は歌った。" * 60
    excerpt = shown(f"{before}ジャンゴは弾いた。{behind}", "ジャンゴ", language="ja")
    assert "ジャンゴは弾いた。" in excerpt.text
    assert excerpt.text.startswith("…彼は長い歌を")


def test_of_several_places_the_one_with_most_of_the_words_is_shown() -> None:
    text = f"Django sat there. {FAR}"
    excerpt = shown(text, "Django caravan")
    assert asked_in(excerpt) == ["Django", "caravan"]
    assert "sat there" not in excerpt.text


def test_a_short_hit_is_shown_whole() -> None:
    assert shown("He played.", "played").text == "He played."


@pytest.mark.parametrize(
    ("text", "query", "language"),
    [
        ("彼は歌った。" * 100 + "ジャンゴは弾いた。" + "彼は歌った。" * 100, "ジャンゴ", "ja"),
        ("a" * 5_000, "a", "en"),
        ("word " * 2_000, "word", "en"),
        ("\u200bDjango\u202e " * 300, "Django", "en"),
        ("", "Django", "en"),
        ("🎷 " * 400 + "Django", "Django", "en"),
    ],
)
def test_whatever_the_text_is_what_is_shown_is_short_and_marks_whole_words(
    text: str, query: str, language: str
) -> None:
    excerpt = shown(text, query, language=language)
    assert len(excerpt.text) <= LONGEST + 2
    assert all(word.casefold() in query.casefold() for word in asked_in(excerpt))
    assert 100.0 <= excerpt.second <= 160.0


def test_every_word_of_a_text_has_its_place_though_some_are_spelled_otherwise() -> None:
    segment = Segment(
        start=0,
        end=4,
        text="Then Django left town",
        words=tuple(Word(start=at, end=at + 1, text=text) for at, text in enumerate(("Then", "Jango", "left", "town"))),
    )
    assert list(places(segment.text, timed_texts([segment]))) == [Place(0, 0), Place(12, 2), Place(17, 3)]


def test_what_is_heard_without_a_letter_stands_nowhere() -> None:
    said = [TimedText(0.0, "Then"), TimedText(1.0, "  "), TimedText(2.0, "Django")]
    assert list(places("Then Django left", said)) == [Place(0, 0.0), Place(5, 2.0)]


def test_between_two_known_places_the_time_runs_on_and_never_back() -> None:
    known = [Place(10, 5.0), Place(20, 4.0)]
    seconds = [second_at(at, known, Place(0, 0.0), Place(30, 9.0)) for at in range(30)]
    assert seconds[10] == 5.0
    assert seconds[:11] == sorted(seconds[:11])
    assert all(0.0 <= one <= 9.0 for one in seconds)


def test_a_word_that_is_heard_outside_of_its_stretch_moves_no_other() -> None:
    assert second_at(10, [Place(10, 50.0), Place(40, 8.0)], Place(0, 0.0), Place(30, 9.0)) == 3.0


def test_an_answer_shows_its_quote_between_marks_among_what_is_said_around_it() -> None:
    found = excerpt_around("Then Django lit the caravan lamp.", 12.5, passage("d", FAR), "Who lit the lamp?")
    assert f"{SENTENCE} “Then Django lit the caravan lamp.” {SENTENCE}" in found.text
    assert found.text.startswith("…")
    assert found.text.endswith("…")
    assert found.second == 12.5
    assert asked_in(found) == ["lit", "lamp"]


def test_a_quote_is_shown_to_its_end_or_to_where_it_was_cut() -> None:
    sentence = " ".join(["chorus"] * 100)
    assert f"“{sentence}”" in excerpt_around(sentence, 1.0, passage("d", f"{sentence} And on."), "chorus").text
    cut = f"{sentence[:100]}…"
    assert excerpt_around(cut, 1.0, passage("d", f"{sentence} And on."), "chorus").text == f"“{cut}”"


def test_a_whole_passage_that_is_short_is_shown_around_its_quote() -> None:
    found = excerpt_around("He played.", 3.0, passage("d", "They met. He played. She sang."), "Who played?")
    assert found.text == "They met. “He played.” She sang."
    trailing = excerpt_around("He played…", 3.0, passage("d", "They met. He played… She sang."), "Who played?")
    assert trailing.text == "They met. “He played…” She sang."
