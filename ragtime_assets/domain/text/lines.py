"""Text from outside, cleaned: one line, several lines, no control characters, decoded from bytes."""

from __future__ import annotations

import codecs
import re
import unicodedata

LONGEST_LINE = 500
LONGEST_TEXT = 20_000
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # part of words in Persian and of emoji
_NEVER_WRITTEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(text: str | None, longest: int = LONGEST_LINE) -> str:
    """`text` on one line, without control characters, cut to `longest` characters."""
    start = (text or "")[: longest * 20]
    line = " ".join((start if start.isprintable() else "".join(map(_visible, start))).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def several_lines(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text` with its lines kept, each cleaned, and at most one empty line between two."""
    lines = (one_line(line, longest) for line in text[: longest * 2].splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:longest]


def seen(text: str) -> str:
    """`text` with its lines as they are, without signs that nobody sees."""
    return text if text.isprintable() else "\n".join(one_line(line, len(line) + 1) for line in text.split("\n"))


def writable(text: str) -> str:
    """`text` without what no database or file takes: control characters and halves of characters."""
    return _NEVER_WRITTEN.sub("", text)


def decoded(body: bytes, *charsets: str | None) -> str:
    """`body` as text: by its byte order mark, else by the first of `charsets` that fits, else UTF-8, else Latin."""
    for mark, charset in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if body.startswith(mark):
            return body.decode(charset, errors="replace")
    for charset in filter(None, (*charsets, "utf-8")):
        try:
            return body.decode(charset)
        except (LookupError, ValueError):
            continue
    return body.decode("cp1252", errors="replace")


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _UNSEEN or character in _JOINERS:
        return character
    return " " if character.isspace() else ""
