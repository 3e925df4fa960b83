"""What addresses and forms say, as values; nonsense is as good as nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

from ragtime_assets.domain.searching.narrowing import NARROWINGS
from ragtime_assets.domain.text.lines import writable

LARGEST_FORM = 100_000


def word_in(query: Mapping[str, str], name: str, longest: int = 2_000) -> str | None:
    """What is said under this name, as any database takes it; None for nothing."""
    return writable(query.get(name, "")).strip()[:longest] or None


def narrowings_in(query: Mapping[str, str]) -> dict[str, str]:
    """What narrows a search or a question, as the address and the form have it."""
    return {name: word for name in NARROWINGS if (word := word_in(query, name, 500))}


def number_in(query: Mapping[str, str], name: str, default: int, most: int = 1_000_000) -> int:
    """A number from 1 on."""
    said = query.get(name, "")
    return min(max(int(said), 1), most) if said.isascii() and said.isdigit() and len(said) < 12 else default


def second_in(query: Mapping[str, str], name: str = "at") -> float | None:
    """A second of audio."""
    try:
        second = float(query.get(name, ""))
    except ValueError:
        return None
    return second if math.isfinite(second) and second >= 0 else None


async def body_of(request: Request, largest: int = LARGEST_FORM) -> bytes:
    """What was sent; of what is larger than any of ours, nothing."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            return b""
    return body


async def sent(request: Request) -> dict[str, str]:
    """The fields of a form, or of a JSON object, that was sent."""
    body = await body_of(request)
    if is_json(request):
        return _fields(body)
    return fields_of(body)


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of a form; of several of a name the last."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


def is_json(request: Request) -> bool:
    """Whether a program sent it: a form of another site cannot send this without asking first."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _fields(body: bytes) -> dict[str, str]:
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    return {str(name): value for name, value in document.items() if isinstance(value, str)}
