"""The suite that asks a model the questions of the benchmark, with the scripted model that costs nothing."""

from __future__ import annotations

from pathlib import Path

from benchmarks.answering import asked_all, report, studio_with_a_model
from benchmarks.retrieval import Question, publish, rows

ON = Question("How was the lighthouse at Skerry Point moved inland?", "name", frozenset({"tide-01"}))
OFF = Question("What is the boiling point of ethanol?", "far_off_topic", frozenset())


def test_citations_recall_and_refusals_are_told_and_what_was_made_up_is_left_out(tmp_path: Path) -> None:
    with studio_with_a_model(tmp_path) as studio:
        publish(studio, rows("passages")[:4])
        answered, refused = found = list(asked_all(studio, [ON, OFF]))
        told = "\n".join(report(studio, found))
    assert (answered.answer.supported, refused.answer.supported) == (True, False)
    assert len(answered.answer.dropped) == 2
    assert "citation validity   1.00 (0.21-1.00), 1 of 1 sentences" in told
    assert "citation recall     1.00 (0.21-1.00), 1 of 1 answerable questions" in told
    assert "1.00 (0.21-1.00), 1 of 1 off the topic" in told
    assert "left out            2 sentences" in told
