"""Strangers' HTML: parsed within bounds, and turned into text that people read.

What does not belong here: finding an episode in a page (`reader.py`).
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from ragtime_assets.domain.text.lines import LONGEST_TEXT, several_lines

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_LONGEST_MARKUP = 500_000
_DEEPEST = 1_000  # browsers stop at 512
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_HOLD_NOTHING = "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
_CLOSE_THEMSELVES = "p|li|dt|dd|tr|td|th|thead|tbody|tfoot|option|optgroup|html|head|body|colgroup"
_NEVER_CLOSED = re.compile(f"{_HOLD_NOTHING}|{_CLOSE_THEMSELVES}", re.IGNORECASE)
_PARAGRAPHS = "p, div, ul, ol, dl, h1, h2, h3, h4, h5, h6, table, blockquote, pre, section, article, hr"
_LINES = "br, li, dt, dd, tr"
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
"""Around what a feed escapes though it is in here: a comment to a browser, and what is in it would be lost."""
_CELLS = "td, th"
_GAP = re.compile(r"\s+")


def plain_text(markup: str | None, longest: int = LONGEST_TEXT) -> str:
    """Show notes as people read them: no tags, no scripts, paragraphs and lines kept."""
    markup = _without_cdata((markup or "").strip()[:_LONGEST_MARKUP])
    if not re.search(r"<[a-zA-Z/!]|&[#\w]+;", markup):
        return several_lines(markup, longest)
    if not re.search(r"<[a-zA-Z/!]", markup):
        return several_lines(html.unescape(markup), longest)

    tree = parsed(" ".join(markup.split()))
    tree.strip_tags(["script", "style", "noscript", "template", "iframe"])
    for selector, before, after in ((_PARAGRAPHS, "\n", "\n"), (_LINES, "\n", ""), (_CELLS, " ", "")):
        for node in tree.css(selector):
            node.insert_before(before)
            node.insert_after(after)
    return several_lines(_GAP.sub(_one_empty_line, tree.body.text()) if tree.body else "", longest)


def _without_cdata(markup: str) -> str:
    """The markup without what stands around CDATA; behind the last end of one no other is looked for."""
    closed, end, rest = markup.rpartition("]]>")
    return _CDATA.sub(r"\1", closed + end) + rest


def _one_empty_line(gap: re.Match[str]) -> str:
    """The gap between two paragraphs as one empty line; what holds no empty line as it is."""
    return "\n\n" if gap[0].count("\n") > 1 else gap[0]


def parsed(markup: str) -> LexborHTMLParser:
    """The tree of a page, which ends where it is nested deeper than any honest page: parsing is quadratic in depth."""
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(markup[: _too_deep_at(markup)])


def _too_deep_at(markup: str) -> int | None:
    depth = 0
    for tag in _TAG.finditer(markup):
        closes, name = tag.groups()
        if not _NEVER_CLOSED.fullmatch(name):
            depth = max(0, depth + (-1 if closes else 1))
            if depth > _DEEPEST:
                return tag.start()
    return None
