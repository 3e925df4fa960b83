"""One POST to an OpenAI-compatible endpoint, and what its refusals mean.

The address is the operator's own, so its host may be private; the key goes nowhere else and into no message.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from ragtime_assets.adapters.web.http_answers import content, retry_after
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import (
    BudgetSpent,
    ConfigurationError,
    InvalidContent,
    PermanentError,
    RagtimeError,
    SourceUnavailable,
    TimedOut,
    TooLarge,
)

if TYPE_CHECKING:
    import httpx

_LONGEST_ANSWER = 50_000_000
_LONGEST_REASON = 200
_LATER = frozenset({408, 409, 425, 429})


@dataclass(frozen=True)
class OpenAIEndpoint:
    """Where something is sent to be worked on; without a key, to a server that wants none."""

    url: str
    model: str
    key: str | None = field(repr=False)
    user_agent: str

    does: ClassVar[str]
    """What it is asked to do, as in `hear`."""
    settings: ClassVar[tuple[str, str, str]]
    """Those that name its address, its model and its key."""
    other_model: ClassVar[str]
    """What to do where the model does not take what it was sent."""

    def post(self, path: str, patience: float, deadline: Deadline, **body: Any) -> str:
        """The body of the answer, which may take so many seconds."""
        url = f"{self.url}/{path}"
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        headers |= {"Accept-Encoding": "gzip, deflate"}
        with _our_errors(url, deadline), self._client(patience, deadline) as client:
            request = client.build_request("POST", url, headers=headers, **body)
            with contextlib.closing(client.send(request, stream=True)) as answer:
                text = _text(answer, url)
                if not answer.is_success:
                    raise self._refusal(answer, text)
                return text

    def _client(self, patience: float, deadline: Deadline) -> httpx.Client:
        import httpx

        from ragtime_assets.adapters.web.address_guard import AddressGuard
        from ragtime_assets.adapters.web.pinned_transport import PinnedTransport

        guard = AddressGuard((urlsplit(self.url).hostname or "",))
        context = httpx.create_ssl_context(trust_env=False)
        return httpx.Client(
            transport=PinnedTransport(guard, deadline.left, context),
            headers={"User-Agent": self.user_agent},
            timeout=httpx.Timeout(patience, connect=30),
            trust_env=False,
        )

    def _refusal(self, answer: httpx.Response, body: str) -> RagtimeError:
        """The error of ours that a status stands for."""
        status = answer.status_code
        address, model, key = self.settings
        if status in (401, 403):
            # Not what the server says: it may quote the key.
            return ConfigurationError(
                f"{self.url} refused the key for {self.model} ({status})",
                remedy=f"Set {key} to a key that may use {self.model}.",
                status=status,
            )
        code, said = _reason(body)
        said = (said.replace(self.key, "***") if self.key else said) or answer.reason_phrase
        told = f"{self.url} does not {self.does} with {self.model} ({status}): {said}"
        if code == "insufficient_quota":
            return BudgetSpent(told, remedy="Top up the account there, then `ragtime retry KEY`.", status=status)
        if status in _LATER or status >= 500:
            return SourceUnavailable(told, retry_after=retry_after(answer.headers.get("retry-after")), status=status)
        if status == 413:
            return TooLarge(told, status=status)
        if status == 404 or status < 400:
            return ConfigurationError(told, remedy=f"Correct {address} or {model}.", status=status)
        return PermanentError(told, remedy=self.other_model, status=status)


def _text(answer: httpx.Response, url: str) -> str:
    body = bytearray()
    for piece in content(answer, url, _LONGEST_ANSWER):
        body += piece
        if len(body) > _LONGEST_ANSWER:
            raise InvalidContent(f"{url} answered more than {_LONGEST_ANSWER} bytes")
    return body.decode("utf-8", "replace")


def _reason(body: str) -> tuple[str, str]:
    """The code and the words of a refusal, as far as it is one of OpenAI's."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return "", one_line(body, _LONGEST_REASON)
    error = told.get("error") if isinstance(told, dict) else None
    if not isinstance(error, dict):
        return "", one_line(str(error or told), _LONGEST_REASON)
    return str(error.get("code") or ""), one_line(str(error.get("message") or ""), _LONGEST_REASON)


@contextlib.contextmanager
def _our_errors(url: str, deadline: Deadline) -> Iterator[None]:
    import httpcore

    try:
        yield
    except httpcore.TimeoutException as error:
        late = f"within {deadline.seconds:g} seconds" if deadline.left() <= 0 else "any more"
        raise TimedOut(f"{url} did not answer {late}", url=url) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        reason = str(error) or type(error).__name__
        raise SourceUnavailable(f"{url} could not be asked: {reason}", url=url) from error
