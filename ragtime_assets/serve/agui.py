"""Questions by the Agent-User Interaction protocol (AG-UI): one run per question, told as events.

A run begins with RUN_STARTED and ends with RUN_FINISHED or RUN_ERROR; in between are a step for everything that is
looked up, a message that grows by checked sentences, and the sources as a CUSTOM event.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragtime_assets.domain.answering.answer import AnswerEvent, Hears
from ragtime_assets.domain.answering.phrases import phrases
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.links import episode_url
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets.serve.faults import FaultView, fault
from ragtime_assets.serve.streaming import events
from ragtime_assets.serve.views.ask import AnswerView

Ask = Callable[[str, Hears], AnswerView]


class RunInput(BaseModel):
    """As much of a run's input as an answer needs; what else clients send is theirs."""

    model_config = ConfigDict(extra="ignore")

    thread_id: str = Field(alias="threadId", max_length=500)
    run_id: str = Field(alias="runId", max_length=500)
    messages: list[dict[str, Any]]

    @property
    def question(self) -> str:
        """What the person said last."""
        said = [one.get("content") for one in self.messages if one.get("role") == "user"]
        return _text(said[-1]) if said else ""


def read_input(body: bytes) -> RunInput:
    """The input of a run; raises InvalidSubmission for what is none."""
    try:
        return RunInput.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidSubmission(
            f"this is no input of an AG-UI run: {where}: {first['msg']}",
            remedy="Post a RunAgentInput with threadId, runId and messages.",
        ) from None


def run(wanted: RunInput, ask: Ask, base: str) -> Iterator[str]:
    """The events of a run, as lines of a stream."""
    ids = {"threadId": wanted.thread_id, "runId": wanted.run_id}
    message = str(uuid.uuid4())
    yield _line("RUN_STARTED", **ids)

    def work(hears: Hears) -> str:
        told = _Told(message, hears)
        try:
            answer = ask(wanted.question, told)
        except Exception as error:  # noqa: BLE001 - a run that cannot go on ends with RUN_ERROR, whatever it was
            view = cast(FaultView, fault(error).view)
            return told.end() + _line("RUN_ERROR", message=f"{view.message}. {view.remedy}", code=view.error)
        rest = told.rest_of(answer, base)
        return (
            rest + _line("CUSTOM", name="answer", value=answer.model_dump(mode="json")) + _line("RUN_FINISHED", **ids)
        )

    yield from events(work, _of_event(message))


class _Told:
    """What was told of the answer so far."""

    def __init__(self, message: str, hears: Hears) -> None:
        self._message = message
        self._hears = hears
        self._has_begun = False

    def __call__(self, event: AnswerEvent) -> None:
        if event.kind == "sentence" and not self._has_begun:
            self._has_begun = True
            self._hears(AnswerEvent("sentence", ""))
        self._hears(event)

    def end(self) -> str:
        """What closes the message, if it was opened."""
        return _line("TEXT_MESSAGE_END", messageId=self._message) if self._has_begun else ""

    def rest_of(self, answer: AnswerView, base: str) -> str:
        """What was not told yet: all of it where nothing was streamed, then the sources, then the end."""
        start = "" if self._has_begun else _start(self._message)
        text = "" if self._has_begun else "".join(one.text for one in answer.text) or _closest(answer)
        told = "\n\n".join(filter(None, (text, _sources(answer, base))))
        return (
            start + (_delta(self._message, told) if told else "") + _line("TEXT_MESSAGE_END", messageId=self._message)
        )


def _of_event(message: str) -> Callable[[AnswerEvent], str]:
    def lines(event: AnswerEvent) -> str:
        if event.kind == "sentence":
            return _delta(message, f"{event.text} ") if event.text else _start(message)
        return _line("STEP_STARTED", stepName=event.text) + _line("STEP_FINISHED", stepName=event.text)

    return lines


def _closest(answer: AnswerView) -> str:
    """What is said before the closest passages, since they are no answer."""
    words = phrases(answer.language)
    return words.weak if answer.weak else words.closest


def _sources(answer: AnswerView, base: str) -> str:
    return "\n".join(
        f"[{one.number}] {one.title}, {clock(one.second)}: {one.quote} <{episode_url(base, one.key, one.second)}>"
        for one in answer.sources
    )


def _start(message: str) -> str:
    return _line("TEXT_MESSAGE_START", messageId=message, role="assistant")


def _delta(message: str, text: str) -> str:
    return _line("TEXT_MESSAGE_CONTENT", messageId=message, delta=text)


def _line(kind: str, **fields: Any) -> str:
    return f"data: {json.dumps({'type': kind, **fields}, ensure_ascii=False)}\n\n"


def _text(content: object) -> str:
    """The text of a message; of one in parts, those that are text."""
    if isinstance(content, list):
        parts = [cast("Mapping[str, Any]", one) for one in content if isinstance(one, dict)]
        return " ".join(str(one.get("text", "")) for one in parts if one.get("type") == "text")
    return content if isinstance(content, str) else ""
