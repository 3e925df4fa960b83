"""HTML transcripts as Podcasting 2.0 has them: `<cite>` who, `<time>` from when, `<p>` what; or pages of mere words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragtime_assets.adapters.captions.cues import Cue, plain, says_something, shares
from ragtime_assets.adapters.markup import parsed
from ragtime_assets.errors import InvalidCaptions

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")
_SLOWEST = 1.0
"""Words a second; a paragraph lasts no longer, even if the next one starts much later."""
_PAGE = re.compile(r"<(?:!doctype|!--|html|head|body|main|div|section|article|cite|time|p|h[1-6])\b|<!", re.IGNORECASE)
_NOT_SAID = ["head", "script", "style", "noscript", "template", "iframe", "nav", "header", "footer", "form", "time"]
_BLOCKS = "p, div, section, article, blockquote, li, dt, dd, tr, h1, h2, h3, h4, h5, h6, pre, br, hr"
_WHO, _SAYS = "\x1e", "\x1f"
"""Around the text of a `<cite>`; no page holds them once its white space is collapsed."""


@dataclass
class _Stretch:
    """What is said from one time on."""

    start: float
    said: list[tuple[str | None, str]] = field(default_factory=list[tuple[str | None, str]])


def is_html(text: str) -> bool:
    """Whether the file starts as a page, or as a piece of one."""
    return _PAGE.match(text) is not None


def read_html(text: str) -> list[Cue]:
    """The paragraphs as cues, each until the next begins; raises InvalidCaptions."""
    stretches: list[_Stretch] = []
    speaker: str | None = None
    for node in parsed(text).css("cite, time, p"):
        if node.tag == "time":
            if (start := _clock(node)) is not None:
                stretches.append(_Stretch(start))
        elif node.tag == "cite":
            speaker = plain(node.text()).rstrip(":").strip() or None
        else:
            inside = node.css_first("cite")
            speaker = plain(inside.text()).rstrip(":").strip() if inside else speaker
            said = _said(node)
            if (time := node.css_first("time")) and (start := _clock(time)) is not None:
                stretches.append(_Stretch(start))
            if stretches and says_something(said):
                stretches[-1].said.append((speaker, said))
    cues = _timed([stretch for stretch in stretches if stretch.said])
    if not cues:
        raise InvalidCaptions("the captions look like HTML, without a <time> before any <p>")
    return cues


def html_lines(text: str) -> Iterator[tuple[str | None, str]]:
    """Who says what on a page, a line for each block of it, whatever times it has."""
    tree = parsed(" ".join(text.split()))
    tree.strip_tags(_NOT_SAID)
    for node in tree.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    for node in tree.css("cite"):
        node.insert_before(_WHO)
        node.insert_after(_SAYS)
    speaker: str | None = None
    for line in tree.body.text().split("\n") if tree.body else ():
        who, cited, said = line.strip(" ").partition(_SAYS)
        # In the middle of a line it is a title.
        if cited and who.startswith(_WHO):
            speaker, line = plain(who).rstrip(":").strip() or speaker, said  # noqa: PLW2901 - the same, without who
        yield speaker, line.replace(_WHO, "").replace(_SAYS, "")


def _timed(stretches: list[_Stretch]) -> list[Cue]:
    ends = [*(later.start for later in stretches[1:]), float("inf")]
    cues: list[Cue] = []
    for stretch, after in zip(stretches, ends, strict=False):
        texts = [text for _, text in stretch.said]
        longest = stretch.start + sum(len(text.split()) for text in texts) / _SLOWEST
        times = shares(stretch.start, max(min(after, longest), stretch.start), texts)
        cues += [Cue(start, end, text, who) for (who, text), (start, end) in zip(stretch.said, times, strict=True)]
    return cues


def _said(paragraph: LexborNode) -> str:
    """The text of a paragraph, without the speaker and the time inside it."""
    pieces = [child.text() for child in paragraph.iter(include_text=True) if child.tag not in {"cite", "time"}]
    return plain(" ".join(pieces))


def _clock(node: LexborNode) -> float | None:
    found = _CLOCK.search(node.text() or node.attributes.get("datetime") or "")
    if not found:
        return None
    hours, minutes, seconds = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
