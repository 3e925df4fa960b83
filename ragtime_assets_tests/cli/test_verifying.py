"""`ragtime verify`: what `ragtime ask --save` kept, held against a corpus that has changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ragtime_assets.domain.answering.answer import Answer
from ragtime_assets.domain.answering.receipts import Receipt, receipt_of
from ragtime_assets_tests.cli.conftest import Episode, Terminal
from ragtime_assets_tests.house import House

OFF_TOPIC = "What did Led Zeppelin pay for the Budapest aquarium?"
OFF_TOPIC_IN_GERMAN = "Was zahlte Led Zeppelin für das Aquarium in Budapest?"


@dataclass(frozen=True)
class Said:
    """What an episode says, what is asked of it, what is told of it later, and the word that is another one then."""

    language: str
    question: str
    sentences: Sequence[str]
    moved: tuple[str, str]
    changed: tuple[str, str]
    gone: tuple[str, str]
    word: str = "Claridge"
    other: str = "Ambassador"


ENGLISH = Said(
    "en",
    "Where did Django Reinhardt meet Stéphane Grappelli?",
    (
        "Welcome to another evening about old records.",
        "Django Reinhardt met Stéphane Grappelli behind the stage of the Hotel Claridge.",
        "A string had broken, and the two of them played while it was mended.",
        "The bass player joined in, and soon the whole band did.",
    ),
    moved=("[1] moved", "from 0:06 to 1:07"),
    changed=("[1] changed", "it says something else now, at 0:06"),
    gone=("[1] gone", "nothing like it is said in the episode any more"),
)
GERMAN = Said(
    "de",
    "Wo traf Django Reinhardt auf Stéphane Grappelli?",
    (
        "Willkommen zu einem weiteren Abend über alte Platten.",
        "Django Reinhardt traf Stéphane Grappelli hinter der Bühne des Hotels Claridge.",
        "Eine Saite war gerissen, und die beiden spielten, während sie erneuert wurde.",
        "Der Bassist kam dazu, und bald spielte die ganze Kapelle mit.",
    ),
    moved=("[1] verschoben", "von 0:06 nach 1:07"),
    changed=("[1] geändert", "dort wird jetzt etwas anderes gesagt, bei 0:06"),
    gone=("[1] fort", "nichts dergleichen wird in der Folge noch gesagt"),
)
IN_BOTH = pytest.mark.parametrize("said", [ENGLISH, GERMAN], ids=["English", "German"])


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return tmp_path / "answer.json"


def verdicts(terminal: Terminal, saved: Path, code: int = 0) -> list[dict[str, Any]]:
    return json.loads(terminal.type("verify", str(saved), "--json", code=code))["verdicts"]


def on_one_line(told: str) -> str:
    """What was printed, every line of which fits the terminal."""
    assert max(map(len, told.splitlines())) <= 80
    return " ".join(told.split())


def test_a_saved_answer_holds_while_the_corpus_stays(terminal: Terminal, ready: str, saved: Path) -> None:
    terminal.type("ask", ENGLISH.question, "--save", str(saved))
    assert "holds" in terminal.type("verify", str(saved))
    assert {one["state"] for one in verdicts(terminal, saved)} == {"holds"}


@IN_BOTH
def test_a_quote_that_is_said_later_now_has_moved_to_that_second(
    terminal: Terminal, episode: Episode, saved: Path, said: Said
) -> None:
    episode.say(said.language, said.sentences)
    terminal.type("ask", said.question, "--limit", "1", "--save", str(saved))
    before = json.loads(saved.read_text())["citations"][0]["second"]

    episode.say(said.language, said.sentences, after=61.0)
    told = on_one_line(terminal.type("verify", str(saved), code=1))
    (verdict,) = verdicts(terminal, saved, code=1)
    assert verdict["state"] == "moved"
    assert verdict["second"] == before + 61
    assert all(one in told for one in said.moved)


@IN_BOTH
def test_what_is_said_otherwise_now_is_shown_word_by_word(
    terminal: Terminal, episode: Episode, saved: Path, said: Said
) -> None:
    episode.say(said.language, said.sentences)
    terminal.type("ask", said.question, "--limit", "1", "--save", str(saved))

    episode.say(said.language, [one.replace(said.word, said.other) for one in said.sentences])
    told = on_one_line(terminal.type("verify", str(saved), code=1))
    (verdict,) = verdicts(terminal, saved, code=1)
    assert verdict["state"] == "changed"
    assert verdict["difference"] == [f"- {said.word.casefold()}", f"+ {said.other.casefold()}"]
    assert verdict["second"] == 6.0
    assert verdict["url"].endswith("#t=6")
    assert all(one in told for one in said.changed)
    assert "- claridge + ambassador" in told


@IN_BOTH
def test_of_what_the_episode_says_no_more_the_citation_is_gone(
    terminal: Terminal, episode: Episode, saved: Path, said: Said
) -> None:
    episode.say(said.language, said.sentences)
    terminal.type("ask", said.question, "--limit", "1", "--save", str(saved))

    episode.say("en", ["Zzz."])
    told = on_one_line(terminal.type("verify", str(saved), code=1))
    assert all(one in told for one in said.gone)


def test_a_citation_of_a_forgotten_episode_is_gone(terminal: Terminal, ready: str, saved: Path) -> None:
    terminal.type("ask", ENGLISH.question, "--save", str(saved))
    terminal.type("forget", ready, "--yes")
    told = terminal.type("verify", str(saved), code=1)
    assert "gone" in told
    assert "forgotten" in told


def test_a_verdict_stands_beside_what_was_asked_what_is_cited_and_where_it_is_heard(
    terminal: Terminal, episode: Episode, saved: Path
) -> None:
    episode.say("en", ENGLISH.sentences)
    terminal.type("ask", ENGLISH.question, "--limit", "1", "--save", str(saved))
    told = on_one_line(terminal.type("verify", str(saved)))
    (citation,) = json.loads(saved.read_text())["citations"]
    assert told.startswith(f"{ENGLISH.question} [1] holds 0:06")
    assert f"“{ENGLISH.sentences[1]}” the passage is as it was {citation['url']}" in told
    assert citation["episode_title"] in told


def test_a_receipt_of_another_corpus_is_told_as_that(
    terminal: Terminal, ready: str, tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.type("ask", ENGLISH.question, "--save", str(saved))
    monkeypatch.setenv("RAGTIME_HOME", str(tmp_path / "another"))
    told = on_one_line(terminal.type("verify", str(saved), code=1))
    assert "of another corpus" in told
    assert "What to do: Set RAGTIME_HOME" in told


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        (lambda whole: whole[:-40], "is cut short"),
        (lambda whole: whole[:0], "is cut short"),
        (lambda whole: whole.replace(b'"version": 1', b'"version": 2'), "has version 2 of receipts"),
        (lambda whole: whole.replace(b"Django", b"Duke", 1), "was changed after it was saved"),
        (lambda whole: b'{"kind": "something else"}', "is no receipt of an answer"),
    ],
    ids=("torn", "empty", "newer", "by hand", "another"),
)
def test_what_is_no_whole_receipt_is_an_error_that_says_why(
    terminal: Terminal, ready: str, saved: Path, spoiled: Any, told: str
) -> None:
    terminal.type("ask", ENGLISH.question, "--save", str(saved))
    saved.write_bytes(spoiled(saved.read_bytes()))
    assert told in " ".join(terminal.type("verify", str(saved), code=1).split())


def test_a_receipt_that_is_not_there_is_told_as_that(terminal: Terminal, house: House) -> None:
    assert "cannot be read" in terminal.type("verify", "no-such.json", code=1)


@pytest.mark.parametrize(
    ("question", "told"),
    [(OFF_TOPIC, "The answer cites nothing"), (OFF_TOPIC_IN_GERMAN, "Die Antwort zitiert nichts")],
)
def test_an_answer_that_cites_nothing_has_nothing_to_verify(
    terminal: Terminal, ready: str, saved: Path, question: str, told: str
) -> None:
    terminal.type("ask", question, "--save", str(saved), code=3)
    assert told in terminal.type("verify", str(saved))


def test_a_receipt_edited_by_hand_and_sealed_anew_neither_holds_nor_speaks_to_the_terminal(
    terminal: Terminal, episode: Episode, saved: Path
) -> None:
    episode.say("en", ENGLISH.sentences)
    terminal.type("ask", ENGLISH.question, "--limit", "1", "--save", str(saved))
    receipt = Receipt.model_validate_json(saved.read_bytes())
    (citation,) = receipt.citations
    forged = citation.model_copy(
        update={"url": "https://evil.example/\x1b[2J\x9b", "episode_title": "\x1b]0;owned\x07"}
    )
    answer = Answer(f"\x1b[1m{receipt.question}\x9b", receipt.text, (forged,), supported=True, engine=receipt.engine)
    saved.write_text(receipt_of(answer, receipt.created_at).model_dump_json())

    told = terminal.type("verify", str(saved), code=1)
    assert "changed" in told
    assert citation.episode_title in " ".join(told.split())
    as_json = terminal.type("verify", str(saved), "--json", code=1)
    assert json.loads(as_json)["verdicts"][0]["url"] == citation.url
    assert not {"\x1b", "\x07", "\x9b"} & set(told + as_json)
