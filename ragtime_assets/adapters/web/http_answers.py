"""Reading HTTP answers: what a status means, how long to wait, what the body unpacks to.

Pure functions of an answer; nothing is sent from here.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ragtime_assets.domain.text.dates import moment
from ragtime_assets.errors import InvalidContent, RagtimeError, SourceGone, SourceUnavailable

if TYPE_CHECKING:
    import httpx

_PIECE = 65_536
_ASK_AGAIN = frozenset({408, 425, 429})
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def refusal(answer: httpx.Response, url: str) -> RagtimeError | None:
    """The error that the status of `answer` stands for, None when it is good."""
    status = answer.status_code
    if 200 <= status < 300:
        return None
    said = f"{url} answered {status} {answer.reason_phrase}".rstrip()
    if status in _ASK_AGAIN or status >= 500:
        return SourceUnavailable(
            said, retry_after=retry_after(answer.headers.get("retry-after")), status=status, url=url
        )
    return SourceGone(said, status=status, url=url)


def retry_after(value: str | None) -> float | None:
    """How many seconds a Retry-After header asks for, whether it gives seconds or a date."""
    value = (value or "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    when = moment(value) if value else None
    return max(0.0, when.timestamp() - time.time()) if when else None


def max_age(cache_control: str | None) -> float | None:
    """For how many seconds a Cache-Control header calls an answer fresh; None when it does not."""
    found = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", cache_control or "", re.IGNORECASE)
    return float(found.group(1)) if found else None


def media_type(answer: httpx.Response) -> str:
    """The media type in lower case without parameters, empty when none is given."""
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


def strong_etag(answer: httpx.Response) -> str | None:
    """The ETag, if it stands for these very bytes."""
    etag = answer.headers.get("etag", "").strip()
    return etag if etag.startswith('"') and not _encoding(answer) else None


def whole_size(answer: httpx.Response, already: int) -> int | None:
    """How many bytes the file will have, of which `already` many are here; None when nobody says."""
    announced = _announced(answer)
    return None if announced is None or _encoding(answer) else already + announced


def content(answer: httpx.Response) -> Iterator[bytes]:
    """The body in pieces of bounded size, unpacked; a bomb unpacks no faster than its reader counts."""
    encoding = _encoding(answer)
    if not encoding:
        return answer.iter_raw()
    if encoding not in _WINDOW_BITS:
        raise InvalidContent(f"{answer.url} is encoded as {encoding[:80]!r}, which was not asked for")
    return _unpacked(answer, _WINDOW_BITS[encoding])


def check_length(answer: httpx.Response) -> None:
    """Raise SourceUnavailable if more came than was announced; that less came is noticed while reading."""
    stream = answer.extensions.get("network_stream")
    announced, received = _announced(answer), getattr(stream, "body_bytes", 0)
    if announced is not None and received > announced:
        raise SourceUnavailable(
            f"{answer.url} announced {announced} bytes and sent {received}: the file is torn", url=str(answer.url)
        )


def _unpacked(answer: httpx.Response, window_bits: int) -> Iterator[bytes]:
    try:
        yield from _inflated(answer.iter_raw(), window_bits)
    except zlib.error as error:
        raise InvalidContent(f"{answer.url} cannot be unpacked: {error}") from error
    except EOFError as error:
        raise SourceUnavailable(f"{answer.url} ended in the middle of its packed body") from error


def _inflated(packed: Iterable[bytes], window_bits: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(window_bits)
    for raw in packed:
        rest = raw
        while rest:
            yield inflater.decompress(rest, _PIECE)
            rest = inflater.unconsumed_tail
    yield inflater.flush()
    if not inflater.eof:
        raise EOFError


def _encoding(answer: httpx.Response) -> str:
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def _announced(answer: httpx.Response) -> int | None:
    length = answer.headers.get("content-length", "")
    if "transfer-encoding" in answer.headers or not re.fullmatch(r"\d{1,15}", length):
        return None
    return int(length)
