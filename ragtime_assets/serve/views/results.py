"""What a search found: passages with the words that were asked for, and what can be narrowed further."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from ragtime_assets.domain.answering.answer import at_second
from ragtime_assets.domain.searching.excerpts import Excerpt, Heard, excerpt_of
from ragtime_assets.domain.searching.found import Found, Stretch, stretches
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import web_url
from ragtime_assets.serve.page import View

MOST_HITS = 30
_MOST_SHOWS = 200
"""Where there are more, their name is typed."""
_MOST_NAMED = 8


class Piece(View):
    """Some of a text; whether it was asked for."""

    text: str
    asked: bool


class HitView(View):
    """A stretch of an episode that fits."""

    rank: int
    key: str
    title: str
    show: str | None
    published: str | None
    language: str
    start: float
    end: float
    second: float
    """When the first of the words that were asked for is said; where none is, when the stretch begins; in an answer,
    when what is cited is said."""
    speakers: tuple[str, ...]
    chapter: str | None
    entities: tuple[str, ...]
    score: float
    url: str | None
    """The page of the episode at that second, on the web."""
    text: tuple[Piece, ...]
    """What is said around that second."""


class ResultsView(View):
    """The passages of a search, best first; where `close` is false, none is close to the query."""

    query: str
    close: bool
    by_words_alone: bool
    """The index of vectors is empty, so meaning was not compared."""
    filters: dict[str, str]
    hits: tuple[HitView, ...]
    more: str | None
    """The address of this search with more of its passages."""
    shows: tuple[str, ...]
    languages: tuple[str, ...]
    types: tuple[str, ...]
    speakers: tuple[str, ...]


def results_view(
    query: str,
    filters: Mapping[str, str],
    found: Found,
    heard: Heard,
    limit: int,
    *,
    by_words_alone: bool = False,
    shows: Sequence[str] = (),
    languages: Sequence[str] = (),
    types: Sequence[str] = (),
    speakers: Sequence[str] = (),
) -> ResultsView:
    """The hits, with neighbours put together."""
    hits = tuple(_hits(query, found, heard))
    goes_on = len(found.passages) >= limit and limit < MOST_HITS
    asked = {"q": query, **filters, "n": str(min(limit * 2, MOST_HITS))}
    return ResultsView(
        query=query,
        close=found.is_close,
        by_words_alone=by_words_alone,
        filters=dict(filters),
        hits=hits,
        more=f"/search?{urlencode(asked)}" if goes_on else None,
        shows=tuple(shows) if len(shows) <= _MOST_SHOWS else (),
        languages=tuple(languages),
        types=tuple(types),
        speakers=tuple(speakers),
    )


def _hits(query: str, found: Found, heard: Heard) -> Iterator[HitView]:
    for rank, hit in enumerate(stretches(found.passages), start=1):
        yield hit_view(hit, rank, excerpt_of(hit, query, heard))


def hit_view(hit: Stretch, rank: int, excerpt: Excerpt) -> HitView:
    """One hit, of which this is shown."""
    passage = hit.best.passage
    return HitView(
        rank=rank,
        key=passage.episode_key,
        title=one_line(passage.episode_title) or passage.episode_key,
        show=one_line(passage.show) or None,
        published=passage.published,
        language=passage.language,
        start=hit.start,
        end=hit.end,
        second=excerpt.second,
        speakers=tuple(map(one_line, passage.speakers)),
        chapter=one_line(passage.chapter) or None,
        entities=tuple(one_line(name) for name in hit.entities[:_MOST_NAMED]),
        score=round(hit.best.score, 4),
        url=web_url("", at_second(passage.url, excerpt.second)),
        text=tuple(_pieces(excerpt)),
    )


def _pieces(excerpt: Excerpt) -> Iterator[Piece]:
    """The text, with the words of the query apart."""
    place = 0
    for start, end in excerpt.asked:
        if start > place:
            yield Piece(text=excerpt.text[place:start], asked=False)
        yield Piece(text=excerpt.text[start:end], asked=True)
        place = end
    if place < len(excerpt.text):
        yield Piece(text=excerpt.text[place:], asked=False)
