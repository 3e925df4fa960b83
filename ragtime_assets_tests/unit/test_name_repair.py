"""Names that were nearly heard are spelled as the show notes spell them; plain words and other names stay."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.artifact import upgraded
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.phases.listening.name_repair import as_heard, with_names
from ragtime_assets.samples.server import REFERENCE
from ragtime_assets_tests.transcripts import recognized

VOCABULARY = load_vocabulary()
ABSENT = """Thelonious Monk, Sonny Rollins, Max Roach, Art Blakey, Lee Morgan, Wayne Shorter, Ron Carter, Tony Williams,
Ella Fitzgerald, Billie Holiday, Lester Young, Ben Webster, Johnny Hodges, Ray Brown, Oscar Peterson, Jim Hall,
Pat Metheny, Keith Jarrett, Chick Corea, Gary Burton""".replace("\n", " ").split(", ")


def repaired(text: str, *names: str, language: str = "en") -> str:
    (segment,) = with_names(recognized(text, language=language), names, VOCABULARY).segments
    assert segment.text == " ".join(word.text for word in segment.words)
    return segment.text


@pytest.mark.parametrize(
    ("heard", "name", "right"),
    [
        ("and Winton Kelly plays", "Wynton Kelly", "and Wynton Kelly plays"),
        ("that is Thelonius Monk.", "Thelonious Monk", "that is Thelonious Monk."),
        ("with Jango Reinhart's guitar", "Django Reinhardt", "with Django Reinhardt's guitar"),
        ("so Grapelli came again", "St\u00e9phane Grappelli", "so Grappelli came again"),
        ("a quartet of Charliehayden and", "Charlie Haden", "a quartet of Charlie Haden and"),
        ("he (Winton Kelly)", "Wynton Kelly", "he (Wynton Kelly)"),
        ("by Ludwig van Bethoven here", "Ludwig van Beethoven", "by Ludwig van Beethoven here"),
        ("then Orin Keep News rang", "Orrin Keepnews", "then Orrin Keepnews rang"),
        ("said Catalin Carico and", "Katalin Karik\u00f3", "said Katalin Karik\u00f3 and"),
    ],
)
def test_a_near_miss_of_a_name_becomes_the_name(heard: str, name: str, right: str) -> None:
    assert repaired(heard, name) == right


@pytest.mark.parametrize(
    ("heard", "right"),
    [
        ("Wir h\u00f6rten Piazollas Fugen", "Wir h\u00f6rten Piazzollas Fugen"),
        ("sagte Astor Piazolla dann", "sagte Astor Piazzolla dann"),
    ],
)
def test_a_genitive_without_a_mark_stays_one(heard: str, right: str) -> None:
    assert repaired(heard, "Astor Piazzolla", language="de") == right


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("Well, Clara said", "Clara Wells"),
        ("so Clara, Well is it", "Clara Wells"),
        ("Martin read the notes", "Martin Reed"),
        ("Parking is hard there. Parked cars", "Charlie Parker"),
        ("the parked cars", "Charlie Parked"),
        ("so the Americans came", "The American"),
        ("He keeps news clippings", "Orrin Keepnews"),
        ("It was Cold Train who", "John Coltrane"),
        ("Edington is a village", "Arthur Eddington"),
        ("said that Rollins and others", "Sonny Rollin"),
    ],
)
def test_a_plain_word_is_never_rewritten(heard: str, name: str) -> None:
    assert repaired(heard, name) == heard


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("In diesem Podcast geht es", "Alle Podcasts"),
        ("mit seiner Partnerin zusammen", "Ute Partner"),
        ("in ganz Europa war das", "Die Europas"),
        ("Den Meridian zieht man so", "Maria Sibylla Merian"),
        ("Der Dahlienmeier hat", "Laura Dahlmeier"),
        ("die Pianisten und Otto Fisch", "Otto Frisch"),
    ],
)
def test_a_german_noun_is_no_name_for_its_capital(heard: str, name: str) -> None:
    assert repaired(heard, name, language="de") == heard


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("then Gil Evans wrote it", "Bill Evans"),
        ("and Tim Hall played", "Jim Hall"),
        ("with Lil Armstrong in", "Louis Armstrong"),
        ("a man called Evan came", "Bill Evans"),
        ("when Elizabeth Arden sold it", "Jacinda Ardern"),
        ("that Mark Rudolph did it", "Marc Randolph"),
        ("and Allen Ginsberg read", "Carlo Ginzburg"),
        ("as Marion Brown played", "Marian McPartland"),
    ],
)
def test_somebody_else_s_name_stays(heard: str, name: str) -> None:
    assert repaired(heard, name) == heard


def test_no_word_beside_a_name_is_swallowed_by_it() -> None:
    assert repaired("Then Tyg O'Rourke picks up", "Tadhg O'Rourke") == "Then Tyg O'Rourke picks up"
    assert repaired("what Chimamanda Adiche says", "Chimamanda Ngozi Adichie") == "what Chimamanda Adichie says"


def test_a_word_that_is_also_said_in_lower_case_is_plain() -> None:
    heard = recognized("there is grapelli in the jar", "and so Grapelli came")

    assert with_names(heard, ["St\u00e9phane Grappelli"], VOCABULARY) == heard


def test_in_a_language_without_a_dictionary_a_surname_alone_stays() -> None:
    assert repaired("ja Grapelli soitti", "St\u00e9phane Grappelli", language="fi") == "ja Grapelli soitti"


@pytest.mark.parametrize("episode", sorted(REFERENCE))
@pytest.mark.parametrize("name", ABSENT)
def test_a_name_that_nobody_says_is_not_put_into_anybody_s_mouth(episode: str, name: str) -> None:
    heard = recognized(*(sentence for sentence in REFERENCE[episode].split("\n") if sentence.split()))

    assert with_names(heard, [name], VOCABULARY) == heard


def test_times_are_kept_and_the_repairs_are_counted() -> None:
    transcript = with_names(recognized("so Winton Kelly and Winton Kelly"), ["Wynton Kelly"], VOCABULARY)

    words = transcript.segments[0].words
    assert [(word.start, word.end) for word in words] == [(place, place + 0.9) for place in range(6)]
    assert words[1].probability == 0.9
    assert transcript.notes == ("2 names spelled as feed and show notes do; what was heard is kept",)


def test_a_name_in_another_number_of_words_shares_the_time_it_was_said_in() -> None:
    transcript = with_names(recognized("with Charliehayden tonight"), ["Charlie Haden"], VOCABULARY)

    words = transcript.segments[0].words[1:3]
    assert [word.text for word in words] == ["Charlie", "Haden"]
    assert (words[0].start, words[1].end) == (1.0, 1.9)
    assert all(word.interpolated for word in words)


def test_every_repair_can_be_undone() -> None:
    heard = recognized(
        "with Charliehayden and Winton Kelly tonight", "nobody is named here", "then (Winton Kelly) and Orin Keep News."
    )

    transcript = with_names(heard, ["Charlie Haden", "Wynton Kelly", "Orrin Keepnews"], VOCABULARY)

    assert transcript.segments[0].text == "with Charlie Haden and Wynton Kelly tonight"
    assert [(repair.segment, repair.place, repair.name) for repair in transcript.repairs] == [
        (0, 1, "Charlie Haden"),
        (0, 4, "Wynton Kelly"),
        (2, 1, "Wynton Kelly"),
        (2, 4, "Orrin Keepnews"),
    ]
    assert as_heard(transcript).segments == heard.segments


def test_a_repair_from_before_gaps_were_kept_is_undone_with_spaces() -> None:
    heard = recognized("then (Winton Kelly) and Orin Keep News.")
    repaired = with_names(heard, ["Wynton Kelly", "Orrin Keepnews"], VOCABULARY)
    assert all(len(one.heard) > 1 for one in repaired.repairs)
    older = repaired.model_copy(
        update={"repairs": tuple(one.model_copy(update={"gaps": ()}) for one in repaired.repairs)}
    )
    assert as_heard(older).segments == heard.segments


def test_a_name_without_letters_is_none() -> None:
    assert repaired("and Winton Kelly plays", "", "?!", "Wynton Kelly") == "and Wynton Kelly plays"


def test_a_name_that_was_heard_right_is_no_near_miss_of_another() -> None:
    heard = "first Bill Evans and then Gill Evans"

    assert repaired(heard, "Gil Evans", "Bill Evans") == "first Bill Evans and then Gil Evans"


def test_a_transcript_from_before_there_were_repairs_can_be_read() -> None:
    old = recognized("some words").model_dump(mode="json", exclude={"repairs", "left_out"})

    assert Transcript.model_validate(upgraded(Transcript, old, 1)) == recognized("some words")
