"""HTML transcripts as Podcasting 2.0 has them: `<cite>` who, `<time>` from when, `<p>` what; or pages of mere words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragtime_assets.adapters.captions.cues import Cue, plain
from ragtime_assets.adapters.pages.markup import parsed
from ragtime_assets.domain.language.spelling import shares
from ragtime_assets.domain.language.words import count_words, says_something
from ragtime_assets.errors import InvalidCaptions

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")
_SLOWEST = 1.0
"""Words a second; a paragraph lasts no longer, even if the next one starts much later."""
_PAGE = re.compile(r"<(?:\?xml|html|head|body|main|div|section|article|cite|time|p|h[1-6])\b|<!", re.IGNORECASE)
_NOT_SAID = ["head", "script", "style", "noscript", "template", "iframe", "nav", "header", "footer", "form", "time"]
_BLOCKS = "p, div, section, article, blockquote, li, dt, dd, tr, h1, h2, h3, h4, h5, h6, pre, br, hr"
_WHO, _SAYS = "\x1e", "\x1f"
"""Around the text of a `<cite>`; no page holds them once its white space is collapsed."""
_OPENING_MARKS = "\"'\u2018\u201c\u00ab\u300c\u00bf\u00a1-\u2013\u2014 "


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
    for node in _without_titles(text).css("cite, time, p"):
        if node.tag == "time":
            if (start := _clock(node)) is not None:
                stretches.append(_Stretch(start))
        elif node.tag == "cite":
            speaker = _name(node.text()) or None
        else:
            inside = node.css_first("cite")
            speaker = (_name(inside.text()) or None) if inside else speaker
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
    speaker: str | None = None
    for line in _lines(_without_titles(text, *_NOT_SAID)):
        who, cited, said = line.rpartition(_SAYS)
        speaker = _name(who) or speaker
        yield speaker, said.lstrip(": ") if cited else said


def _without_titles(text: str, *dropped: str) -> LexborHTMLParser:
    """The page without some tags; each `<cite>` that is left says who speaks, of the others the words are left."""
    markup = " ".join(text.split())
    tree = parsed(markup)
    tree.strip_tags(list(dropped))
    cites = tree.css("cite")
    if cites and tree.body:
        untimed = parsed(markup)
        untimed.strip_tags([*dropped, "time"])
        speaking = _speaking(_lines(untimed))
        for place, node in enumerate(cites):
            if place not in speaking:
                node.unwrap()
        tree.body.merge_text_nodes()
    return tree


def _lines(tree: LexborHTMLParser) -> list[str]:
    """The text of a page, a line for each block of it, with marks around its cites."""
    for node in tree.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    for node in tree.css("cite"):
        node.insert_before(_WHO)
        node.insert_after(_SAYS)
    return tree.body.text().split("\n") if tree.body else []


def _speaking(lines: Iterable[str]) -> set[int]:
    """Which cites, counted through the page, say who speaks: at the start of a line, and not in a sentence of it."""
    opening: dict[int, tuple[str, str]] = {}
    cites = 0
    for line in lines:
        who, cited, said = line.strip(" ").partition(_SAYS)
        if cited and who.startswith(_WHO):
            opening[cites] = plain(who), plain(said)
        cites += line.count(_WHO)
    times = Counter(_name(who) for who, _ in opening.values())
    return {place for place, (who, said) in opening.items() if times[_name(who)] > 1 or _stands_apart(who, said)}


def _stands_apart(who: str, said: str) -> bool:
    """Whether it is alone on its line, or a colon or the beginning of a sentence follows."""
    first = said.lstrip(_OPENING_MARKS)[:1]
    begins = first.isalpha() and not first.islower()
    return begins or not says_something(said) or who.endswith(":") or said.startswith(":")


def _name(cited: str) -> str:
    return plain(cited).rstrip(": ")


def _timed(stretches: list[_Stretch]) -> list[Cue]:
    ends = [*(later.start for later in stretches[1:]), float("inf")]
    cues: list[Cue] = []
    for stretch, after in zip(stretches, ends, strict=False):
        texts = [text for _, text in stretch.said]
        longest = stretch.start + sum(map(count_words, texts)) / _SLOWEST
        times = shares(texts, stretch.start, max(min(after, longest), stretch.start))
        cues += [Cue(start, end, text, who) for (who, text), (start, end) in zip(stretch.said, times, strict=True)]
    return cues


def _said(paragraph: LexborNode) -> str:
    """The text of a paragraph, without the speaker and the time inside it."""
    pieces = [child.text() for child in paragraph.iter(include_text=True) if child.tag not in {"cite", "time"}]
    return plain(" ".join(pieces)).lstrip(": ")


def _clock(node: LexborNode) -> float | None:
    found = _CLOCK.search(node.text() or node.attributes.get("datetime") or "")
    if not found:
        return None
    hours, minutes, seconds = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
