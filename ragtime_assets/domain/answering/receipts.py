"""Receipts: an answer as it is kept, so that each of its citations can be held against the corpus later."""

from __future__ import annotations

import codecs
import hashlib
import json
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import ConfigDict, Field, ValidationError

from ragtime_assets.domain.answering.answer import Answer, Citation
from ragtime_assets.domain.artifact import Record
from ragtime_assets.errors import InvalidReceipt

KIND: Literal["ragtime answer"] = "ragtime answer"
VERSION = 1
_LAST_SECOND = 10_000_000.0
LARGEST = 5_000_000
"""Bytes; an answer is far smaller."""


class Receipt(Record):
    """A question, what was answered, and what each citation cites."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Receipt of an answer by ragtime")

    kind: Literal["ragtime answer"] = KIND
    version: int = Field(default=VERSION, ge=1, le=VERSION)
    question: str
    text: str
    supported: bool
    engine: str
    created_at: datetime
    citations: tuple[Citation, ...]
    seal: str
    """The sha256 of all the rest: what was changed by hand is no receipt."""


def receipt_of(answer: Answer, created_at: datetime) -> Receipt:
    """The receipt of this answer."""
    told: dict[str, Any] = {
        "question": answer.question,
        "text": answer.text,
        "supported": answer.supported,
        "engine": answer.engine,
        "created_at": created_at,
        "citations": answer.citations,
    }
    return Receipt(**told, seal=_seal(Receipt(**told, seal="")))


def read_receipt(content: bytes, name: str) -> Receipt:
    """The receipt in a file; raises InvalidReceipt with what is wrong with it."""
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidReceipt(f"{name} is no JSON, or is cut short: {error}") from None
    told = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    if told.get("kind") != KIND:
        raise InvalidReceipt(f"{name} is no receipt of an answer: nothing says that it is a {KIND!r}")
    version = told.get("version")
    if isinstance(version, int) and version > VERSION:
        raise InvalidReceipt(
            f"{name} has version {version} of receipts; this version of ragtime-assets reads {VERSION}",
            remedy="Upgrade ragtime-assets.",
        )
    try:
        receipt = Receipt.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidReceipt(f"{name} is not whole: {where}: {first['msg']}") from None
    if not all(0 <= one.second <= _LAST_SECOND for one in receipt.citations):  # not a number is neither
        raise InvalidReceipt(f"{name} is not whole: it cites a second that no episode has")
    if receipt.seal != _seal(receipt):
        raise InvalidReceipt(f"{name} was changed after it was saved: its seal does not fit what it says")
    return receipt


def receipt_schema() -> dict[str, Any]:
    """The JSON Schema of receipts."""
    return Receipt.model_json_schema(mode="serialization")


def _seal(receipt: Receipt) -> str:
    told = receipt.model_dump(mode="json", exclude={"seal"})
    return hashlib.sha256(
        json.dumps(told, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()
