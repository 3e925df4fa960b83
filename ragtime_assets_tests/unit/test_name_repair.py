"""Names that were nearly heard are spelled as the show notes spell them; nothing else changes."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.domain.language.name_repair import with_names
from ragtime_assets.samples.server import REFERENCE

ABSENT = """Thelonious Monk, Sonny Rollins, Max Roach, Art Blakey, Lee Morgan, Wayne Shorter, Ron Carter, Tony Williams,
Ella Fitzgerald, Billie Holiday, Lester Young, Ben Webster, Johnny Hodges, Ray Brown, Oscar Peterson, Jim Hall,
Pat Metheny, Keith Jarrett, Chick Corea, Gary Burton""".replace("\n", " ").split(", ")


def said(text: str) -> Segment:
    words = tuple(
        Word(start=float(place), end=place + 0.9, text=word, probability=0.9) for place, word in enumerate(text.split())
    )
    return Segment(start=0, end=float(len(words)), text=text, words=words)


def repaired(text: str, *names: str) -> str:
    (segment,), _ = with_names([said(text)], names)
    assert segment.text == " ".join(word.text for word in segment.words)
    return segment.text


@pytest.mark.parametrize(
    ("heard", "name", "right"),
    [
        ("and Winton Kelly plays", "Wynton Kelly", "and Wynton Kelly plays"),
        ("that is Thelonius Monk.", "Thelonious Monk", "that is Thelonious Monk."),
        ("so Stefan Grappelli came", "St\u00e9phane Grappelli", "so St\u00e9phane Grappelli came"),
        ("with Jango Reinhart's guitar", "Django Reinhardt", "with Django Reinhardt's guitar"),
        ("the great Grapelli, again", "St\u00e9phane Grappelli", "the great Grappelli, again"),
        ("a quartet of Charliehayden and", "Charlie Haden", "a quartet of Charlie Haden and"),
        ("it was Cold Train who", "John Coltrane", "it was Cold Train who"),
        ("Thelo Nius Monk sat", "Thelonious Monk", "Thelonious Monk sat"),
        ("(Winton Kelly)", "Wynton Kelly", "(Wynton Kelly)"),
        ("by Ludwig van Bethoven here", "Ludwig van Beethoven", "by Ludwig van Beethoven here"),
    ],
)
def test_a_near_miss_of_a_name_becomes_the_name(heard: str, name: str, right: str) -> None:
    assert repaired(heard, name) == right


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("Well, Clara said", "Clara Wells"),
        ("so Clara, Well is it", "Clara Wells"),
        ("Martin read the notes", "Martin Reed"),
        ("then Gil Evans wrote it", "Bill Evans"),
        ("and Tim Hall played", "Jim Hall"),
        ("Parking is hard there. Parked cars", "Charlie Parker"),
        ("the parked cars", "Charlie Parked"),
        ("with Lil Armstrong in", "Louis Armstrong"),
        ("a man called Evan came", "Bill Evans"),
    ],
)
def test_what_only_looks_a_little_like_a_name_stays(heard: str, name: str) -> None:
    assert repaired(heard, name) == heard


@pytest.mark.parametrize("episode", sorted(REFERENCE))
@pytest.mark.parametrize("name", ABSENT)
def test_a_name_that_nobody_says_is_not_put_into_anybody_s_mouth(episode: str, name: str) -> None:
    sentences = [said(sentence) for sentence in REFERENCE[episode].split("\n") if sentence.split()]

    segments, notes = with_names(sentences, [name])

    assert notes == ()
    assert segments == tuple(sentences)


def test_times_are_kept_and_the_repair_is_counted() -> None:
    segments, notes = with_names([said("Winton Kelly and Winton Kelly again")], ["Wynton Kelly"])

    assert [(word.start, word.end) for word in segments[0].words] == [(place, place + 0.9) for place in range(6)]
    assert segments[0].words[0].probability == 0.9
    assert notes == ("2 names spelled as in the title and the show notes",)


def test_a_name_in_another_number_of_words_shares_the_time_it_was_said_in() -> None:
    ((segment,), _) = with_names([said("with Charliehayden tonight")], ["Charlie Haden"])

    words = segment.words[1:3]
    assert [word.text for word in words] == ["Charlie", "Haden"]
    assert (words[0].start, words[1].end) == (1.0, 1.9)
    assert all(word.interpolated for word in words)


def test_a_name_that_was_heard_right_is_no_near_miss_of_another() -> None:
    heard = "first Bill Evans and then Gill Evans"

    assert repaired(heard, "Gil Evans", "Bill Evans") == "first Bill Evans and then Gil Evans"
