"""The labelled examples are enough of each kind, and every one has the shape that its README names."""

from __future__ import annotations

import json
import re
import tomllib
from base64 import b64decode
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets.domain.searching.closeness import sentences_of
from ragtime_assets.domain.searching.unrelated import everyday
from ragtime_assets_tests.corpus.rows import passage

DATA = Path(__file__).parents[2] / "benchmarks" / "data"
TYPES = {"person", "organisation", "place", "work", "event"}
FINE = {
    *("musician", "band", "album", "track", "venue", "label"),
    *("instrument", "festival", "city", "country"),
}


def lines_of(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def test_a_sentence_to_repair_differs_and_one_to_leave_does_not() -> None:
    for line in lines_of("name_repair.jsonl"):
        assert set(line) == {"language", "show_notes", "persons", "heard", "truth", "kind"}
        assert line["kind"] in {"untouched", "misheard"}
        assert (line["heard"] == line["truth"]) == (line["kind"] == "untouched"), line["heard"]


def test_sentences_for_name_repair_are_enough_in_both_languages() -> None:
    lines = lines_of("name_repair.jsonl")
    counts = Counter((line["kind"], line["language"]) for line in lines)
    assert all(counts["untouched", language] >= 110 for language in ("en", "de"))
    assert all(counts["misheard", language] >= 60 for language in ("en", "de"))
    assert len({line["show_notes"] for line in lines}) >= 60
    assert len({line["heard"] for line in lines}) == len(lines)


def paragraphs() -> list[dict[str, Any]]:
    return tomllib.loads((DATA / "entities_domains.toml").read_text(encoding="utf-8"))["paragraph"]


def test_every_entity_stands_in_its_paragraph_and_has_a_known_type() -> None:
    for paragraph in paragraphs():
        words = paragraph["text"].split()
        assert 90 <= len(words) <= 140, paragraph["id"]
        for entity in paragraph["entities"]:
            assert entity["name"] in paragraph["text"], (paragraph["id"], entity)
            assert entity["type"] in TYPES or entity.get("fine") == "instrument", entity
            assert "fine" not in entity or (paragraph["domain"] == "jazz" and entity["fine"] in FINE), entity
        names = {entity["name"] for entity in paragraph["entities"]}
        assert not names & {*paragraph["traps"], *paragraph["either"]}, paragraph["id"]
        assert all(trap in paragraph["text"] for trap in (*paragraph["traps"], *paragraph["either"])), paragraph["id"]
        assert not paragraph["lower_case"] or paragraph["text"] == paragraph["text"].lower()


def test_each_domain_has_paragraphs_in_both_languages() -> None:
    counts = Counter((each["domain"], each["language"]) for each in paragraphs() if not each["lower_case"])
    for domain in ("jazz", "technology", "sport", "history"):
        assert counts[domain, "en"] >= 4
        assert counts[domain, "de"] >= 4
        assert sum(each["lower_case"] for each in paragraphs() if each["domain"] == domain) >= 2
    assert len({each["id"] for each in paragraphs()}) == len(paragraphs())


def test_passages_come_from_eight_shows_half_in_each_language() -> None:
    passages = lines_of("passages.jsonl")
    assert all(
        set(each) == {"id", "show", "title", "speaker", "language", "text"} and all(each.values()) for each in passages
    )
    assert all(110 <= len(each["text"].split()) <= 160 for each in passages)
    assert len({each["id"] for each in passages}) == len(passages)
    assert Counter(each["language"] for each in passages) == {"en": 40, "de": 40}
    assert set(Counter(each["show"] for each in passages).values()) == {10}


def test_questions_name_passages_that_exist_and_off_topic_ones_name_none() -> None:
    languages = {each["id"]: each["language"] for each in lines_of("passages.jsonl")}
    for question in lines_of("questions.jsonl"):
        assert set(question) == {"question", "language", "kind", "answers"}
        assert set(question["answers"]) <= set(languages), question
        assert (question["answers"] == []) == question["kind"].endswith("off_topic"), question
        same = {languages[answer] == question["language"] for answer in question["answers"]}
        assert same <= {question["kind"] != "cross_language"}, question


def test_other_questions_are_about_other_passages_of_other_shows() -> None:
    seen = {each["show"] for each in lines_of("passages.jsonl")}
    passages = lines_of("other_passages.jsonl")
    assert not seen & {each["show"] for each in passages}
    languages = {each["id"]: each["language"] for each in passages}
    assert len(languages) == len(passages) >= 70
    questions = lines_of("other_questions.jsonl")
    assert len(questions) >= 120
    for each in questions:
        assert set(each["answers"]) <= set(languages), each
        assert (each["answers"] == []) == each["kind"].endswith("off_topic"), each


def test_questions_are_enough_of_each_kind_half_in_each_language() -> None:
    questions = lines_of("questions.jsonl")
    kinds = {"paraphrase", "name", "misspelt", "title", "cross_language", "near_off_topic", "far_off_topic"}
    counts = Counter((each["kind"], each["language"]) for each in questions)
    assert {each["kind"] for each in questions} == kinds
    assert all(counts[kind, "en"] == counts[kind, "de"] >= 10 for kind in kinds)
    assert len({each["question"] for each in questions}) == len(questions) >= 150


def tables_of(name: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("kind", "all_of_them", "fewest"), [("", 120, 20), ("_seen", 120, 15), ("_blind", 60, 7)])
def test_pairs_of_episodes_are_enough_of_each_label_and_no_two_are_the_same(
    kind: str, all_of_them: int, fewest: int
) -> None:
    pairs = lines_of(f"episode_pairs{kind}.jsonl")
    assert all(set(each) == {"kind", "language", "label", "wanted", "found"} for each in pairs)
    assert len({json.dumps([each["wanted"], each["found"]]) for each in pairs}) == len(pairs) >= all_of_them
    labels = Counter(each["label"] for each in pairs)
    assert set(labels) == {"same", "another", "unsure"}
    assert min(labels.values()) >= fewest
    assert {"en", "de", "fr"} <= {each["language"] for each in pairs}


@pytest.mark.parametrize("kind", ["", "_seen", "_blind"])
def test_what_is_right_in_a_search_or_a_feed_is_one_of_what_is_there(kind: str) -> None:
    for search in lines_of(f"index_searches{kind}.jsonl"):
        assert all(0 <= place < len(search["found"]) for place in search["answers"])
    for row in lines_of(f"page_items{kind}.jsonl"):
        assert row["answer"] is None or 0 <= row["answer"] < len(row["items"])


def legible(html: str) -> str:
    """The page, and what its attributes hold in base64."""
    encoded = re.findall(r'="([A-Za-z0-9+/]{40,}={0,2})"', html)
    return html + "".join(b64decode(each).decode() for each in encoded)


@pytest.mark.parametrize(("kind", "fewest"), [("", 40), ("_seen", 40), ("_blind", 30)])
def test_pages_of_players_hold_the_audio_that_they_are_labelled_with(kind: str, fewest: int) -> None:
    pages = tables_of(f"player_pages{kind}.toml")["page"]
    assert len({each["player"] for each in pages}) == len(pages) >= fewest
    for each in pages:
        assert all(url.rpartition("/")[2] in legible(each["html"]) for url in each["audio"]), each["player"]
        assert bool(each["audio"]) == ("title" in each), each["player"]


def test_captions_are_labelled_both_ways_and_their_speakers_stand_in_them() -> None:
    captions = tables_of("captions.toml")
    for table, label in (("holes", "whole"), ("language", "fits"), ("loops", "made_up")):
        assert {each[label] for each in captions[table]} == {True, False}, table
    for each in captions["speakers"]:
        assert all(any(line.startswith(speaker) for line in each["lines"]) for speaker in each["speakers"])


@pytest.mark.parametrize(
    "name", ["summary_sentences.jsonl", "summary_sentences_seen.jsonl", "summary_sentences_blind.jsonl"]
)
def test_sentences_to_quote_are_a_hundred_of_both_labels_and_languages(name: str) -> None:
    sentences = lines_of(name)
    assert len({each["text"] for each in sentences}) == len(sentences) >= 100
    counts = Counter((each["label"], each["language"]) for each in sentences)
    assert all(counts[label, language] >= 20 for label in ("out", "keep") for language in ("en", "de"))


@pytest.mark.parametrize("kind", ["seen", "blind"])
@pytest.mark.parametrize("name", ["episode_pairs", "index_searches", "page_items", "summary_sentences"])
def test_later_examples_have_the_fields_of_the_first_and_repeat_none(name: str, kind: str) -> None:
    first, later = lines_of(f"{name}.jsonl"), lines_of(f"{name}_{kind}.jsonl")
    assert {frozenset(each) for each in later} == {frozenset(each) for each in first}
    assert not [each for each in later if each in first]


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("closeness_questions", ""),
        ("questions_seen", ""),
        ("other_questions_seen", "other_"),
    ],
)
def test_later_questions_are_sixty_of_the_same_passages_and_others_than_the_first(name: str, of: str) -> None:
    questions, known = lines_of(f"{name}.jsonl"), lines_of(f"{of}questions.jsonl")
    assert len({each["question"] for each in (*questions, *known)}) == len(questions) + len(known)
    assert len(questions) >= 60
    passages = {each["id"] for each in lines_of(f"{of}passages.jsonl")}
    for each in questions:
        assert set(each["answers"]) <= passages
        assert (each["answers"] == []) == each["kind"].endswith("off_topic")


def test_questions_in_further_languages_are_sixty_of_which_a_third_nothing_answers() -> None:
    questions = lines_of("languages_questions.jsonl")
    passages = {each["id"]: each["language"] for each in lines_of("languages_passages.jsonl")}
    assert {*passages.values()} == {"fr", "es", "ja", "zh"} <= {each["language"] for each in questions}
    assert len({each["question"] for each in questions}) == len(questions) >= 60
    assert sum(not each["answers"] for each in questions) >= 20
    assert {answer for each in questions for answer in each["answers"]} <= {*passages}


CORPORA = ("", "other_", "third_", "fourth_", "fifth_", "sixth_", "languages_", "further_")


@pytest.mark.parametrize(("name", "shows"), [("third", 5), ("fourth", 6), ("fifth", 6), ("sixth", 6), ("further", 8)])
def test_questions_to_further_shows_are_a_hundred_of_which_a_third_nothing_answers(name: str, shows: int) -> None:
    passages = {each["id"]: each for each in lines_of(f"{name}_passages.jsonl")}
    others = [each["title"] for other in CORPORA if other != f"{name}_" for each in lines_of(f"{other}passages.jsonl")]
    assert len({each["show"] for each in passages.values()}) == shows
    assert not {*others} & {each["title"] for each in passages.values()}
    questions = lines_of(f"{name}_questions.jsonl")
    assert len({each["question"] for each in questions}) == len(questions) >= 100
    assert 3.5 * sum(not each["answers"] for each in questions) >= len(questions)
    assert {answer for each in questions for answer in each["answers"]} == {*passages}


@pytest.mark.parametrize("name", ["fourth", "fifth", "sixth", "further"])
def test_questions_that_say_where_an_answer_begins_quote_the_passage(name: str) -> None:
    passages = {each["id"]: each["text"] for each in lines_of(f"{name}_passages.jsonl")}
    for each in lines_of(f"{name}_questions.jsonl"):
        assert all(begin in passages[each["answers"][0]] for begin in each["begins"])
        assert bool(each["begins"]) == (bool(each["answers"]) and each["kind"] != "title"), each["question"]


def test_an_answer_begins_at_a_sentence_of_a_passage_that_answers() -> None:
    passages = {each["id"]: each for name in ("", "other_") for each in lines_of(f"{name}passages.jsonl")}
    names = ("questions", "closeness_questions", "questions_seen", "other_questions", "other_questions_seen")
    questions = {each["question"]: each["answers"] for name in names for each in lines_of(f"{name}.jsonl")}
    labelled = lines_of("answer_beginnings.jsonl")
    assert len(labelled) >= 140
    for each in labelled:
        there = sentences_of([passage("d", passages[each["passage"]]["text"])])
        assert each["passage"] in questions[each["question"]]
        assert 1 <= len(each["beginnings"]) <= 3 < len(there)
        assert {*each["beginnings"]} <= {*there}


def test_no_labelled_question_is_among_the_everyday_ones_that_closeness_tells_it_apart_from() -> None:
    files = DATA.glob("*questions*.jsonl")
    labelled = {each["question"].casefold().strip("?") for path in files for each in lines_of(path.name)}
    assert len(labelled) > 1_500
    assert not labelled & {query.casefold().strip("?") for query in everyday()}


def test_half_of_the_sentences_that_cite_nothing_state_something_in_each_language() -> None:
    rows = lines_of("uncited_sentences.jsonl")
    counts = Counter((each["language"], each["states"]) for each in rows)
    assert len({each["sentence"] for each in rows}) == len(rows) >= 160
    assert all(counts[language, True] == counts[language, False] >= 10 for language in ("en", "de", "fr", "es"))
    assert not [each for each in rows if re.search(r"\[\d", each["sentence"])]
