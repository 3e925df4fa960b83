"""Asking an index over HTTP, and believing of its answer only what has the documented shape.

What belongs here: what all indexes share. What does not: any one index's endpoints and fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import SplitResult, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import web_url
from ragtime_assets.domain.text.numbers import seconds
from ragtime_assets.domain.text.titles import comparable, looks_like_host
from ragtime_assets.errors import InvalidContent
from ragtime_assets.ports import Fetcher

LONGEST_QUERY = 200
_LONGEST_GUID = 2_000
_REMEDY = "The index is at fault, or its address in the settings is; the other ways to the audio are tried."


class Answer(BaseModel):
    """A part of an answer: fields that nobody asked for are left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)


A = TypeVar("A", bound=Answer)


def ask(
    fetcher: Fetcher,
    index: str,
    url: str,
    shape: type[A],
    query: Mapping[str, str | int],
    headers: Mapping[str, str] | None = None,
) -> A:
    """What `index` answers at `url`; raises InvalidContent for anything but JSON of this shape."""
    body = fetcher.fetch(f"{url}?{urlencode(query)}", headers).body
    if not body.strip():
        raise InvalidContent(f"{index} gave an empty answer at {url}", remedy=_REMEDY)
    if body.lstrip().startswith(b"<"):
        raise InvalidContent(f"{index} answered with a web page at {url}, where JSON was promised", remedy=_REMEDY)
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidContent(
            f"{index} did not answer as documented at {url}: {where + ': ' if where else ''}{first['msg']}",
            remedy=_REMEDY,
        ) from error


def query_words(*texts: str | None) -> str:
    """The texts as one query; names of servers are left out, for they lead to whatever else mentions them."""
    lines = (one_line(text, LONGEST_QUERY) for text in texts if text and not looks_like_host(text))
    return " ".join(line for line in lines if line)


def best_named(name: str, named: Iterable[tuple[str, A]]) -> A | None:
    """Of things in the index's order, the first of just this name, else the first."""
    wanted = comparable(name)
    found = sorted(named, key=lambda one: comparable(one[0]) != wanted)
    return found[0][1] if found else None


def line(text: str | None) -> str | None:
    """`text` on one line; None when nothing is left of it."""
    return one_line(text) or None


def opaque(guid: str | None) -> str | None:
    """A guid as it is; None when there is none."""
    guid = (guid or "").strip()
    return guid if 0 < len(guid) <= _LONGEST_GUID else None


def link(url: str | None) -> str | None:
    """An absolute http or https URL; None when it is none."""
    return web_url("", url)


def length(value: float | None) -> float | None:
    """A duration in seconds; None when it is no sensible one."""
    return None if value is None else seconds(f"{value:f}")


def unix_time(value: int | None) -> datetime | None:
    """A moment in seconds since 1970; None when there is none."""
    try:
        return datetime.fromtimestamp(value, UTC) if value else None
    except (OverflowError, OSError, ValueError):
        return None


def media_type(value: str | None) -> str | None:
    """A media type without parameters; None when it is none."""
    found = re.match(r"\s*([a-z0-9]+/[a-z0-9.+-]+)", (value or "").lower())
    return found.group(1) if found else None


def parts_of(url: str, *hosts: str) -> SplitResult | None:
    """`url` in parts if it is a page on one of these hosts."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and host in hosts else None
