"""What `ragtime ask` shows without a model is what it keeps: one sentence, one second, one link."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragtime_assets_tests.cli.conftest import LONG, Episode, Terminal

QUESTION = "When was Nuages recorded?"
SENTENCES = (
    "Which record did the band bring to the studio first?",
    "It was the first record of a small label, and a record that nobody wanted to record again.",
    "The violin stayed in London when the war began, and a clarinet came instead of it.",
    "In 1940 they recorded his best known tune, Nuages, which means clouds.",
    "He saw America once, and did not like the food there at all.",
)
ANSWERING = 3


@pytest.fixture
def spoken(episode: Episode) -> None:
    episode.say("en", SENTENCES)


@pytest.mark.usefixtures("spoken")
def test_an_answer_begins_at_the_sentence_that_answers_wherever_it_is_shown_or_kept(
    terminal: Terminal, tmp_path: Path
) -> None:
    saved = tmp_path / "answer.json"
    told = " ".join(terminal.type("ask", QUESTION, "--limit", "1", "--save", str(saved)).split())
    document = json.loads(terminal.type("ask", QUESTION, "--limit", "1", "--json"))
    (kept,) = json.loads(saved.read_text())["citations"]
    assert kept["quote"] == SENTENCES[ANSWERING]
    assert kept["second"] == ANSWERING * LONG
    assert kept["url"].endswith("#t=18")
    assert f"“{kept['quote']}”" in told
    assert " 0:18 " in told
    assert kept["url"] in told
    (citation,), (passage,) = document["citations"], document["passages"]
    assert citation == kept
    assert (passage["second"], passage["url"]) == (kept["second"], kept["url"])


@pytest.mark.usefixtures("spoken")
def test_every_passage_that_is_shown_is_cited_at_its_second(terminal: Terminal) -> None:
    document = json.loads(terminal.type("ask", QUESTION, "--json"))
    shown = [(one["rank"], one["second"], one["url"]) for one in document["passages"]]
    assert shown == [(one["number"], one["second"], one["url"]) for one in document["citations"]]


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("When was Nuages recorded?", "No model is set, so nothing is answered. Closest passages"),
        (
            "Wann wurde das Stück Nuages aufgenommen?",
            "Es ist kein Modell eingestellt, also wird nichts beantwortet. Die nächsten Stellen",
        ),
    ],
)
def test_closest_passages_are_said_to_be_no_answer_in_the_language_of_the_question(
    terminal: Terminal, question: str, told: str
) -> None:
    assert " ".join(terminal.type("ask", question).split()).startswith(told)
