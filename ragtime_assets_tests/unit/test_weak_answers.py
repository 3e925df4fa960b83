"""Closest passages that may well not answer the question are said to be that, wherever it is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ragtime_assets.cli.answering import answer_document
from ragtime_assets.cli.asking import say_closest
from ragtime_assets.domain.answering.answer import KEYLESS, Answer
from ragtime_assets.domain.answering.phrases import phrases
from ragtime_assets.mcp.telling import answered
from ragtime_assets.serve.views.ask import answer_view
from ragtime_assets_tests.rendered import unheard


@pytest.mark.parametrize("is_weak", [True, False])
def test_programs_agents_and_pages_are_told(is_weak: bool) -> None:
    answer = Answer("Who played?", "", (), supported=True, engine=KEYLESS, is_weak=is_weak)
    assert answer_document(answer, unheard)["weak"] is is_weak
    assert answered(answer).weak is is_weak
    assert answer_view(answer, datetime(2026, 1, 1, tzinfo=UTC), unheard).weak is is_weak


@pytest.mark.parametrize(
    ("language", "is_weak", "told"),
    [
        ("en", True, "Closest passages, which may not answer it:"),
        ("en", False, "Closest passages:"),
        ("de", True, "Die nächsten Stellen, die vielleicht nicht antworten:"),
        ("de-AT", False, "Die nächsten Stellen:"),
        ("fr", False, "Closest passages:"),
    ],
)
def test_a_terminal_says_it_before_the_passages(
    language: str, is_weak: bool, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say_closest(phrases(language), is_weak=is_weak)
    assert capsys.readouterr().out.strip() == told
