"""A name taught once is written right in every transcript, as an overlay that is undone to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragtime_assets.domain.artifacts.transcript import Segment, Transcript, Word
from ragtime_assets.domain.language.name_rules import NameRule, checked_pair, in_the_end, refuse_contradiction
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets.errors import InvalidCorrection
from ragtime_assets.phases.listening.name_repair import as_heard, with_names
from ragtime_assets.phases.listening.taught_names import as_taught, respelled, untaught
from ragtime_assets_tests.transcripts import recognized, transcript_of

GELDER = NameRule(id=1, heard="Van Geller", written="Van Gelder", by="ann")


def rule(heard: str, written: str, number: int = 1) -> NameRule:
    return NameRule(id=number, heard=heard, written=written, by="ann")


def text(transcript: Transcript) -> str:
    return " ".join(segment.text for segment in transcript.segments)


@pytest.mark.parametrize(
    ("heard", "taught", "right"),
    [
        ("Rudy Van Geller said so", GELDER, "Rudy Van Gelder said so"),
        ("at Van Geller's, then (Van Geller).", GELDER, "at Van Gelder's, then (Van Gelder)."),
        ("rudy van geller was there", GELDER, "rudy Van Gelder was there"),
        ("Rudy Van Geller", rule("Van Geller", "van Gelder"), "Rudy van Gelder"),
        ("by Cold Train again", rule("Cold Train", "Coltrane"), "by Coltrane again"),
        ("and Grapelli played", rule("Grapelli", "Stéphane Grappelli"), "and Stéphane Grappelli played"),
        ("with J. J. Jonson here", rule("J. J. Jonson", "J. J. Johnson"), "with J. J. Johnson here"),
        ("and bird watching, with Bird", rule("Bird", "Byrd"), "and bird watching, with Byrd"),
        ("so van, Geller is a name", GELDER, "so van, Geller is a name"),
        ("Geller and Gellerman", rule("Geller", "Gelder"), "Gelder and Gellerman"),
        ("Van Geller met Geller", rule("Geller", "Van Geller"), "Van Geller met Van Geller"),
        ("plays a* b+ [c", rule("b+", "bea"), "plays a* bea [c"),
    ],
)
def test_what_was_heard_wrong_is_written_as_it_was_taught(heard: str, taught: NameRule, right: str) -> None:
    assert text(as_taught(recognized(heard), [taught])) == right


def test_a_german_genitive_stays_one() -> None:
    heard = recognized("Wir hörten Gellers Aufnahmen", language="de")
    assert text(as_taught(heard, [rule("Geller", "Gelder")])) == "Wir hörten Gelders Aufnahmen"
    assert text(as_taught(recognized("the Gellers came"), [rule("Geller", "Gelder")])) == "the Gellers came"


def test_in_a_transcript_without_capitals_one_word_is_enough() -> None:
    assert text(as_taught(recognized("so grapelli came"), [rule("Grapelli", "Grappelli")])) == "so Grappelli came"


def test_a_name_that_a_cue_ends_in_the_middle_of_is_written_right_in_both() -> None:
    heard = recognized("recorded by Rudy Van", "Geller in a house")
    right = as_taught(heard, [GELDER])
    assert [segment.text for segment in right.segments] == ["recorded by Rudy Van", "Gelder in a house"]
    assert as_heard(right).segments == heard.segments


def test_captions_without_words_are_repaired_and_undone_too() -> None:
    heard = transcript_of(Segment(start=0, end=4, text="  by  Rudy Van Geller,\nthen  "), language="en", duration=4)
    right = as_taught(heard, [rule("Rudy Van Geller", "Rudolph Van Gelder")])
    assert right.segments[0].text == "  by  Rudolph Van Gelder,\nthen  "
    assert right.segments[0].words == ()
    assert untaught(right) == heard


def test_times_stay_with_their_words() -> None:
    right = as_taught(recognized("so Rudy Van Geller said"), [GELDER])
    assert [(word.start, word.text) for word in right.segments[0].words][2:4] == [(2.0, "Van"), (3.0, "Gelder")]


def test_every_repair_says_what_was_heard_and_which_rule_says_so() -> None:
    right = as_taught(recognized("so Rudy Van Geller said"), [GELDER])
    (repair,) = right.repairs
    assert ([word.text for word in repair.heard], repair.written, repair.rule) == (
        ["Van", "Geller"],
        ("Van", "Gelder"),
        1,
    )
    assert any("1 name spelled as people taught" in note for note in right.notes)
    assert dict((fact.name, fact.value) for fact in right.tells())["names_taught"] == 1


def test_a_taught_name_lies_over_what_feed_and_show_notes_say_and_only_it_is_undone() -> None:
    heard = recognized("and Winton Kelly with Rudy Van Geller")
    by_feed = with_names(heard, ["Wynton Kelly"], load_vocabulary())
    right = as_taught(by_feed, [GELDER, rule("Wynton Kelly", "Wynton C. Kelly", 2)])
    assert text(right) == "and Wynton C. Kelly with Rudy Van Gelder"
    assert untaught(right) == by_feed
    assert as_heard(right).segments == heard.segments


def test_spelling_again_ends_where_spelling_once_does_and_undoing_the_last_rule_is_as_if_nothing_was_taught() -> None:
    heard = recognized("Van Geller and Grapelli")
    once = as_taught(heard, [GELDER])
    assert as_taught(once, [GELDER]) == once
    assert text(as_taught(once, [rule("Grapelli", "Grappelli", 2)])) == "Van Geller and Grappelli"
    assert as_taught(once, []) == heard
    assert as_taught(once, []).digest() == heard.digest()


def test_a_transcript_remembers_under_which_digests_the_same_hearing_was_known() -> None:
    heard = recognized("Van Geller again")
    once = respelled(heard, [GELDER])
    assert once.also_spelled == (heard.digest(),)
    back = respelled(once, [])
    assert back.digest() == heard.digest()
    assert back.also_spelled == (once.digest(),)


@given(
    st.lists(
        st.lists(st.sampled_from(["Van", "van", "Geller", "Geller's", "(Van", "Gellers", "Van Geller,", "x", "王力"]))
    )
)
def test_whatever_is_repaired_is_undone_to_the_letter(sentences: list[list[str]]) -> None:
    heard = recognized(*(" ".join(words) for words in sentences if words))
    rules = [GELDER, rule("Geller", "De La Gelder", 2), rule("Van x", "X", 3), rule("王力", "王丽", 4)]
    right = as_taught(heard, rules)
    assert untaught(right) == heard
    for segment in right.segments:
        assert segment.text == "".join(f" {word.text}" for word in segment.words).strip() or "王" in segment.text


def test_rules_that_lead_on_are_followed_to_the_end() -> None:
    rules = [rule("Van Keller", "Van Geller", 1), rule("Van Geller", "Van Gelder", 2)]
    assert [one.written for one in in_the_end(rules)] == ["Van Gelder", "Van Gelder"]
    assert text(as_taught(recognized("by Van Keller"), rules)) == "by Van Gelder"


def test_rules_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InvalidCorrection, match="contradict") as refused:
        refuse_contradiction("van geller", "Van Helder", [GELDER])
    assert "names undo 1" in refused.value.remedy
    with pytest.raises(InvalidCorrection, match="contradict"):
        refuse_contradiction("Van Gelder", "van geller", [GELDER])
    chain = [GELDER, rule("Van Gelder", "Van Helder", 2)]
    with pytest.raises(InvalidCorrection, match="contradict"):
        refuse_contradiction("Van Helder", "Van Geller", chain)
    refuse_contradiction("Van Heller", "Van Gelder", [GELDER])


@pytest.mark.parametrize(
    ("heard", "written"),
    [("", "x"), ("x", " "), ("x", "x"), ("  x ", "x"), ("?!", "x"), ("x" * 301, "x"), ("x", "y\x00")],
)
def test_what_is_no_name_is_not_taught(heard: str, written: str) -> None:
    with pytest.raises(InvalidCorrection) as refused:
        checked_pair(heard, written)
    assert refused.value.remedy


def test_words_that_are_not_those_of_the_text_stay_as_they_are() -> None:
    words = (Word(start=0, end=1, text="Rudi"), Word(start=1, end=2, text="Geller"))
    heard = transcript_of(Segment(start=0, end=2, text="Rudy Van Geller", words=words), language="en", duration=2)
    right = as_taught(heard, [GELDER])
    assert (right.segments[0].text, right.segments[0].words) == ("Rudy Van Gelder", words)
    assert untaught(right) == heard
