"""Telling by POST of JSON. The address is a secret: whoever knows it can write there."""

from __future__ import annotations

from urllib.parse import urlsplit

from ragtime_assets.adapters.notices.document import document
from ragtime_assets.domain.notices import Message, Webhook
from ragtime_assets.errors import SourceGone, SourceUnavailable

SECONDS = 10.0


class WebhookNotifier:
    """`ports.Notifier` over HTTP; redirects are not followed."""

    def __init__(self, way: Webhook) -> None:
        """Post to this address."""
        self._url = way.url
        self._host = urlsplit(way.url).hostname

    def tell(self, message: Message) -> None:
        """Post the message."""
        import httpx

        try:
            with httpx.Client(timeout=SECONDS, trust_env=False) as client:
                answer = client.post(self._url, json=document(message))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceUnavailable(f"the webhook at {self._host} does not answer: {type(error).__name__}") from None
        if not answer.is_success:
            kind = SourceUnavailable if answer.status_code >= 500 else SourceGone
            raise kind(f"the webhook at {self._host} answered {answer.status_code}")
