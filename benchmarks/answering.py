"""How well `ragtime ask` answers with a model: citations that hold, passages that answer, questions refused.

    python -m benchmarks.answering                       a scripted model, which costs nothing
    RAGTIME_ASK_MODEL=openai:gpt-5-mini OPENAI_API_KEY=sk-... python -m benchmarks.answering --questions 40

80 passages and their questions, as in `benchmarks.retrieval`; every question is asked through the whole of `ragtime
ask`, over HTTP. The scripted model searches once, quotes the first passage if that shares two longer words with the
question, and adds two sentences that must not pass: one from general knowledge, one that cites what was never found.

    citation validity   sentences shown whose citations all name a retrieved passage that holds what the check can see
    citation recall     answerable questions of which a passage that answers is cited
    refused             questions to which nothing was answered, answerable and off the topic

With the scripted model, 70 questions:

    citation validity   1.00 (0.85-1.00), 21 of 21 sentences
    citation recall     0.42 (0.29-0.56), 20 of 48 answerable questions
    refused             0.58 (0.44-0.71), 28 of 48 answerable questions; 0.95 (0.78-0.99), 21 of 22 off the topic
    left out            42 sentences, both that were made up of each of 21 answers

Validity is what is promised whoever the model is. Recall and refusals are the model's: this one refuses whatever shares
few words with what it finds, and so most paraphrases.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.retrieval import CORPORA, Question, interval, publish, questions_of, rows
from ragtime_assets.domain.answering.answer import Answer
from ragtime_assets.domain.answering.evidence import stems
from ragtime_assets.domain.answering.marks import numbers_of, sentences_of
from ragtime_assets.domain.answering.sources import Conversation
from ragtime_assets.settings import Settings
from ragtime_assets.studio import Studio
from ragtime_assets_tests.openai_server import Answer as Said
from ragtime_assets_tests.openai_server import Asked, openai_server, output, tool_call

INVENTED = "Louis Armstrong heard of it in 1931 [1]. It was on the radio [99]."
_PASSAGE = re.compile(r"\[(\d+)\]\n<<<BEGIN PASSAGE \w+>>>\n[^\n]*\n(.*?)\n<<<END", re.DOTALL)


@dataclass(frozen=True)
class Asking:
    """A question, what was answered, and what was found on the way."""

    question: Question
    answer: Answer
    conversation: Conversation


def scripted(asked: Asked) -> Said:
    """What the scripted model answers: it searches, then quotes what it found first, and makes something up."""
    question = asked.prompt.removeprefix("Question: ")
    found = [
        text
        for one in asked.body["messages"]
        if one["role"] == "tool"
        for text in _PASSAGE.findall(str(one["content"]))
    ]
    if not any(one["role"] == "tool" for one in asked.body["messages"]):
        return tool_call("search_passages", query=question)
    if not found or len(stems(found[0][1]) & stems(question)) < 2:  # noqa: PLR2004 - one word may be anywhere
        return output({"answer": ""})
    number, text = found[0]
    quoted = re.split(r"(?<=[.!?])\s", text)[0].rstrip(".!?").replace('"', "")
    return output({"answer": f'The episode says "{quoted}" [{number}]. {INVENTED}'})


@contextmanager
def studio_with_a_model(folder: Path) -> Iterator[Studio]:
    """An empty corpus, with the model of the settings, or the scripted one."""
    settings = Settings(home=folder)
    with openai_server() as server:
        server.otherwise = scripted
        if settings.models["ask"] is None:
            chosen: dict[str, Any] = {"ask_model": "openai-chat:scripted", "model_api_key": "none"}
            settings = Settings(home=folder, openai_base_url=server.url, **chosen)
        studio = Studio(settings)
        try:
            yield studio
        finally:
            studio.database.close()


def asked_all(studio: Studio, questions: Sequence[Question]) -> Iterator[Asking]:
    """Every question, each in a conversation of its own."""
    for question in questions:
        conversation = Conversation()
        yield Asking(question, studio.answering.answer(question.text, conversation=conversation), conversation)


def report(studio: Studio, found: Sequence[Asking]) -> Iterator[str]:
    """The lines of the report."""
    shown = [
        (sentence.text, one)
        for one in found
        if one.answer.supported
        for sentence in sentences_of(one.answer.text, studio.reading.splitter.split)
    ]
    valid = sum(_is_valid(studio, sentence, one) for sentence, one in shown)
    on = [one for one in found if one.question.answers]
    off = [one for one in found if not one.question.answers]
    cited = sum(bool(one.question.answers & {c.passage_digest for c in one.answer.citations}) for one in on)
    yield f"model               {found[0].answer.engine}"
    yield f"citation validity   {_share(valid, len(shown))} sentences"
    yield f"citation recall     {_share(cited, len(on))} answerable questions"
    yield f"refused             {_share(sum(not one.answer.supported for one in on), len(on))} answerable questions"
    yield f"                    {_share(sum(not one.answer.supported for one in off), len(off))} off the topic"
    yield f"left out            {sum(len(one.answer.dropped) for one in found)} sentences"
    cost = sum((one.answer.cost or Decimal(0) for one in found), Decimal(0))
    yield f"cost                ${cost}, {sum(one.answer.tokens.total for one in found):,} tokens"


def _is_valid(studio: Studio, sentence: str, one: Asking) -> bool:
    sources = one.conversation.sources
    return (
        all(sources.get(number) for number in numbers_of(sentence))
        and not studio.answering.check.check(sentence, sources, one.question.text).faults
    )


def _share(part: int, whole: int) -> str:
    low, high = interval(part, whole) if whole else (0.0, 1.0)
    return f"{part / whole if whole else 0:.2f} ({low:.2f}-{high:.2f}), {part} of {whole}"


def main() -> None:
    """Ask, and print every number."""
    parser = argparse.ArgumentParser("python -m benchmarks.answering")
    parser.add_argument("--questions", type=int, default=60, help="so many of them, spread evenly over all")
    most = parser.parse_args().questions
    every = questions_of(CORPORA["passages"])
    with tempfile.TemporaryDirectory() as folder, studio_with_a_model(Path(folder)) as studio:
        publish(studio, rows("passages"))
        print(*report(studio, list(asked_all(studio, every[:: max(len(every) // most, 1)]))), sep="\n")


if __name__ == "__main__":
    main()
