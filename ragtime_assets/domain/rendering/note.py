"""One episode as a Markdown note, as Obsidian reads it: front matter, summary, chapters, links to entities, transcript.

What strangers wrote stays words: it opens no tag, link, picture, formula, comment or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ragtime_assets.domain.artifacts.episode_details import Person
from ragtime_assets.domain.figures import clock, plural
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.rendering.file_names import file_name
from ragtime_assets.domain.rendering.front_matter import front_matter
from ragtime_assets.domain.rendering.named import NamedEntity, named_entities
from ragtime_assets.domain.rendering.turns import turns
from ragtime_assets.domain.text.lines import one_line, several_lines
from ragtime_assets.domain.text.links import moment_url

MOST_NAMED = 30
"""In the front matter; all are in the note."""
MOST_MOMENTS = 5
"""Of one entity; the rest is found by a search."""
_MARKUP = re.compile(r"[\\`*_\[\]<>|$#^]|={2,}|%{2,}|~{2,}|^[-+=]")
_URL = re.compile(r"(https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]}|*_])")
_IN_ADDRESS = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "|": "%7C", "[": "%5B", "]": "%5D"}
_NOT_IN_LINKS = re.compile(r"[\[\]|<>`$\\]+")


def note(contents: Contents) -> str:
    """The whole note."""
    parts = (
        _head(contents),
        f"# {plain(contents.details.title)}",
        _summary(contents),
        _section("Chapters", (f"{_at(contents, one.start)} {plain(one.title)}" for one in contents.chapters)),
        _section("People", map(_person, contents.details.persons)),
        _section("Named", (_entity(contents, one) for one in named_entities(contents))),
        _show_notes(contents),
        _transcript(contents),
    )
    return "\n\n".join(filter(None, parts)) + "\n"


def plain(text: str) -> str:
    """Words from outside in one line, without a meaning in Markdown; their addresses are links that show themselves."""
    said, *rest = _URL.split(one_line(text, len(text) + 1))
    links = (f"<{_address(url)}>{_escaped(after)}" for url, after in zip(rest[::2], rest[1::2], strict=True))
    return _escaped(said) + "".join(links)


def wiki_link(name: str) -> str:
    """A link to the note of that name, whatever signs are in it."""
    target, shown = file_name(name, "unnamed"), " ".join(_NOT_IN_LINKS.sub(" ", one_line(name)).split())
    return f"[[{target}]]" if target == shown else f"[[{target}|{shown}]]"


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
            "entities": [one.name for one in named_entities(contents)[:MOST_NAMED]],
            "ragtime": contents.key,
            "transcribed_by": transcript.engine,
        }
    )


def _summary(contents: Contents) -> str:
    if contents.summary is None:
        return ""
    paragraphs = (plain(" ".join(one.text for one in some)) for some in contents.summary.paragraphs)
    moments = (f"{_at(contents, one.start)} {plain(one.title)}" for one in contents.summary.key_moments)
    written = ("## Summary", f"**{plain(contents.summary.line)}**", *paragraphs, _list(moments))
    return "\n\n".join(filter(None, written))


def _person(person: Person) -> str:
    return f"{wiki_link(person.name)} ({plain(person.role)})"


def _entity(contents: Contents, one: NamedEntity) -> str:
    more = len(one.moments) - MOST_MOMENTS
    moments = " ".join(_at(contents, second) for second in one.moments[:MOST_MOMENTS])
    ids = (
        f"MBID `{one.mbid}`" if one.mbid else "",
        f"[Wikidata](https://www.wikidata.org/wiki/{one.qid})" if one.qid else "",
    )
    told = (f"{wiki_link(one.name)} ({plain(one.type)})", moments, f"and {more} more" if more > 0 else "", *ids)
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
    """A link to a moment; plain where the episode has no page on the web."""
    url = moment_url(contents.details.page_url, second)
    return f"[{clock(second)}]({_address(url)})" if url.startswith("http") else f"`{clock(second)}`"


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda found: "".join(f"\\{sign}" for sign in found[0]), text)


def _address(url: str) -> str:
    return "".join(_IN_ADDRESS.get(sign, sign) for sign in one_line(url, len(url) + 1))


def _section(heading: str, entries: Iterable[str]) -> str:
    listed = _list(entries)
    return f"## {heading}\n\n{listed}" if listed else ""


def _list(entries: Iterable[str]) -> str:
    return "\n".join(_bulleted(entries))


def _bulleted(entries: Iterable[str]) -> Iterator[str]:
    yield from (f"- {entry}" for entry in entries)
