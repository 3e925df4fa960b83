"""The labelled examples are enough of each kind, and every one has the shape that its README names."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "benchmarks" / "data"


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
