"""The command that searches the corpus, and how passages are shown."""

from __future__ import annotations

from dataclasses import Field, asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.output import AsJson, complain, console, error_document, hang, say_json
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.searching.narrowing import OPTION, TOLD, Narrowing, narrowed
from ragtime_assets.domain.searching.ranking import Mode
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets.settings import PREFIX

if TYPE_CHECKING:
    from rich.text import Text

    from ragtime_assets.domain.searching.excerpts import Excerpt
    from ragtime_assets.domain.searching.found import Stretch
    from ragtime_assets.studio import Studio

_WHAT_THERE_IS = "`ragtime status` tells which episodes are searchable."

Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many passages.")]
PerEpisode = Annotated[int, typer.Option("--per-episode", min=0, help="So many passages of an episode; 0 is no limit.")]


def as_option(one: Field[Any]) -> Any:
    """How one of the narrowings is given on a command line."""
    return typer.Option(one.metadata[OPTION], help=one.metadata[TOLD])


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(search)


@narrowed(as_option)
def search(
    query: Annotated[str, typer.Argument(help="Words, a name, or a question.", show_default=False)],
    limit: Limit = 10,
    mode: Annotated[Mode, typer.Option("--mode", help="By vectors and words, by vectors, or by words.")] = "hybrid",
    per_episode: PerEpisode = 2,
    as_json: AsJson = False,
    *,
    narrowing: Narrowing,
) -> None:
    """Find passages, with episode, timestamp and link."""
    from ragtime_assets.domain.searching.excerpts import excerpt_of
    from ragtime_assets.domain.searching.found import stretches
    from ragtime_assets.studio import Studio
    from ragtime_assets.studio.heard import heard_in
    from ragtime_assets.studio.narrowing import filters_of

    _check(query, 'ragtime search "QUERY"')
    studio = Studio()
    filters = filters_of(studio, narrowing)
    found = studio.index.look(query, limit, filters, mode, per_episode or None)
    lost = studio.index.missing_from(found, mode)
    if lost and not found.passages:
        raise lost
    hits, heard = stretches(found.passages), heard_in(studio)
    if as_json:
        documents = [
            hit_document(hit, rank, query, excerpt_of(hit, query, heard).second)
            for rank, hit in enumerate(hits, start=1)
        ]
        said = {"query": query, "mode": mode, "close": found.is_close, "hits": documents}
        nothing = "" if hits else nothing_there(studio)
        said |= {"error": error_document(lost)} if lost else {"note": nothing} if nothing else {}
        say_json(said)
        return
    if lost:
        complain(lost)
    if hits and not found.is_close:
        console().print("Nothing is close to this. The nearest:")
    for rank, hit in enumerate(hits, start=1):
        show_hit(hit, rank, excerpt_of(hit, query, heard))
    if not hits:
        said = {**asdict(filters), "entity": narrowing.entity}
        among = "".join(f" with {name.replace('_', ' ')} {value!r}" for name, value in said.items() if value)
        console().print(f"Nothing found{among}. {nothing_there(studio) or _WHAT_THERE_IS}", markup=False)


def nothing_there(studio: Studio) -> str:
    """That the corpus has nothing to search, which it is, and how another is named; empty where it has something."""
    if studio.passages.count():
        return ""
    is_home = studio.settings.database_url is None
    place, setting = (studio.settings.root, "HOME") if is_home else (studio.database.shown, "DATABASE_URL")
    return (
        f"No episode can be searched yet in {place}. If you mean another corpus, name it in {PREFIX}{setting}; "
        "`ragtime status` tells what waits."
    )


def _check(words: str, usage: str) -> None:
    from ragtime_assets.domain.language.words import says_something

    if not says_something(words):
        raise InvalidSubmission("nothing was asked", remedy=usage)


def show_hit(hit: Stretch, rank: int, excerpt: Excerpt, language: str | None = None) -> None:
    """One hit, as people read it: where its excerpt is heard, and what it says; words of the query stand out.

    What there is to say about it is said in `language`, where there are words for that, else in English.
    """
    from rich.cells import cell_len
    from rich.markup import escape
    from rich.padding import Padding

    from ragtime_assets.domain.answering.answer import at_second
    from ragtime_assets.domain.answering.phrases import phrases

    passage, words = hit.best.passage, phrases(language)
    title = escape(" - ".join(part for part in (passage.show, passage.episode_title) if part))
    console().print()
    hang(f"[bold]{rank}.[/] [cyan]{clock(excerpt.second)}[/] [bold]{title}[/]", 3)
    console().print(Padding(_highlighted(excerpt), (0, 0, 0, 3)))
    score = " ".join([words.score.format(hit.best.score), *([words.by_words] if hit.best.similarity is None else [])])
    told = ", ".join(filter(None, (passage.published, *passage.speakers, score)))
    url = at_second(passage.url, excerpt.second)
    if cell_len(f"   {url}  {told}") <= console().width:
        console().print(f"   [dim]{escape(url)}  {escape(told)}[/]", soft_wrap=True)
        return
    console().print(f"   [dim]{escape(url)}[/]", soft_wrap=True)
    hang(f"   [dim]{escape(told)}[/]", 3)


def hit_document(hit: Stretch, rank: int, query: str, second: float) -> dict[str, Any]:
    """One hit, as programs read it: all of it, and the second at which it is played."""
    from ragtime_assets.domain.answering.answer import at_second
    from ragtime_assets.domain.searching.found import asked_words

    best, passage, text = hit.best, hit.best.passage, hit.text
    return {
        "rank": rank,
        "score": round(best.score, 6),
        "similarity": None if best.similarity is None else round(best.similarity, 4),
        "episode_key": passage.episode_key,
        "episode_title": passage.episode_title,
        "show": passage.show,
        "published": passage.published,
        "language": passage.language,
        "speakers": list(passage.speakers),
        "start": hit.start,
        "end": hit.end,
        "second": second,
        "text": text,
        "highlights": [list(place) for place in asked_words(text, passage.language, query)],
        "url": at_second(passage.url, second),
        "entities": list(hit.entities),
        "chunks": [one.chunk_digest for one in hit.passages],
    }


def _highlighted(excerpt: Excerpt) -> Text:
    from rich.text import Text

    told = Text(excerpt.text)
    for start, end in excerpt.asked:
        told.stylize("bold yellow", start, end)
    return told
