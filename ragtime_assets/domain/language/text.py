"""Cleaning what strangers wrote: titles, languages, durations, dates, links.

Every function is total: whatever comes in, something harmless or None comes out. Markup is in
`adapters/pages/markup.py`.
"""

from __future__ import annotations

import codecs
import math
import re
import unicodedata
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from ragtime_assets.domain.episode.identity import MAX_URL, canonical_url
from ragtime_assets.errors import InvalidSubmission

LONGEST_LINE = 500
LONGEST_TEXT = 20_000
_PODCAST_WORDS = re.compile(
    r"\b(podcasts?|episodes?|folgen?|episodio|épisode|episódio|episodi|aflevering|avsnitt|afsnit|odcinek|jakso|bölüm)\b"
    r"|エピソード|ポッドキャスト",
    re.IGNORECASE,
)
_LONGEST_DURATION = 1_000_000
_ISO_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_HOST = re.compile(r"(?:https?://)?(?:(?:[\w-]+\.)+[^\W\d_]{2,}|localhost|\d+(?:\.\d+){3})\.?(?::\d+)?(?:/\S*)?")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # part of words in Persian and of emoji
_NEVER_WRITTEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(text: str | None, longest: int = LONGEST_LINE) -> str:
    """`text` on one line, without control characters, cut to `longest` characters."""
    line = " ".join("".join(map(_visible, (text or "")[: longest * 20])).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def several_lines(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text` with its lines kept, each cleaned, and at most one empty line between two."""
    lines = (one_line(line, longest) for line in text[: longest * 2].splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:longest]


def writable(text: str) -> str:
    """`text` without what no database or file takes: control characters and halves of characters."""
    return _NEVER_WRITTEN.sub("", text)


def comparable(text: str) -> str:
    """`text` as titles are compared: case, accents' encoding and punctuation do not count."""
    folded = unicodedata.normalize("NFKC", one_line(text)).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def looks_like_host(text: str) -> bool:
    """Whether `text` is shaped like the name of a server, which is nobody's name for a show."""
    return _HOST.fullmatch(text.strip().casefold()) is not None


def language_code(tag: str | None) -> str | None:
    """The language of a tag such as en-US or de_AT, or None when it is none."""
    found = re.match(r"([a-z]{2,3})(?:[-_]|$)", (tag or "").strip().lower())
    return found.group(1) if found else None


def whole_number(text: str | None) -> int | None:
    """A number of a season or episode, or of bytes; None when it is none."""
    found = re.fullmatch(r"\s*(\d{1,15})\s*", text or "")
    return int(found.group(1)) if found else None


def seconds(text: str | None) -> float | None:
    """Seconds from HH:MM:SS, MM:SS, plain seconds or ISO 8601; None when it is none of them."""
    text = (text or "").strip()
    iso = _ISO_DURATION.fullmatch(text.upper())
    if iso and any(iso.groups()):
        days, hours, minutes, rest = (float(group or 0) for group in iso.groups())
        return _sensible(((days * 24 + hours) * 60 + minutes) * 60 + rest)
    if not re.fullmatch(r"(\d{1,9}:){0,2}\d{1,9}(\.\d{1,9})?", text):
        return None
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return _sensible(total)


def moment(text: str | None) -> datetime | None:
    """A date of RFC 822 or ISO 8601 with its offset kept, UTC when it has none; None when it is neither."""
    text = (text or "").strip()
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            found.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return found
    return None


def speaks_of_podcasts(text: str) -> bool:
    """Whether a text names an episode or a podcast, in one of the languages that such pages are in."""
    return bool(_PODCAST_WORDS.search(text))


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


def same_page(one: str | None, other: str | None) -> bool:
    """Whether two URLs are the same page to identity."""
    if not one or not other:
        return False
    try:
        return canonical_url(one) == canonical_url(other)
    except (InvalidSubmission, ValueError):
        return False


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


def _sensible(value: float) -> float | None:
    return value if math.isfinite(value) and 0 < value < _LONGEST_DURATION else None
