"""A message as programs take it."""

from __future__ import annotations

from typing import Any

from ragtime_assets.domain.notices import Message


def document(message: Message) -> dict[str, Any]:
    """The message; chat servers that take webhooks show `text`."""
    notice = message.notice
    return {
        "text": message.text,
        "subject": message.subject,
        "cause": notice.cause,
        "count": notice.count,
        "sample": list(notice.sample),
        "remedy": notice.remedy,
    }
