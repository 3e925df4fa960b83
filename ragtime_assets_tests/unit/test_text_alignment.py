"""A publisher's words take the place of the heard ones, and nothing else of the publisher's does."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest

from ragtime_assets.domain.artifacts.transcript import Paragraph, Segment, Word
from ragtime_assets.domain.language.spelling import spelled
from ragtime_assets.domain.language.words import letters
from ragtime_assets.phases.listening.published_words import reworded
from ragtime_assets.phases.listening.text_alignment import aligned, misheard


def heard(*sentences: str, start: float = 0.0) -> tuple[Segment, ...]:
    """Half a second per word, a tenth of it silence."""
    segments: list[Segment] = []
    for sentence in sentences:
        words: list[Word] = []
        for text in sentence.split():
            words.append(Word(start=round(start, 3), end=round(start + 0.4, 3), text=text, probability=0.9))
            start += 0.5
        segments.append(Segment(start=words[0].start, end=words[-1].end, text=sentence, words=tuple(words)))
    return tuple(segments)


def wrote(*paragraphs: str) -> list[Paragraph]:
    """Each "Name: words", or only words."""
    split = [paragraph.rpartition(": ") for paragraph in paragraphs]
    return [Paragraph(text=text, speaker=speaker or None) for speaker, _, text in split]


def lines(segments: tuple[Segment, ...]) -> list[str]:
    return [f"{segment.speaker}: {segment.text}" if segment.speaker else segment.text for segment in segments]


def words(segments: tuple[Segment, ...]) -> list[Word]:
    return [word for segment in segments for word in segment.words]


def test_names_are_spelled_as_they_are_published_at_the_times_when_they_were_heard() -> None:
    said = heard("then yengo reinhart and stefan grappelly met backstage at the hotel")

    result = reworded(said, wrote("Then Django Reinhardt and Stéphane Grappelli met backstage at the hotel."))

    assert lines(result.segments) == ["Then Django Reinhardt and Stéphane Grappelli met backstage at the hotel."]
    assert [(word.start, word.end) for word in words(result.segments)] == [
        (word.start, word.end) for word in words(said)
    ]
    assert not any(word.interpolated for word in words(result.segments))


def test_how_sure_the_engine_was_stays_with_its_own_words_only() -> None:
    result = reworded(heard("we met yengo in a room at night"), wrote("We met Django in a room at night."))

    assert [word.probability for word in words(result.segments)] == [0.9, 0.9, None, *[0.9] * 5]


def test_words_that_share_the_time_of_others_say_so() -> None:
    text = wrote("They played Crazy Rhythm and Honey-suckle Ro se on.")

    result = reworded(heard("they played crazy rhythm and honeysuckle rows on"), text)

    spread = [(word.text, word.start, word.end) for word in words(result.segments) if word.interpolated]
    assert [text for text, _, _ in spread] == ["Ro", "se"]
    assert (spread[0][1], spread[-1][2]) == (3.0, 3.4)


def test_what_was_not_published_stays_as_it_was_heard_and_is_nobody_s() -> None:
    ad = "this show is brought to you by a mattress that you will love"
    said = heard("welcome to the long chorus everybody.", ad, "today we go to paris and to rome.")

    result = reworded(
        said, wrote("Ann: Welcome to The Long Chorus, everybody.", "Ann: Today we go to Paris and to Rome.")
    )

    assert lines(result.segments) == [
        "Ann: Welcome to The Long Chorus, everybody.",
        ad,
        "Ann: Today we go to Paris and to Rome.",
    ]
    assert result.segments[1].words == said[1].words


def test_a_filler_belongs_to_who_is_speaking() -> None:
    result = reworded(heard("so we went um to the studio in rome"), wrote("Ann: So we went to the studio in Rome."))

    assert lines(result.segments) == ["Ann: So we went um to the studio in Rome."]


def test_what_is_published_and_never_said_is_left_out() -> None:
    said = heard("welcome to the long chorus everybody.", "today we go to paris and to roam.")
    text = wrote(
        "Transcript of episode one, which is copyright of the show and its makers",
        "Ann: Welcome to The Long Chorus everybody.",
        "Part two",
        "Bo: Today we go to Paris and to Rome.",
        "Part three",
    )

    assert lines(reworded(said, text).segments) == [
        "Ann: Welcome to The Long Chorus everybody.",
        "Bo: Today we go to Paris and to Rome.",
    ]


def test_a_heading_that_nobody_says_takes_the_place_of_nothing() -> None:
    said = heard("welcome to the long chorus everybody um yeah today we go to paris and to rome")
    text = wrote("Ann: Welcome to The Long Chorus, everybody.", "Part two", "Ann: Today we go to Paris and to Rome.")

    assert " ".join(one.text for one in reworded(said, text).segments) == (
        "Welcome to The Long Chorus, everybody. um yeah Today we go to Paris and to Rome."
    )


def test_a_short_paragraph_that_sounds_like_what_was_heard_is_no_heading() -> None:
    said = heard("welcome to the long chorus everybody thank u today we go to paris and rome")
    text = wrote(
        "Ann: Welcome to The Long Chorus, everybody.", "Bo: Thank you!", "Ann: Today we go to Paris and to Rome."
    )

    assert "Bo: Thank you!" in lines(reworded(said, text).segments)


def test_words_whose_times_were_spread_before_still_say_so() -> None:
    unheard = tuple(
        one.model_copy(update={"words": tuple(word.model_copy(update={"interpolated": True}) for word in one.words)})
        for one in heard("we met yengo in a room at night")
    )

    found = words(reworded(unheard, wrote("We met Django in a room at night.")).segments)

    assert [(word.text, word.interpolated) for word in found][2] == ("Django", True)
    assert all(word.interpolated for word in found)


def test_a_word_that_was_missed_has_the_time_between_its_neighbours() -> None:
    result = reworded(heard("they recorded a side for the label"), wrote("They recorded a fine side for the label."))

    (fine,) = [word for word in words(result.segments) if word.text == "fine"]
    assert (fine.start, fine.end, fine.interpolated) == (1.4, 1.5, True)


def test_a_word_that_was_missed_does_not_last_as_long_as_the_music_after_it() -> None:
    said = (*heard("they recorded this tune for a"), *heard("label in the spring", start=60))

    found = words(reworded(said, wrote("They recorded this tune for a fine label in the spring.")).segments)

    assert [(word.start, word.end) for word in found if word.text == "fine"] == [(2.9, 3.9)]


def test_an_opening_that_was_recorded_again_stays_as_it_was_heard() -> None:
    opening = (
        "hello and it is good to be with you on the first of may for a walk in the old town of which we know little"
    )
    said = heard(opening, "django was born in belgium and grew up in a caravan at the edge of paris")
    other = "Welcome to a new season of the programme, and in this one you will be with me in the archives of the city."

    result = reworded(said, wrote(other, "Django was born in Belgium, and grew up in a caravan at the edge of Paris."))

    assert lines(result.segments)[0] == opening
    assert result.segments[0].words == said[0].words


def test_segments_are_published_sentences_and_change_with_the_speaker() -> None:
    said = heard("and what did they record first in december they made four", "sides one was called dinah")
    text = wrote("Ann: And what did they record first?", "Bo: In December they made four sides. One was called Dinah.")

    result = reworded(said, text)

    assert lines(result.segments) == [
        "Ann: And what did they record first?",
        "Bo: In December they made four sides.",
        "Bo: One was called Dinah.",
    ]
    assert [(segment.start, segment.end) for segment in result.segments] == [(0.0, 2.9), (3.0, 5.9), (6.0, 7.9)]


def test_a_pause_ends_a_segment_and_so_do_forty_words() -> None:
    said = (*heard("we listen now to the tune"), *heard("and that was the whole of it", start=60))
    long = " ".join(f"word{number}" for number in range(100))

    assert len(reworded(said, wrote("We listen now to the tune and that was the whole of it.")).segments) == 2
    assert max(len(one.words) for one in reworded(heard(long), wrote(long)).segments) == 40


def test_a_segment_keeps_its_language() -> None:
    french = heard("bonjour et bienvenue a tous", start=10)[0].model_copy(update={"language": "fr"})
    text = wrote("Good evening to all of you bonjour et bienvenue à tous")

    segments = reworded((*heard("good evening to all of you"), french), text).segments

    assert [(one.language, one.text) for one in segments] == [
        (None, "Good evening to all of you"),
        ("fr", "bonjour et bienvenue à tous"),
    ]


def test_scripts_without_spaces_are_compared_sign_by_sign() -> None:
    word = Word(start=2, end=3, text="東經")
    said = Segment(start=0, end=4, text="我們去東經吧", words=(
        Word(start=0, end=2, text="我們去"), word, Word(start=3, end=4, text="吧"),
    ))  # fmt: skip

    (segment,) = reworded((said,), wrote("「我們去東京吧。」")).segments

    assert segment.text == "「我們去東京吧。」"
    assert next(one for one in segment.words if one.text == "京").end == 3


def test_times_that_ran_backwards_run_forwards_afterwards() -> None:
    late = heard("one two three four five six")[0]
    jumbled = late.model_copy(update={"words": (*late.words[:3], late.words[5], *late.words[3:5])})
    jumbled = jumbled.model_copy(update={"text": " ".join(word.text for word in jumbled.words)})

    found = words(reworded((jumbled,), wrote("One two three six four five.")).segments)

    assert all(before.start <= word.start <= word.end for before, word in pairwise(found))


def rambling(seed: int, count: int) -> list[str]:
    """Words as a language has them: few of them often, many of them rarely."""
    chance = random.Random(seed)  # noqa: S311 - a sentence, not a secret
    return [f"w{int(chance.paretovariate(0.8))}{'.' if chance.random() < 0.1 else ''}" for _ in range(count)]


def mangled(said: list[str], seed: int) -> list[str]:
    """With every sixth word misheard, missed or said twice."""
    chance = random.Random(seed)  # noqa: S311
    kinds = (lambda word: [f"x{word}"], lambda word: [], lambda word: [word, word], lambda word: [word[:1], word[1:]])
    return [piece for word in said for piece in (chance.choice(kinds)(word) if chance.random() < 0.17 else [word])]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_misheard_words_stay_in_order_inside_their_segments_and_spell_the_text(seed: int) -> None:
    text = rambling(seed, 400)
    ear = mangled(text, seed)
    said = heard(*(" ".join(ear[at : at + 12]) for at in range(0, len(ear), 12)))

    result = reworded(said, wrote(*(" ".join(text[at : at + 50]) for at in range(0, len(text), 50))))

    starts = [word.start for word in words(result.segments)]
    assert starts == sorted(starts)
    for segment in result.segments:
        assert all(segment.start <= word.start <= word.end <= segment.end for word in segment.words)
        assert tuple(word for _, word in spelled(segment)) == segment.words
    assert result.agreement > 0.6
    wrong = [
        sum(one.size for one in aligned(version, text) if not one.same)
        for version in (ear, " ".join(segment.text for segment in result.segments).split())
    ]
    assert wrong[1] < wrong[0] / 2


def test_agreement_between_greater_disagreements_is_chance() -> None:
    found = aligned(["a", "b", "x", "y", "the", "z", "q", "c", "d"], ["a", "b", "k", "l", "the", "m", "n", "c", "d"])

    assert [(one.same, len(one.heard), len(one.published)) for one in found] == [
        (True, 2, 2),
        (False, 5, 5),
        (True, 2, 2),
    ]


def test_a_slip_of_the_ear_is_short_or_sounds_alike() -> None:
    assert misheard(["fifty", "nine"], ["1959"])
    assert misheard(["honey", "suckle", "rows", "with", "yongo"], ["honeysuckle", "rose", "with", "django"])
    assert not misheard(["visit", "our", "shop", "for", "mattresses"], ["chapter", "two", "in", "rome"])
    assert not misheard(["word"] * 41, ["word"] * 41)
    assert not misheard([], ["word"])


def test_case_accents_and_punctuation_do_not_count() -> None:
    assert letters("«Stéphane’s»") == letters("stephanes") == "stephanes"
    assert letters("Straße") == letters("STRASSE")
    assert letters("–") == ""


LA = ["la"] * 60_000


@pytest.mark.parametrize(
    ("ear", "text"),
    [
        (mangled(rambling(1, 15_000), 1), rambling(1, 15_000)),
        (LA, LA),
        (LA, LA[:40_000]),
        (["la", "lo", "lo"] * 20_000, ["lo", "la"] * 30_000),
    ],
    ids=["an episode of two hours", "a loop", "a shorter loop", "another loop"],
)
def test_a_long_text_is_aligned_in_time(ear: list[str], text: list[str]) -> None:
    said = heard(*(" ".join(ear[at : at + 12]) for at in range(0, len(ear), 12)))
    paragraphs = wrote(*(" ".join(text[at : at + 90]) for at in range(0, len(text), 90)))

    started = time.process_time()
    result = reworded(said, paragraphs)

    assert result.agreement > 0.6
    # A second and a half at most on an idle machine; a table of all pairs of words takes half an hour.
    assert time.process_time() - started < 20
