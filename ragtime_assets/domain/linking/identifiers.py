"""Identifiers of MusicBrainz and Wikidata, taken whole or not at all: what is nearly one is none."""

from __future__ import annotations

import re

_MBID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_QID = re.compile(r"Q[1-9][0-9]{0,17}")
_WIKIDATA_PAGE = re.compile(r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/([^/?#\s]+)")


def mbid(text: object) -> str | None:
    """`text` as an MBID, in lower case; None when it is none."""
    lowered = text.lower() if isinstance(text, str) else ""
    return lowered if _MBID.fullmatch(lowered) else None


def qid(text: object) -> str | None:
    """`text` as the id of an item of Wikidata; None when it is none."""
    return text if isinstance(text, str) and _QID.fullmatch(text) else None


def qid_of_page(url: object) -> str | None:
    """The item that a page of Wikidata is about; None when it is no such page."""
    page = _WIKIDATA_PAGE.fullmatch(url) if isinstance(url, str) else None
    return qid(page.group(1)) if page else None
