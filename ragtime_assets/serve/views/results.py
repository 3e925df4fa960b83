"""What a search found: passages with the words that were asked for, and what can be narrowed further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from ragtime_assets.domain.searching.found import Found, Stretch, asked_words, stretches
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
    speakers: tuple[str, ...]
    chapter: str | None
    entities: tuple[str, ...]
    score: float
    url: str | None
    """The page of the episode at that second, on the web."""
    text: tuple[Piece, ...]


class ResultsView(View):
    """The passages of a search, best first; where `close` is false, none is close to the query."""

    query: str
    close: bool
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
    limit: int,
    *,
    shows: Sequence[str] = (),
    languages: Sequence[str] = (),
    types: Sequence[str] = (),
    speakers: Sequence[str] = (),
) -> ResultsView:
    """The hits, with neighbours put together."""
    hits = tuple(hit_view(hit, rank, query) for rank, hit in enumerate(stretches(found.passages), start=1))
    goes_on = len(found.passages) >= limit and limit < MOST_HITS
    asked = {"q": query, **filters, "n": str(min(limit * 2, MOST_HITS))}
    return ResultsView(
        query=query,
        close=found.is_close,
        filters=dict(filters),
        hits=hits,
        more=f"/search?{urlencode(asked)}" if goes_on else None,
        shows=tuple(shows) if len(shows) <= _MOST_SHOWS else (),
        languages=tuple(languages),
        types=tuple(types),
        speakers=tuple(speakers),
    )


def hit_view(hit: Stretch, rank: int, query: str) -> HitView:
    """One hit."""
    passage = hit.best.passage
    text = one_line(hit.text, len(hit.text) + 1)
    return HitView(
        rank=rank,
        key=passage.episode_key,
        title=one_line(passage.episode_title) or passage.episode_key,
        show=one_line(passage.show) or None,
        published=passage.published,
        language=passage.language,
        start=hit.start,
        end=hit.end,
        speakers=tuple(map(one_line, passage.speakers)),
        chapter=one_line(passage.chapter) or None,
        entities=tuple(one_line(name) for name in hit.entities[:_MOST_NAMED]),
        score=round(hit.best.score, 4),
        url=web_url("", passage.url),
        text=pieces(text, passage.language, query),
    )


def pieces(text: str, language: str, query: str) -> tuple[Piece, ...]:
    """The text, with the words of the query apart."""
    found, place = list[Piece](), 0
    for start, end in asked_words(text, language, query):
        if start > place:
            found.append(Piece(text=text[place:start], asked=False))
        found.append(Piece(text=text[start:end], asked=True))
        place = end
    if place < len(text):
        found.append(Piece(text=text[place:], asked=False))
    return tuple(found)
