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


def test_a_receipt_that_an_editor_gave_a_byte_order_mark_is_read_all_the_same() -> None:
    assert read_receipt(b"\xef\xbb\xbf" + saved().model_dump_json().encode(), "answer.json") == saved()


def changed(**changes: object) -> bytes:
    return json.dumps(json.loads(saved().model_dump_json()) | changes).encode()


@pytest.mark.parametrize("second", [-5.0, 1e308, float("inf"), float("nan")])
def test_a_second_that_no_episode_has_is_in_no_receipt(second: float) -> None:
    cited = CITATION.model_copy(update={"second": second})
    document = json.loads(receipt_of(Answer("Who?", "He [1].", (cited,), True, "parrot"), NOW).model_dump_json())
    document["citations"][0]["second"] = second
    with pytest.raises(InvalidReceipt, match="is no JSON|not whole"):
        read_receipt(json.dumps(document).replace("Infinity", "1e999").encode(), "answer.json")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cut short"),
        (saved().model_dump_json().encode()[:-40], "cut short"),
        (b"\xff\xfe\x00", "is no JSON"),
        (b"[" * 200_000, "is no JSON"),
        (b'{"kind": ' + b"[" * 200_000, "is no JSON"),
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
        (Cited(passages=[passage("a", TEXT)], segments=segments(QUOTE, 12)), "holds", "as it was"),
        (Cited(passages=[passage("b", TEXT)], segments=segments(QUOTE, 12.4)), "holds", "where it was"),
        (Cited(passages=[passage("b", TEXT)], segments=segments(QUOTE, 42)), "moved", "from 0:12 to 0:42"),
        (Cited(passages=[passage("b", TEXT, start=99.0)]), "moved", "to 1:39"),
        (
            Cited(passages=[passage("a", TEXT)], segments=segments(QUOTE, 12), audio_sha256="e" * 64),
            "holds",
            "audio is another file",
        ),
        (
            Cited(passages=[passage("a", TEXT, episode_title="Swing")], segments=segments(QUOTE, 12)),
            "holds",
            "called otherwise",
        ),
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


def test_what_changed_is_told_at_the_second_at_which_it_is_said_now() -> None:
    text = TEXT.replace("guitar", "violin")
    said = (Segment(start=10, end=13, text="They met in Paris."), Segment(start=13, end=60, text=text[19:]))
    found = verdict(CITATION, Cited(passages=[passage("b", text, start=10.0, end=60.0)], segments=said), phrases("en"))
    assert (found.state, found.second) == ("changed", 13.0)
    assert "at 0:13" in found.told


def test_where_nobody_timed_what_changed_its_second_is_reckoned_from_its_place() -> None:
    text = TEXT.replace("guitar", "violin")
    second = verdict(CITATION, Cited(passages=[passage("b", text, start=10.0, end=60.0)]), phrases("en")).second
    assert second == pytest.approx(10 + 50 * text.index("He") / len(text), abs=1)


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


@pytest.mark.parametrize(
    ("forged", "state"),
    [
        ({"quote": "He played the guitar every night at the zoo."}, "changed"),
        ({"quote": "Bananas, Xanadu, 1984!"}, "gone"),
        ({"quote": "\u2026"}, "gone"),
        ({"quote": f"{TEXT} " * 5_000}, "gone"),
        ({"second": 44.0}, "moved"),
        ({"url": "https://evil.example/one#t=12"}, "changed"),
        ({"quote": "He played the guitar every night at the clubhouse of crime\u2026"}, "changed"),
    ],
    ids=[
        "the quote",
        "another quote",
        "no quote",
        "a quote that is no end of",
        "the second",
        "the address",
        "what was cut off",
    ],
)
def test_what_was_written_by_hand_into_a_receipt_does_not_hold_though_its_digest_does(
    forged: dict[str, object], state: str
) -> None:
    now = Cited(passages=[passage("a", TEXT)], segments=segments(TEXT, 12))
    cited = CITATION.model_copy(update={"second": 19.5, **forged})
    found = verdict(cited, now, phrases("en"))
    assert found.state == state
    assert (found.title, found.show) == ("Gypsy swing", "Blue notes"), "what is shown is what the corpus has"
    assert (found.url or "").startswith("https://show.example/one#t=")


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        ("one and a half", "two", ("- one and a half", "+ two")),
        ("one and a half", "three hundred and forty-seven and a half whole", None),
        ("kilograms", "pounds, as all who know of birds, of hens and of zoos say", None),
        ("Every", "Each and any", None),
    ],
)
def test_the_difference_is_that_of_the_quote_however_long_what_replaced_it_is(
    before: str, after: str, difference: tuple[str, ...] | None
) -> None:
    around = "The river was orange at dawn. {} Feathers are light, and nobody weighs them at all."
    quote = "Every ostrich egg weighs about one and a half kilograms."
    said = quote.replace(before, after)
    now = Cited(
        passages=[passage("b", around.format(said), start=0.0, end=30.0)],
        segments=(
            Segment(start=0, end=7, text="The river was orange at dawn."),
            Segment(start=10, end=20, text=said),
            Segment(start=20, end=30, text="Feathers are light, and nobody weighs them at all."),
        ),
    )
    found = verdict(CITATION.model_copy(update={"quote": quote, "second": 10.0}), now, phrases("en"))
    assert found.state == "changed"
    assert found.second == pytest.approx(10, abs=2)
    shown = " ".join(found.difference)
    assert not any(word in shown for word in ("river", "orange", "dawn", "feathers", "light", "ostrich"))
    if difference:
        assert found.difference == difference


def test_a_long_quote_that_was_cut_within_a_word_is_found_where_it_moved_to() -> None:
    text = f"{'They spoke of it at length, and ' * 9}it was an incontrovertible fact, all said."
    quote = quote_for(text, ["It was spoken of [1]."], lambda text: [text])
    assert quote.endswith("\u2026")
    assert not text.startswith(quote.removesuffix("\u2026") + " "), "it is cut within a word"
    now = Cited(passages=[passage("b", text)], segments=segments(text, 42.0))
    found = verdict(CITATION.model_copy(update={"quote": quote}), now, phrases("en"))
    assert (found.state, found.second) == ("moved", 42.0)


def test_a_script_without_spaces_is_found_across_other_cues_and_compared_sign_by_sign() -> None:
    quote = "橋は雨の夜に壊れました"
    whole = f"川は静かでした。{quote}。誰もいませんでした。"
    cues = (Segment(start=0, end=6, text=whole[:10]), Segment(start=6, end=12, text=whole[10:]))
    cited = CITATION.model_copy(update={"quote": quote, "second": 4.8})
    held = verdict(cited, Cited(passages=[passage("b", whole)], segments=cues), phrases("en"))
    assert held.state == "holds"
    other = whole.replace("雨", "雪")
    changed = verdict(cited, Cited(passages=[passage("b", other)]), phrases("en"))
    assert changed.difference == ("- 雨", "+ 雪")
