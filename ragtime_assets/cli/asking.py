"""The command that searches the corpus, and how passages are shown."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.output import AsJson, console, say_json
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.points import Filters
from ragtime_assets.errors import InvalidSubmission

if TYPE_CHECKING:
    from ragtime_assets.corpus.search import Closest, RankedPassage

_WHAT_THERE_IS = "`ragtime status` tells which episodes are searchable."

Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many passages.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(search)


def search(
    query: Annotated[str, typer.Argument(help="Words, a name, or a question.", show_default=False)],
    limit: Limit = 10,
    show: Annotated[str | None, typer.Option("--show", help="Only this show: its name or a part of it.")] = None,
    language: Annotated[str | None, typer.Option("--lang", help="Only this language, as in en or de.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find passages, with episode, timestamp and link."""
    from rich.markup import escape

    from ragtime_assets.studio import Studio

    _check(query, 'ragtime search "QUERY"')
    studio = Studio()
    show = studio.names.show(show) if show else None
    chosen = Filters(show=show, language=language)
    found = studio.index.search.look(query, limit, chosen)
    if as_json:
        hits = [hit_document(hit) for hit in found.passages]
        say_json({"query": query, "close": found.is_close, "hits": hits})
        return
    if found.passages and not found.is_close:
        console().print("Nothing is close to this. The nearest:")
    for hit in found.passages:
        show_hit(hit)
    if not found.passages:
        among = "".join(f" with {name} {value!r}" for name, value in asdict(chosen).items() if value)
        console().print(f"Nothing found{escape(among)}. {_WHAT_THERE_IS}")


def _check(words: str, usage: str) -> None:
    if not words.strip():
        raise InvalidSubmission("nothing was asked", remedy=usage)


def show_closest(closest: Closest) -> None:
    """The passages closest to a question, or that there are none."""
    if not closest.supported:
        console().print(f"The corpus does not support an answer. {_WHAT_THERE_IS}")
        return
    console().print("Closest passages:")
    for hit in closest.passages:
        show_hit(hit)


def show_hit(hit: RankedPassage) -> None:
    """One passage, as people read it."""
    from rich.markup import escape
    from rich.padding import Padding

    passage = hit.passage
    title = escape(" - ".join(part for part in (passage.show, passage.episode_title) if part))
    console().print(f"\n[bold]{hit.rank}.[/] [cyan]{clock(passage.start)}-{clock(passage.end)}[/] [bold]{title}[/]")
    console().print(Padding(escape(passage.text), (0, 0, 0, 3)))
    likeness = "found by its words" if hit.similarity is None else f"similarity {hit.similarity:.2f}"
    console().print(f"   [dim]{escape(passage.url)}  {likeness}[/]", soft_wrap=True)


def hit_document(hit: RankedPassage) -> dict[str, Any]:
    """One passage, as programs read it."""
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "similarity": None if hit.similarity is None else round(hit.similarity, 4),
        "episode_key": passage.episode_key,
        "episode_title": passage.episode_title,
        "show": passage.show,
        "published": passage.published,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "url": passage.url,
        "entities": list(passage.entities),
    }
