"""Markdown, as Obsidian reads it, out of words from outside: links to notes and moments, lists, sections.

What strangers wrote stays words: it opens no tag, link, picture, formula, comment or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.rendering.file_names import file_name
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import moment_url

_MARKUP = re.compile(r"[\\`*_\[\]<>|$#^]|={2,}|%{2,}|~{2,}|^[-+=]")
_URL = re.compile(r"(https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]}|*_])")
_IN_ADDRESS = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "|": "%7C", "[": "%5B", "]": "%5D"}
_NOT_IN_LINKS = re.compile(r"[\[\]|<>`$\\]+")


def plain(text: str) -> str:
    """Words from outside in one line, without a meaning in Markdown; their addresses are links that show themselves."""
    said, *rest = _URL.split(one_line(text, len(text) + 1))
    links = (f"<{_address(url)}>{_escaped(after)}" for url, after in zip(rest[::2], rest[1::2], strict=True))
    return _escaped(said) + "".join(links)


def target_of(name: str) -> str:
    """What the note of that name is called, whatever signs are in it."""
    return file_name(name, "unnamed")


def wiki_link(name: str, target: str | None = None) -> str:
    """A link to the note of that name, or to a note that is called otherwise."""
    target = target or target_of(name)
    shown = " ".join(_NOT_IN_LINKS.sub(" ", one_line(name)).split()) or target
    return f"[[{target}]]" if target == shown else f"[[{target}|{shown}]]"


def at_moment(page_url: str, second: float) -> str:
    """A link to a moment of an episode; plain where it has no page on the web."""
    url = moment_url(page_url, second)
    return f"[{clock(second)}]({_address(url)})" if url.startswith("http") else f"`{clock(second)}`"


def ids(mbid: str | None, qid: str | None) -> list[str]:
    """What an entity is called elsewhere."""
    wikidata = f"[Wikidata](https://www.wikidata.org/wiki/{qid})" if qid else ""
    return [told for told in (f"MBID `{mbid}`" if mbid else "", wikidata) if told]


def section(heading: str, entries: Iterable[str]) -> str:
    """A list under a heading; nothing where there are no entries."""
    found = listed(entries)
    return f"## {heading}\n\n{found}" if found else ""


def listed(entries: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {entry}" for entry in entries)


def _escaped(text: str) -> str:
    return _MARKUP.sub(lambda found: "".join(f"\\{sign}" for sign in found[0]), text)


def _address(url: str) -> str:
    return "".join(_IN_ADDRESS.get(sign, sign) for sign in one_line(url, len(url) + 1))
