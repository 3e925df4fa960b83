"""What is told as HTML, all of it escaped: Markdown without pictures and HTML of its own, and the words of errors."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


def html_of(markdown: str) -> str:
    """As it is shown; all that it says is escaped."""
    return _reader().render(markdown)


def told(text: str, key: str | None = None) -> str:
    """What an error says and what to do: commands stand apart, with the key of the episode where one is meant."""
    from markupsafe import escape

    meant = re.sub(r"\bKEY\b", key, text) if key else text
    return re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(meant)))


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
