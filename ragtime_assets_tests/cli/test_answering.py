"""`ragtime ask`, in front of a corpus with one finished episode."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragtime_assets_tests.cli.conftest import Terminal
from ragtime_assets_tests.house import House
from ragtime_assets_tests.openai_server import Answer, OpenAIServer, openai_server, output, tool_call

QUESTION = "Where did Django Reinhardt meet Stéphane Grappelli?"
OFF_TOPIC = "What did Led Zeppelin pay for the Budapest aquarium?"
SEARCH = tool_call("search_passages", query="Django Reinhardt Grappelli")


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """A model that says what it is told to."""
    with openai_server() as server:
        monkeypatch.setenv("RAGTIME_ASK_MODEL", "openai-chat:parrot")
        monkeypatch.setenv("RAGTIME_OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("RAGTIME_MODEL_API_KEY", "none")
        yield server


def written(answer: str) -> Answer:
    return output({"answer": answer})


def quoted(house: House) -> str:
    """A sentence that quotes the first passage of a search, word for word."""
    (passage, *_) = house.studio.index.search.look("Django Reinhardt Grappelli").passages
    words = passage.passage.text.split()[5:25]
    return f'The episode says "{" ".join(words)}" [1].'


def test_without_a_model_the_closest_passages_are_quoted_as_that(terminal: Terminal, ready: str) -> None:
    assert "Closest passages:" in terminal.type("ask", QUESTION)


def test_without_a_model_programs_get_the_passages_with_their_citations(terminal: Terminal, ready: str) -> None:
    told = json.loads(terminal.type("ask", QUESTION, "--json"))
    assert told["supported"]
    assert told["engine"] == "closest passages"
    assert [one["rank"] for one in told["passages"]] == [one["number"] for one in told["citations"]]
    assert all(one["episode_key"] == ready for one in told["citations"])


@pytest.mark.parametrize("question", [OFF_TOPIC, "Was zahlte Led Zeppelin für das Aquarium in Budapest?"])
def test_where_nothing_is_close_it_ends_with_3_in_the_language_of_the_question(
    terminal: Terminal, ready: str, question: str
) -> None:
    told = " ".join(terminal.type("ask", question, code=3).split())
    german = "Der Korpus beantwortet diese Frage nicht. `ragtime status` sagt, welche Folgen durchsuchbar sind."
    english = "The corpus does not answer this question. `ragtime status` tells which episodes are searchable."
    assert told == (german if question.startswith("Was") else english)


def test_a_word_or_two_are_answered_in_the_language_of_the_corpus_or_in_english(
    terminal: Terminal, ready: str, house: House
) -> None:
    answering = house.studio.answering
    assert {answering.answered_in(question) for question in ("Who?", "Ciao amico?", "Wer?")} == {"en"}
    assert answering.answered_in("Wo trafen sich Django Reinhardt und Grappelli?") == "de"
    told = " ".join(terminal.type("ask", "Che cosa?", code=3).split())
    assert told == "The corpus does not answer this question. `ragtime status` tells which episodes are searchable."


@pytest.mark.parametrize("words", [("search", "which bridge?"), ("ask", "which bridge was it?")])
def test_a_corpus_without_episodes_says_which_it_is_and_how_another_is_named(
    terminal: Terminal, house: House, words: tuple[str, ...]
) -> None:
    code = 3 if words[0] == "ask" else 0
    told = "".join(terminal.type(*words, code=code).split())
    noted = json.loads(terminal.type(*words, "--json", code=code))["note"]
    for text in (told, noted):
        assert str(house.studio.settings.root) in text
        assert "RAGTIME_HOME" in text


def test_a_fault_of_the_index_has_no_remedy_that_wants_a_key(terminal: Terminal, ready: str, house: House) -> None:
    house.studio.index.close()
    for part in (house.studio.settings.root / "index").glob("*/parts/*"):
        shutil.rmtree(part)
    for command in ("search", "ask"):
        error = json.loads(terminal.type(command, "Where did Django Reinhardt play?", "--json", code=1))["error"]
        assert error["class"] in ("StoreUnavailable", "ArtifactCorrupt")
        assert "KEY" not in error["remedy"]
        assert "ask again" in error["remedy"].casefold()


def test_a_german_question_is_answered_in_german_all_through(
    terminal: Terminal, house: House, ready: str, model: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Wo trafen sich Django Reinhardt und Stéphane Grappelli?"
    model.script(SEARCH, written(quoted(house)))
    told = " ".join(terminal.type("ask", question).split())
    assert "Quellen [1]" in told
    assert "200 Tokens gelesen, 40 geschrieben · Preis unbekannt" in told
    monkeypatch.delenv("RAGTIME_ASK_MODEL")
    assert "Die nächsten Stellen" in " ".join(terminal.type("ask", question).split())


def test_an_answer_of_a_model_is_shown_with_its_sources_and_what_it_cost(
    terminal: Terminal, house: House, ready: str, model: OpenAIServer
) -> None:
    sentence = quoted(house)
    model.script(SEARCH, written(sentence))
    told = " ".join(terminal.type("ask", QUESTION).split())
    assert sentence in told
    assert "Sources [1]" in told
    assert "openai-chat:parrot · 200 tokens read, 40 written · price unknown" in told


def test_programs_get_the_answer_with_its_citations(
    terminal: Terminal, house: House, ready: str, model: OpenAIServer
) -> None:
    model.script(SEARCH, written(f"{quoted(house)} He was born in Liberchies in 1803 [1]."), written(quoted(house)))
    told = json.loads(terminal.type("ask", QUESTION, "--json"))
    assert told["text"] == quoted(house)
    (citation,) = told["citations"]
    assert citation["episode_key"] == ready
    assert citation["quote"] in quoted(house)
    assert citation["url"].endswith(f"#t={int(citation['second'])}")
    assert len(citation["audio_sha256"]) == 64


def test_an_answer_of_which_nothing_stands_is_refused(terminal: Terminal, ready: str, model: OpenAIServer) -> None:
    model.script(SEARCH, written("He owned 12 aquariums [1]."), written("He owned 12 aquariums [1]."))
    told = terminal.type("ask", OFF_TOPIC, code=3)
    assert "The corpus does not answer this question." in told
    assert "Sources" not in told


def test_a_cost_that_is_too_small_is_said_before_anything_is_asked(
    terminal: Terminal, ready: str, model: OpenAIServer
) -> None:
    told = " ".join(terminal.type("ask", QUESTION, "--max-cost", "0.0001", code=1).split())
    assert "past the $0.0001 that the question may cost" in told
    assert "--max-cost" in told
    assert not model.asked


def test_a_day_whose_budget_is_spent_asks_nothing(
    terminal: Terminal, ready: str, model: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGTIME_BUDGET_USD_PER_DAY", "0.0001")
    told = terminal.type("ask", QUESTION, code=1)
    assert "RAGTIME_BUDGET_USD_PER_DAY" in told
    assert "KEY" not in told
    assert not model.asked


def test_what_a_question_cost_is_in_the_ledger(
    terminal: Terminal, house: House, ready: str, model: OpenAIServer
) -> None:
    model.script(SEARCH, written(quoted(house)))
    terminal.type("ask", QUESTION)
    assert next(one for one in house.studio.ledger.totals("phase") if one.name == "ask").calls == 2


@pytest.mark.parametrize(
    "words",
    [
        ("ask", ""),
        ("ask", "x" * 10_000),
        ("ask", QUESTION, "--since", "yesterday"),
        ("ask", QUESTION, "--show", "No such show"),
        ("ask", QUESTION, "--entity", "Nobody at all"),
        ("ask", QUESTION, "--save", "no/such/folder/answer.json"),
    ],
)
def test_a_question_that_makes_no_sense_ends_with_2_and_says_what_to_do(
    terminal: Terminal, ready: str, words: tuple[str, ...]
) -> None:
    assert "What to do:" in terminal.type(*words, code=2)


def test_a_corpus_with_nothing_in_it_answers_nothing(terminal: Terminal, house: House) -> None:
    assert "does not answer" in terminal.type("ask", QUESTION, code=3)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            QUESTION,
            "Only this was looked through: until '1990'. Without that limit there are passages that come close.",
        ),
        (
            "Wo traf Django Reinhardt auf Stéphane Grappelli?",
            "Durchsucht wurde nur: bis „1990“. Ohne diese Eingrenzung gibt es Stellen, die der Frage nahekommen.",
        ),
        (OFF_TOPIC, "Only this was looked through: until '1990'. `ragtime status`"),
    ],
)
def test_a_refusal_names_its_filters_and_whether_they_are_the_reason(
    terminal: Terminal, ready: str, question: str, told: str
) -> None:
    assert told in " ".join(terminal.type("ask", question, "--until", "1990", code=3).split())


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no file that is always full")
def test_an_answer_that_cannot_be_kept_is_shown_first_and_ends_with_1(terminal: Terminal, ready: str) -> None:
    told = terminal.type("ask", QUESTION, "--save", str(FULL), code=1)
    assert "#t=" in told
    assert told.index("#t=") < told.index("NotSaved: the answer could not be kept in /dev/full: No space left")
    assert "What to do:" in told


@pytest.mark.skipif(not FULL.exists(), reason="no file that is always full")
def test_programs_get_an_answer_that_cannot_be_kept_and_the_error_in_one_document(
    terminal: Terminal, ready: str
) -> None:
    document = json.loads(terminal.type("ask", QUESTION, "--save", str(FULL), "--json", code=1))
    assert document["citations"]
    assert document["error"]["class"] == "NotSaved"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("a-folder", "a-folder is a folder"),
        ("no/answer.json", "there is no folder"),
        ("a-file/answer.json", "a-file is no folder"),
        (f"{'x' * 300}.json", "File name too long"),
    ],
)
def test_a_place_where_no_answer_can_be_kept_is_refused_before_anything_is_asked(
    terminal: Terminal, ready: str, model: OpenAIServer, tmp_path: Path, place: str, told: str
) -> None:
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").touch()
    refused = terminal.type("ask", QUESTION, "--save", str(tmp_path / place), code=2)
    assert told.replace(" ", "") in "".join(refused.split()), "a path may be folded anywhere"
    assert not model.asked
