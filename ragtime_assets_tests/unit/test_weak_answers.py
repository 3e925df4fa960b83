"""Closest passages that may well not answer the question are said to be that, wherever it is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ragtime_assets.cli.answering import answer_document
from ragtime_assets.domain.answering.answer import KEYLESS, Answer
from ragtime_assets.domain.answering.phrases import phrases
from ragtime_assets.mcp.telling import answered
from ragtime_assets.serve.views.ask import answer_view


@pytest.mark.parametrize("is_weak", [True, False])
def test_programs_agents_and_pages_are_told(is_weak: bool) -> None:
    answer = Answer("Who played?", "", (), supported=True, engine=KEYLESS, is_weak=is_weak)
    assert answer_document(answer)["weak"] is is_weak
    assert answered(answer).weak is is_weak
    assert answer_view(answer, datetime(2026, 1, 1, tzinfo=UTC)).weak is is_weak


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_stands_before_closest_passages_says_that_nothing_is_answered_and_what_is_weak(language: str) -> None:
    words = phrases(language)
    assert words.closest != words.weak
    assert all(
        ("nothing is answered" if language == "en" else "nichts beantwortet") in one
        for one in (words.closest, words.weak)
    )
