"""Quotations: what stands between quotation marks, and whether it stands in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragtime_assets.domain.language.words import folded

CLOSE = 90
"""So much of a quotation must be found in one stretch of the text, in hundredths."""
_QUOTED = re.compile(
    r"\"([^\"\n]{2,})\"|\u201c([^\u201d\u201c\n]{2,})\u201d|\u201e([^\u201e\u201c\u201d\n]{2,})[\u201c\u201d]"
    r"|\u00ab([^\u00ab\u00bb\n]{2,})\u00bb|\u00bb([^\u00ab\u00bb\n]{2,})\u00ab"
    r"|(?<!\w)[\u2018\u201a]([^\u2018\u2019\u201a\n]{2,}(?:\u2019\w[^\u2018\u2019\u201a\n]*){0,50}+)[\u2018\u2019](?!\w)"
    r"|(?<!\w)'([^'\n]{2,}(?:'\w[^'\n]*){0,50}+)'(?!\w)"
)
_LEFT_OUT = re.compile(r"\s*(?:\[\s*(?:\u2026|\.{3})\s*\]|\u2026|\.{3})\s*")
_PIECE = re.compile(r"[^\W_]+")
_NEGATIONS = """
    not no never none nothing nobody neither nor cannot without nicht kein keine keinen keinem keiner keines nie niemals
    nichts niemand weder ohne ne pas jamais rien non nunca niet geen"""


def quotations(sentence: str) -> list[str]:
    """What the sentence quotes, without the quotation marks."""
    return [next(filter(None, found.groups())).strip() for found in _QUOTED.finditer(sentence)]


def stands_in(quotation: str, text: str) -> bool:
    """Whether a quotation is, but for a letter here and there, what the text says; parts may be left out, as in ..."""
    told = plain(text)
    return all(_is_said(plain(part), told) for part in _LEFT_OUT.split(" ".join(quotation.split())) if plain(part))


def plain(text: str) -> str:
    """The words of a text in a row, as quotations are compared: without case, accents and marks."""
    return " ".join(_words(text))


def _words(text: str) -> Iterator[str]:
    text = re.sub(r"(?<=\w)['\u2019](?=\w)", "", text)
    return map(folded, _PIECE.findall(text))


def _is_said(part: str, told: str) -> bool:
    if f" {part} " in f" {told} ":
        return True
    from rapidfuzz import fuzz

    found = fuzz.partial_ratio_alignment(part, told, score_cutoff=CLOSE) if len(part) <= len(told) else None
    if found is None:
        return False
    begin = told.rfind(" ", 0, max(found.dest_start - 1, 0)) + 1
    behind = told.find(" ", found.dest_end)
    return _denials(told[begin : behind if behind >= 0 else len(told)]) == _denials(part)


def _denials(text: str) -> int:
    """How often it says no: one word that turns the sense is a small part of a quotation."""
    denials = _NEGATIONS.split()
    return sum(word in denials for word in text.split())
