"""What of an answer stands, and why the rest does not."""

from __future__ import annotations

import pytest

from ragtime_assets.adapters.language.detector import FastTextLanguageDetector
from ragtime_assets.adapters.language.sentences import NupunktSplitter
from ragtime_assets.domain.answering.checking import AnswerCheck, complaint
from ragtime_assets.domain.answering.proper_names import NameSense, is_compound
from ragtime_assets.domain.answering.refusing import refusal
from ragtime_assets.domain.answering.sources import Sources
from ragtime_assets.domain.vocabulary.vocabulary import load_vocabulary
from ragtime_assets_tests.corpus.rows import passage

ENGLISH = """So in nineteen thirty-four Django Reinhardt and the violinist Stéphane Grappelli founded the Quintette in
Paris. He said, I never wanted to play anything but the guitar. They made about one thousand five hundred records, and
on the third of May the French police fined them forty-one dollars and twenty-five cents."""
GERMAN = """Im Oktober neunzehnhundertachtundzwanzig brannte sein Wohnwagen, da war er achtzehn. Danach konnte er zwei
Finger der linken Hand nicht mehr bewegen. In Köln hat er später gesagt, das Feuer habe ihn spielen gelehrt."""
QUESTION = "What does the show say of Emmanuel?"


@pytest.fixture(scope="module")
def check() -> AnswerCheck:
    sense = NameSense(load_vocabulary("core", "jazz"))
    return AnswerCheck(sense, NupunktSplitter().split, FastTextLanguageDetector().detect)


@pytest.fixture(scope="module")
def sources() -> Sources:
    found = Sources()
    found.number(passage("a", ENGLISH))
    found.number(passage("b", GERMAN, language="de", episode_title="Feuer in der Nacht", published="2023-05-01"))
    return found


def faults(check: AnswerCheck, sources: Sources, text: str) -> str:
    return " | ".join(one.what for one in check.check(text, sources, QUESTION).faults)


@pytest.mark.parametrize(
    "sentence",
    [
        "In 1934 Reinhardt and Grappelli founded a quintet in Paris [1].",
        "They recorded some 1,500 sides [1].",
        "On 3 May they had to pay $41.25 [1].",
        'The guitarist wanted nothing else, as he said: "I never wanted to play anything but the guitar" [1].',
        'He said: "I never wanted to plai anything but the guitar" [1].',
        "According to Gypsy swing, an episode of Blue notes from March 2026, Ann tells of Django's quintet [1].",
        "Emmanuel played the guitar in the thirties, in France [1].",
        "He founded it in the 1930s [1].",
        "It was founded in the 20th century by two men, Reinhardt and Grappelli [1].",
        "Im Jahr 1934 gründete Reinhardt mit dem Geiger Stéphane Grappelli in Paris das Quintett [1].",
        "Djangos Musikerkollege Grappelli spielte die Geige, die französische Polizei verlangte 41,25 Dollar [1].",
        "His caravan burned in October 1928, when he was 18 [2].",
        "In Cologne he said that the fire had taught him to play [2].",
        "Between the fire of 1928 and the quintet of 1934 lay six years [1][2].",
        "Mit 18 Jahren verlor er zwei Finger [2].",
        "In the episode of 1 May 2023 he is said to have been in a fire [2].",
    ],
)
def test_what_a_passage_says_stands_in_other_words_forms_and_languages(
    check: AnswerCheck, sources: Sources, sentence: str
) -> None:
    assert faults(check, sources, sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("In 1936 Reinhardt founded a quintet in Paris [1].", "1936"),
        ("In 1934 Reinhardt founded a quintet in Rome [1].", "Rome"),
        ("In 1934 Miles Davis founded a quintet in Paris [1].", "Davis"),
        ("Alan Davis founded a quintet in Paris [1].", "Alan"),
        ("Die Platten wurden 1934 von Wolfgang Dauner aufgenommen [1].", "Dauner"),
        ("On 4 May they had to pay [1].", "4"),
        ("On 3 June they had to pay [1].", "June"),
        ("They made 15,000 records in Paris [1].", "15,000"),
        ('He said: "I wanted to play anything but the guitar" in Paris [1].', "quotation"),
        ('He said: "The violin is the queen of instruments" [1].', "quotation"),
        ("His caravan burned in October 1928 [1].", "October"),
        ("In 1934 he founded a quintet [99].", "no passage has the number 99"),
        ("In 1934 he founded a quintet [1][3].", "no passage has the number 3"),
        ("He founded a quintet in 1934.", "cites no passage"),
        ("Jazz came from New Orleans.", "cites no passage"),
        ("He was quite happy about it.", "cites no passage"),
        ("He never found the source of his anger.", "cites no passage"),
        ("You can tell he was a thief.", "cites no passage"),
        ("Lei rub\u00f2 i soldi alla sorella.", "cites no passage"),
        ("Seine Quellen hat er niemandem verraten.", "cites no passage"),
        ("The sources of income that he never declared paid for a yacht and several villas.", "cites no passage"),
        ("Emmanuel could not read, and never found a teacher.", "cites no passage"),
        ("He stole the guitar, as every source says, and never gave it back.", "cites no passage"),
        ("The band, it is said, never found peace after the murder of the drummer.", "cites no passage"),
        ("Is it not true that the keeper murdered his wife?", "cites no passage"),
        ("Did you know that Emmanuel drowned?", "cites no passage"),
        ("Did you know that he murdered his neighbour and buried the body in a garden?", "cites no passage"),
        ("Having betrayed his oldest friends for money, he fled abroad:", "cites no passage"),
        ("He never found out that his wife had betrayed him.", "cites no passage"),
        ("His sources of income did not last beyond the war.", "cites no passage"),
        ("He could not read, and never found a teacher.", "cites no passage"),
        ("Nobody could find a better player, and he was no stranger to prison.", "cites no passage"),
        ("It was the keeper who stole the gold:", "cites no passage"),
        ("She never searched for her lost brother.", "cites no passage"),
        ("The episodes of drinking did not stop, and ruined his marriage and his health.", "cites no passage"),
        ("Did you know that he robbed a bank before breakfast?", "cites no passage"),
        ("And would Miles Davis not have said so, too?", "cites no passage"),
        ("He was a thief and a liar, and cheated everybody:", "cites no passage"),
        ("Er fand nie heraus, dass seine Frau ihn betrogen hatte.", "cites no passage"),
        ("He owned 1,500 aquariums [1].", "what it says"),
        ("Every spring the swallows come back towards northern villages [1].", "what it says"),
    ],
)
def test_what_no_passage_says_does_not_stand(check: AnswerCheck, sources: Sources, sentence: str, told: str) -> None:
    assert told in faults(check, sources, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The passages do not say when he was born.",
        "Die Passagen sagen nichts über seine Geburt.",
        "The corpus has no information on his family.",
        "I could not find anything about his childhood.",
        "Nothing in these episodes tells how he died.",
        "Über seine Kindheit habe ich nichts gefunden.",
        "Les extraits ne disent rien de sa naissance.",
        "In short:",
        "Here is what the show says of Emmanuel:",
        "Would you like to hear more about the guitar?",
        "What else would you like to know?",
        "Would you like to hear more about his early recordings?",
        "M\u00f6chten Sie mehr \u00fcber die fr\u00fchen Aufnahmen wissen?",
        "None of the episodes mentions it.",
        "I could not find anything about this in the transcripts.",
        "In den Folgen habe ich dazu nichts gefunden.",
        "Aucun \u00e9pisode ne mentionne cette date.",
        "---",
    ],
)
def test_what_states_nothing_needs_no_citation_and_is_no_answer(
    check: AnswerCheck, sources: Sources, sentence: str
) -> None:
    checked = check.check(sentence, sources, QUESTION)
    assert not checked.faults
    assert not checked.is_supported


@pytest.mark.parametrize(
    ("said", "stands", "does_not"),
    [
        (
            "On the first of May they were fined; two of them paid.",
            "On 1 May they were fined [1].",
            "On 2 May they were fined [1].",
        ),
        (
            "On the third of May they were fined; four of them paid.",
            "On 3 May they were fined [1].",
            "On 4 May they were fined [1].",
        ),
        (
            "In the year two thousand the club closed.",
            "It closed in the 20th century [1].",
            "It closed in the 19th century [1].",
        ),
        (
            "The club closed in eighteen hundred.",
            "It closed in the 18th century [1].",
            "It closed in the 19th century [1].",
        ),
    ],
)
def test_a_day_belongs_to_its_month_and_a_year_to_its_century(
    check: AnswerCheck, said: str, stands: str, does_not: str
) -> None:
    sources = Sources()
    sources.number(passage("a", said))
    assert faults(check, sources, stands) == ""
    assert faults(check, sources, does_not)


@pytest.mark.parametrize("word", ["abendkonzertpublikum", "jazzklubbesitzerin"])
def test_three_german_words_in_one_are_a_word(word: str) -> None:
    assert is_compound(word, "de")
    assert not is_compound(word, "en")
    assert not is_compound("xqv" + word, "de")


def test_a_sentence_that_is_wrong_costs_no_other(check: AnswerCheck, sources: Sources) -> None:
    checked = check.check("In 1934 he founded a quintet [1]. He died in 1953 [1]. He lost two fingers [2].", sources)
    assert [one.text for one in checked.kept] == ["In 1934 he founded a quintet [1].", "He lost two fingers [2]."]
    assert "1953" in complaint(checked.faults)


@pytest.mark.parametrize(
    "text", ["", " \n ", "[1]", "[1][2].", "\u202e", "]][[", "[" * 5_000, "a" * 20_000, "1" * 5_000]
)
def test_junk_is_no_answer_and_does_no_harm(check: AnswerCheck, sources: Sources, text: str) -> None:
    assert not check.check(text, sources).kept or not faults(check, sources, text)


def test_the_refusal_is_in_the_language_of_the_question() -> None:
    assert refusal("de") == refusal("de-AT") != refusal("en")
    assert refusal(None) == refusal("xx") == refusal("en")
