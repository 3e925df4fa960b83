"""Links on pages and in feeds."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin, urlsplit

from ragtime_assets.domain.episode.identity import MAX_URL, canonical_url
from ragtime_assets.errors import InvalidSubmission


def web_url(base: str, link: str | None) -> str | None:
    """`link` as an absolute http or https URL, or None when it is none."""
    link = (link or "").strip()
    if not link or len(link) > MAX_URL or re.search(r"[\x00-\x1f\x7f]", link):
        return None
    try:
        url = urljoin(base, link.replace(" ", "%20"))
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def moment_url(page_url: str, second: float) -> str:
    """The page at a second of its audio; a page that is not on the web as it is."""
    if not page_url.startswith(("http://", "https://")):
        return page_url
    return f"{urldefrag(page_url).url}#t={int(second)}"


def same_page(one: str | None, other: str | None) -> bool:
    """Whether two URLs are the same page to identity."""
    if not one or not other:
        return False
    try:
        return canonical_url(one) == canonical_url(other)
    except (InvalidSubmission, ValueError):
        return False
