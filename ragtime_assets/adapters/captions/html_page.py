"""HTML transcripts as Podcasting 2.0 has them: `<cite>` who, `<time>` from when, `<p>` what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragtime_assets.adapters.captions.cues import Cue, plain, says_something, shares
from ragtime_assets.errors import InvalidCaptions

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")
_SLOWEST = 1.0
"""Words a second; a paragraph lasts no longer, even if the next one starts much later."""


@dataclass
class _Stretch:
    """What is said from one time on."""

    start: float
    said: list[tuple[str | None, str]] = field(default_factory=list[tuple[str | None, str]])


def is_html(text: str) -> bool:
    """Whether the file starts as a page, or as a piece of one."""
    return re.match(r"<(?:!doctype|!--|html|head|body|div|section|article|cite|time|p)\b|<!", text, re.I) is not None


def read_html(text: str) -> list[Cue]:
    """The paragraphs as cues, each until the next begins; raises InvalidCaptions."""
    from selectolax.lexbor import LexborHTMLParser

    stretches: list[_Stretch] = []
    speaker: str | None = None
    for node in LexborHTMLParser(text).css("cite, time, p"):
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
