"""One episode as a Markdown note, as Obsidian reads it: front matter, summary, chapters, links to entities, transcript.

How words from outside become Markdown is in `markup.py`; the notes that lead to episodes are in `backlinks.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ragtime_assets.domain.artifacts.episode_details import Person
from ragtime_assets.domain.figures import clock, plural
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.rendering.front_matter import front_matter
from ragtime_assets.domain.rendering.markup import at_moment, ids, listed, plain, section, target_of, wiki_link
from ragtime_assets.domain.rendering.named import NamedEntity, named_entities
from ragtime_assets.domain.rendering.turns import turns
from ragtime_assets.domain.text.lines import several_lines

MOST_MOMENTS = 5
"""Of one entity; the rest is found by a search."""


@dataclass(frozen=True)
class Links:
    """What the notes are called to which the note of an episode leads, by the name of what they are about."""

    entity: Callable[[str], str] = target_of
    show: Callable[[str], str] = target_of


def note(contents: Contents, links: Links = Links()) -> str:  # noqa: B008 (it never changes)
    """The whole note."""
    show = contents.details.show
    parts = (
        _head(contents),
        f"# {plain(contents.details.title)}",
        wiki_link(show, links.show(show)) if show else "",
        _summary(contents),
        section("Chapters", (f"{_at(contents, one.start)} {plain(one.title)}" for one in contents.chapters)),
        section("People", (_person(one, links) for one in contents.details.persons)),
        section("Named", (_entity(contents, one, links) for one in named_entities(contents))),
        _show_notes(contents),
        _transcript(contents),
    )
    return "\n\n".join(filter(None, parts)) + "\n"


def _head(contents: Contents) -> str:
    details, transcript = contents.details, contents.transcript
    return front_matter(
        {
            "title": details.title,
            "show": details.show,
            "published": contents.published,
            "url": details.page_url,
            "audio": contents.audio.url if contents.audio else None,
            "duration": round(transcript.duration),
            "language": transcript.language,
            "season": details.season,
            "episode": details.episode,
            "speakers": sorted({one.speaker for one in transcript.segments if one.speaker}),
            "entities": [one.name for one in named_entities(contents)],
            "ragtime": contents.key,
            "transcribed_by": transcript.engine,
        }
    )


def _summary(contents: Contents) -> str:
    summary = contents.summary
    if summary is None:
        return ""
    line = "" if summary.text.startswith(summary.line) else f"**{plain(summary.line)}**"
    paragraphs = (plain(" ".join(one.text for one in some)) for some in summary.paragraphs)
    return "\n\n".join(filter(None, ("## Summary", line, *paragraphs, listed(_key_moments(contents)))))


def _key_moments(contents: Contents) -> Iterator[str]:
    """Those of the summary that are no chapters, which have a list of their own."""
    chapters = {(int(one.start), one.title) for one in contents.chapters}
    for one in contents.summary.key_moments if contents.summary else ():
        if (int(one.start), one.title) not in chapters:
            yield f"{_at(contents, one.start)} {plain(one.title)}"


def _person(person: Person, links: Links) -> str:
    return f"{wiki_link(person.name, links.entity(person.name))} ({plain(person.role)})"


def _entity(contents: Contents, one: NamedEntity, links: Links) -> str:
    more = len(one.moments) - MOST_MOMENTS
    moments = " ".join(_at(contents, second) for second in one.moments[:MOST_MOMENTS])
    told = (
        f"{wiki_link(one.name, links.entity(one.name))} ({plain(one.type)})",
        moments,
        f"and {more} more" if more > 0 else "",
        *ids(one.mbid, one.qid),
    )
    return " ".join(filter(None, told))


def _show_notes(contents: Contents) -> str:
    lines = several_lines(contents.details.description).splitlines()
    return "\n".join(("## Show notes\n", *(f"> {plain(line)}".rstrip() for line in lines))) if lines else ""


def _transcript(contents: Contents) -> str:
    spoken = (
        f"{_at(contents, one.start)} {f'**{plain(one.speaker)}:** ' if one.speaker and one.opens else ''}"
        f"{plain(one.text)}"
        for one in turns(contents.transcript.segments)
    )
    told = f"{plural(contents.transcript.word_count, 'word')}, {clock(contents.transcript.duration)}."
    return "\n\n".join(("## Transcript", told, *spoken))


def _at(contents: Contents, second: float) -> str:
    return at_moment(contents.details.page_url, second)
