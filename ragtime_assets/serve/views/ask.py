"""A question and its answer: each sentence with its sources, or the closest passages, or that there is no answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ragtime_assets.domain.answering.answer import KEYLESS, Answer, Citation
from ragtime_assets.domain.answering.marks import apart
from ragtime_assets.domain.answering.receipts import receipt_of
from ragtime_assets.domain.searching.excerpts import excerpt_around
from ragtime_assets.domain.searching.found import alone
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import web_url
from ragtime_assets.serve.page import View
from ragtime_assets.serve.views.results import HitView, hit_view


class PieceOfAnswer(View):
    """Some of the answer, and the sources that are cited behind it."""

    text: str
    cites: tuple[int, ...]


class Source(View):
    """What is said where: a quote to the second."""

    number: int
    quote: str
    key: str
    title: str
    show: str | None
    published: str | None
    language: str
    second: float
    url: str | None


class AnswerView(View):
    """What came of a question; where `supported` is false the corpus says nothing about it."""

    question: str
    language: str | None
    """In which it was asked; null where that is not sure."""
    supported: bool
    weak: bool
    """Whether the closest passages may well not answer it."""
    keyless: bool
    """Whether no model was asked, so that the closest passages are all there is."""
    engine: str
    text: tuple[PieceOfAnswer, ...]
    sources: tuple[Source, ...]
    """What is cited, as the receipt keeps it; where no model was asked, a sentence of each of the closest passages."""
    closest: tuple[HitView, ...]
    """The closest passages, where no model was asked, each around its source and from the same second."""
    cost: str | None
    """In dollars; null where nobody knows a price of it."""
    tokens: int
    seconds: float
    dropped: tuple[str, ...]
    """What was left out of the answer, and why."""
    receipt: str
    """The receipt, as `ragtime verify` takes it."""


class AskView(View):
    """A question, and its answer once it was asked."""

    question: str
    filters: dict[str, str]
    spends: bool
    """Whether an answer may cost money, so that it is asked for by a form and never by an address alone."""
    answer: AnswerView | None


def ask_view(question: str, filters: Mapping[str, str], answer: AnswerView | None, *, spends: bool) -> AskView:
    """The page of a question."""
    return AskView(question=question, filters=dict(filters), spends=spends, answer=answer)


def answer_view(answer: Answer, at: datetime) -> AnswerView:
    """An answer that was given at this time."""
    return AnswerView(
        question=answer.question,
        language=answer.language,
        supported=answer.supported,
        weak=answer.is_weak,
        keyless=answer.engine == KEYLESS,
        engine=answer.engine,
        text=tuple(_pieces(answer)),
        sources=tuple(map(_source, answer.citations)),
        closest=tuple(_closest(answer)),
        cost=None if answer.cost is None else format(answer.cost, "f"),
        tokens=answer.tokens.total,
        seconds=round(answer.seconds, 2),
        dropped=tuple(one_line(one) for one in answer.dropped),
        receipt=receipt_of(answer, at).model_dump_json(indent=2),
    )


def _pieces(answer: Answer) -> Iterator[PieceOfAnswer]:
    known = {one.number for one in answer.citations}
    for text, numbers in apart(answer.text):
        yield PieceOfAnswer(text=text, cites=tuple(one for one in numbers if one in known))


def _closest(answer: Answer) -> Iterator[HitView]:
    for hit, citation in answer.quoted:
        excerpt = excerpt_around(citation.quote, citation.second, hit.passage, answer.question)
        yield hit_view(alone(hit), hit.rank, excerpt)


def _source(one: Citation) -> Source:
    return Source(
        number=one.number,
        quote=one_line(one.quote, len(one.quote) + 1),
        key=one.episode_key,
        title=one_line(one.episode_title) or one.episode_key,
        show=one_line(one.show) or None,
        published=one.published,
        language=one.language,
        second=one.second,
        url=web_url("", one.url),
    )
