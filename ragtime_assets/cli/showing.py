"""`ragtime show`: what was made of an episode, as people and programs read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.output import AsJson, Key, console, say_json
from ragtime_assets.domain.figures import clock, plural

if TYPE_CHECKING:
    from ragtime_assets.domain.rendering.contents import Contents
    from ragtime_assets.studio import Studio

_TIME = 7


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(show)


def show(
    key: Key,
    transcript: Annotated[bool, typer.Option("--transcript", help="What is said, with times and speakers.")] = False,
    summary: Annotated[bool, typer.Option("--summary", help="The summary and its key moments.")] = False,
    entities: Annotated[bool, typer.Option("--entities", help="Who and what is named, and when.")] = False,
    report: Annotated[bool, typer.Option("--report", help="What happened to the episode, as Markdown.")] = False,
    chapters: Annotated[
        bool, typer.Option("--chapters", help="Its chapters; with --json a Podcasting 2.0 chapters file.")
    ] = False,
    persons: Annotated[bool, typer.Option("--persons", help="Whom the publisher credits.")] = False,
    as_json: AsJson = False,
) -> None:
    """What there is of an episode: an overview, or parts of it. With --json several parts are each under their name."""
    from ragtime_assets.studio import Studio

    given = {
        "transcript": transcript,
        "summary": summary,
        "entities": entities,
        "report": report,
        "chapters": chapters,
        "persons": persons,
    }
    chosen = [name for name, wanted in given.items() if wanted] or ["overview"]
    studio = Studio()
    of = studio.names.key(key)
    parts = {name: PARTS[name](studio, of) for name in chosen}
    if as_json:
        documents = {name: document for name, (document, _) in parts.items()}
        say_json(documents if len(documents) > 1 else documents[chosen[0]])
        return
    for place, (_, lines) in enumerate(parts.values()):
        if place:
            console().print()
        for line in lines:
            console().print(line)


Part = tuple[Mapping[str, Any], Iterator[Any]]
"""What programs get, and what is printed for people."""


def _overview(studio: Studio, key: str) -> Part:
    from ragtime_assets.domain.rendering.records import episode_record
    from ragtime_assets.studio.contents import contents_of

    contents = contents_of(studio, key)
    return episode_record(contents), _overview_lines(contents)


def _overview_lines(contents: Contents) -> Iterator[Any]:
    from rich.markup import escape
    from rich.table import Table

    from ragtime_assets.domain.rendering.named import named_entities
    from ragtime_assets.domain.text.lines import one_line

    transcript, details = contents.transcript, contents.details
    yield f"[bold]{escape(one_line(details.title))}[/]"
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    speakers = sorted({one.speaker for one in transcript.segments if one.speaker})
    told = {
        "show": details.show,
        "published": contents.published,
        "length": f"{clock(transcript.duration)}, {plural(transcript.word_count, 'word')}, {transcript.language}",
        "speakers": ", ".join(speakers),
        "chapters": len(contents.chapters) or None,
        "persons": ", ".join(one.name for one in details.persons),
        "named": ", ".join(one.name for one in named_entities(contents)[:8]),
        "page": details.page_url,
        "key": contents.key,
    }
    for name, value in told.items():
        if value:
            table.add_row(name, escape(one_line(str(value))))
    yield table
    if contents.summary:
        yield f"\n{escape(one_line(contents.summary.line))}"
    yield "\n[dim]More: --transcript --summary --entities --chapters --persons --report[/]"


def _transcript(studio: Studio, key: str) -> Part:
    from ragtime_assets.domain.rendering.turns import turns
    from ragtime_assets.studio.contents import contents_of

    contents = contents_of(studio, key)
    transcript = contents.transcript
    segments = [
        {"start": one.start, "end": one.end, "speaker": one.speaker, "text": one.text} for one in transcript.segments
    ]
    told = {"language": transcript.language, "duration": transcript.duration, "engine": transcript.engine}
    lines = (_row(one.start, one.text, one.speaker if one.opens else None) for one in turns(transcript.segments))
    return {**_named(contents), **told, "segments": segments}, lines


def _summary(studio: Studio, key: str) -> Part:
    from ragtime_assets.domain.artifacts.summary import Summary
    from ragtime_assets.studio.contents import contents_of, needed

    summary = needed(studio, key, Summary)
    moments = [{"start": one.start, "title": one.title} for one in summary.key_moments]
    told = {"engine": summary.engine, "language": summary.language, "line": summary.line, "text": summary.text}
    return {**_named(contents_of(studio, key)), **told, "key_moments": moments}, _summary_lines(summary)


def _summary_lines(summary: Any) -> Iterator[Any]:
    from rich.markup import escape

    yield f"[bold]{escape(summary.line)}[/]\n"
    yield escape(summary.text)
    if summary.key_moments:
        yield ""
    for one in summary.key_moments:
        yield _row(one.start, one.title)


def _entities(studio: Studio, key: str) -> Part:
    from ragtime_assets.domain.artifacts.entities import Entities
    from ragtime_assets.domain.rendering.named import named_entities
    from ragtime_assets.studio.contents import contents_of, needed

    needed(studio, key, Entities)
    contents = contents_of(studio, key)
    found = named_entities(contents)
    return {**_named(contents), "entities": [vars(one) for one in found]}, _entity_lines(found)


def _entity_lines(found: list[Any]) -> Iterator[Any]:
    from rich.markup import escape

    for one in found:
        ids = "  ".join(filter(None, (one.entity_id, one.mbid, one.qid)))
        yield f"[bold]{escape(one.name)}[/], {escape(one.type)}, named {plural(len(one.moments), 'time')}"
        moments = " ".join(clock(second) for second in one.moments[:12])
        yield f"  {moments}{' ...' if len(one.moments) > 12 else ''}"
        if ids:
            yield f"  [dim]{escape(ids)}[/]"
    if not found:
        yield "Nobody and nothing is named."


def _report(studio: Studio, key: str) -> Part:
    from rich.markdown import Markdown

    from ragtime_assets.domain.artifacts.episode_report import EpisodeReport
    from ragtime_assets.studio.contents import needed

    report = needed(studio, key, EpisodeReport)
    return report.model_dump(mode="json"), iter((Markdown(report.markdown),))


def _chapters(studio: Studio, key: str) -> Part:
    from ragtime_assets.domain.rendering.podcasting import chapters
    from ragtime_assets.studio.contents import contents_of

    contents = contents_of(studio, key)
    lines = [_row(one.start, one.title) for one in contents.chapters]
    return chapters(contents), iter(lines or ["The publisher gave no chapters."])


def _persons(studio: Studio, key: str) -> Part:
    from rich.markup import escape

    from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
    from ragtime_assets.domain.rendering.podcasting import persons
    from ragtime_assets.studio.contents import needed

    details = needed(studio, key, EpisodeDetails)
    found = persons(details)
    lines = [escape(f"{one['name']}, {one['role']}" + (f"  {one['href']}" if "href" in one else "")) for one in found]
    told = {"key": key, "title": details.title, "show": details.show, "persons": found}
    return told, iter(lines or ["The publisher credits nobody."])


def _named(contents: Contents) -> dict[str, Any]:
    return {"key": contents.key, "title": contents.details.title, "show": contents.details.show}


def _row(second: float, text: str, speaker: str | None = None) -> Any:
    """A moment, and what is told of it beside it."""
    from rich.markup import escape
    from rich.table import Table

    row = Table.grid(padding=(0, 1))
    row.add_column(width=_TIME, no_wrap=True, justify="right", style="cyan")
    row.add_column(overflow="fold")
    row.add_row(clock(second), f"[bold]{escape(speaker)}:[/] {escape(text)}" if speaker else escape(text))
    return row


PARTS: Mapping[str, Callable[[Studio, str], Part]] = {
    "overview": _overview,
    "transcript": _transcript,
    "summary": _summary,
    "entities": _entities,
    "report": _report,
    "chapters": _chapters,
    "persons": _persons,
}
