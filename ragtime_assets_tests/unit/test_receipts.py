"""Receipts: what they keep, when they are none, and what becomes of their citations."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ragtime_assets.domain.answering.answer import Answer, Citation
from ragtime_assets.domain.answering.phrases import phrases
from ragtime_assets.domain.answering.quoting import quote_for, second_of
from ragtime_assets.domain.answering.receipts import Receipt, read_receipt, receipt_of, receipt_schema
from ragtime_assets.domain.answering.verifying import Cited, verdict
from ragtime_assets.domain.artifacts.transcript import Segment, Word
from ragtime_assets.errors import InvalidReceipt
from ragtime_assets_tests.corpus.rows import passage

SCHEMA = Path(__file__).parents[2] / "docs" / "receipt.schema.json"
TEXT = "They met in Paris. He played the guitar every night at the club. Then came the war."
QUOTE = "He played the guitar every night at the club."
CITATION = Citation(
    number=1,
    quote=QUOTE,
    episode_key="one",
    episode_title="Gypsy swing",
    show="Blue notes",
    published="2026-03-01",
    second=12.0,
    url="https://show.example/one#t=12",
    language="en",
    passage_digest="a",
    passage_start=10.0,
    passage_end=60.0,
    audio_sha256="f" * 64,
    index_generation="g1",
)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def saved() -> Receipt:
    return receipt_of(Answer("Who?", "He did [1].", (CITATION,), supported=True, engine="parrot"), NOW)


def segments(text: str, start: float) -> tuple[Segment, ...]:
    return (Segment(start=0, end=start, text="Before."), Segment(start=start, end=start + 30, text=text))


def test_a_receipt_is_read_as_it_was_saved() -> None:
    assert read_receipt(saved().model_dump_json().encode(), "answer.json") == saved()


def changed(**changes: object) -> bytes:
    return json.dumps(json.loads(saved().model_dump_json()) | changes).encode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cut short"),
        (saved().model_dump_json().encode()[:-40], "cut short"),
        (b"\xff\xfe\x00", "is no JSON"),
        (b"[]", "no receipt"),
        (b'{"kind": "something"}', "no receipt"),
        (b'{"kind": "ragtime answer"}', "not whole"),
        (changed(version=99, new_field=1), "version 99"),
        (changed(text="He did not [1]."), "was changed"),
        (changed(surprise=1), "not whole"),
        (changed(citations=[{"number": 1}]), "not whole"),
    ],
)
def test_what_is_no_receipt_is_told_as_that(content: bytes, told: str) -> None:
    with pytest.raises(InvalidReceipt, match=told):
        read_receipt(content, "answer.json")


def test_the_published_schema_is_that_of_receipts() -> None:
    assert json.loads(SCHEMA.read_text()) == receipt_schema()


@pytest.mark.parametrize(
    ("now", "state", "told"),
    [
        (Cited(passages=[passage("a", TEXT)]), "holds", "as it was"),
        (Cited(passages=[passage("b", TEXT)], segments=segments(QUOTE, 12.4)), "holds", "where it was"),
        (Cited(passages=[passage("b", TEXT)], segments=segments(QUOTE, 42)), "moved", "from 0:12 to 0:42"),
        (Cited(passages=[passage("b", TEXT, start=99.0)]), "moved", "to 1:39"),
        (Cited(passages=[passage("a", TEXT)], audio_sha256="e" * 64), "holds", "audio is another file"),
        (Cited(passages=[passage("b", "She played the violin at noon, he the guitar.")]), "changed", "something else"),
        (Cited(passages=[passage("b", "Zzz xyz.")]), "gone", "nothing like it"),
        (Cited(), "gone", "cannot be searched"),
        (Cited(is_forgotten=True), "gone", "forgotten"),
        (Cited(is_known=False), "gone", "never had"),
    ],
)
def test_each_citation_has_a_verdict_in_words(now: Cited, state: str, told: str) -> None:
    found = verdict(CITATION, now, phrases("en"))
    assert found.state == state
    assert told in found.told
    assert ("the audio" in found.told) == ("audio" in told)


def test_a_verdict_tells_the_second_to_which_a_quote_moved() -> None:
    assert (
        verdict(CITATION, Cited(passages=[passage("b", TEXT)], segments=segments(QUOTE, 42)), phrases("en")).second
        == 42
    )


def test_what_changed_is_shown_word_by_word() -> None:
    now = Cited(passages=[passage("b", TEXT.replace("guitar", "violin"))])
    found = verdict(CITATION, now, phrases("en"))
    assert found.state == "changed"
    assert found.difference == ("- guitar", "+ violin")


def test_a_quote_that_is_said_twice_is_found_where_it_was() -> None:
    twice = (*segments(QUOTE, 12), *segments(QUOTE, 300))
    assert second_of(QUOTE, twice, 12) == 12
    assert second_of(QUOTE, twice, 290) == 300
    assert second_of("Nobody says this", twice, 12) is None


def test_a_quote_begins_when_its_first_word_was_heard() -> None:
    words = tuple(Word(start=at, end=at + 1, text=text) for at, text in ((0, " Well,"), (7, " He"), (8, " played.")))
    segment = Segment(start=0, end=9, text="Well, he played.", words=words)
    assert second_of("He played", [segment], 0) == 7


def test_a_citation_quotes_the_sentence_that_says_most_of_it() -> None:
    assert quote_for(TEXT, ["He was at the club each night, with his guitar [1]."], lambda text: text.split(". ")) == (
        "He played the guitar every night at the club"
    )


def test_a_citation_quotes_what_the_answer_quotes() -> None:
    said = 'He "played the guitar every night at the club" [1].'
    assert quote_for(TEXT, [said], lambda text: [text]) == "played the guitar every night at the club"
