"""`/ask`: a question and its answer. An address never spends money: only a form, or a program that posts, does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ragtime_assets.domain.answering.answer import Hears
from ragtime_assets.domain.language.words import says_something
from ragtime_assets.domain.searching.narrowing import Narrowing
from ragtime_assets.errors import TimedOut
from ragtime_assets.serve.agui import read_input, run
from ragtime_assets.serve.face import Face, Fields
from ragtime_assets.serve.faults import fault
from ragtime_assets.serve.page import Page
from ragtime_assets.serve.parameters import body_of, is_json, narrowings_in, word_in
from ragtime_assets.serve.rendering import rendered
from ragtime_assets.serve.streaming import event, events
from ragtime_assets.serve.views.ask import AnswerView, answer_view, ask_view
from ragtime_assets.serve.wording import Wording, language_of, wording

_LONGEST = 20_000
"""Letters of a question that are looked at: what is too long is refused by the room that answers, with its reason."""
_CLOSEST = 5
_LARGEST_RUN = 1_000_000
"""Bytes: a client of AG-UI sends all that was said before."""
_AS_IT_COMES = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def ask(face: Face, request: Request) -> Page:
    """The form; without a model the closest passages cost nothing, and are shown at once."""
    question, filters = _asked(request.query_params)
    spends = _spends(face)
    answer = None if spends or not says_something(question) else _answer(face, question, filters)
    return Page(ask_view(question, filters, answer, spends=spends), "ask.html")


def answer(face: Face, request: Request, fields: Fields) -> Page:
    """The whole answer, once it is there."""
    question, filters = _asked(fields)
    return Page(ask_view(question, filters, _answer(face, question, filters), spends=_spends(face)), "ask.html")


def stream(face: Face, request: Request, fields: Fields) -> Response:
    """The answer as it comes."""
    question, filters = _asked(fields)
    work = partial(_told, face, wording(language_of(request)), question, filters)
    return StreamingResponse(events(work), media_type="text/event-stream", headers=_AS_IT_COMES)


async def agui(face: Face, request: Request) -> Response:
    """`/agui`: the last question of a run, answered as AG-UI has it."""
    if not is_json(request):
        raise HTTPException(415, "A run is posted as application/json.")
    wanted = read_input(await body_of(request, _LARGEST_RUN))

    def asked(question: str, hears: Hears) -> AnswerView:
        return _answer(face, question, {}, hears)

    told = run(wanted, asked, face.studio.settings.serve_url)
    return StreamingResponse(told, media_type="text/event-stream", headers=_AS_IT_COMES)


def _told(face: Face, said: Wording, question: str, filters: Mapping[str, str], hears: Hears) -> str:
    """The event that ends the stream: the answer as data and as it is shown, or what went wrong."""
    try:
        found = _answer(face, question, filters, hears)
        return event("done", {"answer": found.model_dump(), "html": rendered("_answer.html", answer=found, t=said)})
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader is told, and the log says more
        return event("error", _in_words(fault(error).view.model_dump(), said))


def _in_words(told: dict[str, str], said: Wording) -> dict[str, str]:
    """What went wrong, in the language of the reader."""
    words = said.of_error(told["error"])
    return told | ({"message": words.says, "remedy": words.remedy} if words else {})


def _answer(face: Face, question: str, filters: Mapping[str, str], hears: Hears | None = None) -> AnswerView:
    with _place(face):
        narrowing, hear = Narrowing(**filters), hears or (lambda _: None)
        found = face.studio.answering.answer(question, narrowing, hear, limit=_CLOSEST)
    return answer_view(found, datetime.now(UTC))


@contextmanager
def _place(face: Face) -> Iterator[None]:
    if not face.asking.acquire(timeout=10):
        raise TimedOut("too many questions are being answered", remedy="Ask again in a moment.")
    try:
        yield
    finally:
        face.asking.release()


def _asked(given: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    question = word_in(given, "q", _LONGEST) or ""
    return question, narrowings_in(given)


def _spends(face: Face) -> bool:
    return face.studio.settings.models["ask"] is not None
