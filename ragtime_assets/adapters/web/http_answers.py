"""Reading HTTP answers: what a status means, how long to wait, what the body unpacks to.

Pure functions of an answer; nothing is sent from here.
"""

from __future__ import annotations

import re
import time
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ragtime_assets.domain.text.dates import moment
from ragtime_assets.errors import InvalidContent, RagtimeError, SourceGone, SourceUnavailable, TooLarge

if TYPE_CHECKING:
    import httpx

_PIECE = 65_536
_PART = 4_096
_MEMBER = b"\x1f\x8b"
"""How each member of a gzip file begins."""
_ASK_AGAIN = frozenset({408, 425, 429})
_NOT_FOR_ALL = frozenset({401, 402, 407})
_FORBIDDEN = 403
_NEEDS_LOGIN = (
    "If you have a login, put it into the file of RAGTIME_CREDENTIALS_FILE and `ragtime retry KEY`; "
    "or `ragtime edit KEY --audio-url` names audio that is open."
)
_LOGIN_REFUSED = "Correct what RAGTIME_CREDENTIALS_FILE says of this host (`ragtime doctor`), then `ragtime retry KEY`."
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def refusal(answer: httpx.Response, url: str, *, known_here: bool = False) -> RagtimeError | None:
    """The error that the status of `answer` stands for, None when it is good; `known_here` if we said who we are."""
    status = answer.status_code
    if 200 <= status < 300:
        return None
    said = f"{url} answered {status} {answer.reason_phrase}".rstrip()
    remedy = None
    if status in _NOT_FOR_ALL or (known_here and status == _FORBIDDEN):
        said += ": it does not accept our login" if known_here else ": it needs a login"
        remedy = _LOGIN_REFUSED if known_here else _NEEDS_LOGIN
    if status in _ASK_AGAIN or status >= 500:
        return SourceUnavailable(
            said, retry_after=retry_after(answer.headers.get("retry-after")), status=status, url=url
        )
    return SourceGone(said, remedy=remedy, status=status, url=url)


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
    promised = announced(answer)
    return None if promised is None or _encoding(answer) else already + promised


def announced(answer: httpx.Response) -> int | None:
    """How many bytes will come, packed as they are; None when nobody says."""
    length = answer.headers.get("content-length", "")
    if "transfer-encoding" in answer.headers or not re.fullmatch(r"\d{1,20}", length):
        return None
    return int(length)


def content(answer: httpx.Response, url: str, most: int) -> Iterator[bytes]:
    """The body in pieces of bounded size, unpacked; a bomb unpacks no faster than its reader counts.

    Of a packed body at most `most` bytes are read, whatever they unpack to.
    """
    encoding = _encoding(answer)
    if not encoding:
        return answer.iter_raw()
    if encoding not in _WINDOW_BITS:
        raise InvalidContent(f"{url} is encoded as {encoding[:80]!r}, which was not asked for")
    return _unpacked(answer, url, _WINDOW_BITS[encoding], most)


def check_length(answer: httpx.Response, url: str) -> None:
    """Raise SourceUnavailable if more came than was announced; that less came is noticed while reading."""
    stream = answer.extensions.get("network_stream")
    promised, received = announced(answer), getattr(stream, "body_bytes", 0)
    if promised is not None and received > promised:
        raise SourceUnavailable(f"{url} announced {promised} bytes and sent {received}: the file is torn", url=url)


def _unpacked(answer: httpx.Response, url: str, window_bits: int, most: int) -> Iterator[bytes]:
    try:
        yield from _inflated(_counted(answer.iter_raw(), url, most), window_bits)
    except zlib.error as error:
        raise InvalidContent(f"{url} cannot be unpacked: {error}") from error
    except EOFError as error:
        raise SourceUnavailable(f"{url} ended in the middle of its packed body") from error


def _counted(packed: Iterable[bytes], url: str, most: int) -> Iterator[bytes]:
    read = 0
    for raw in packed:
        read += len(raw)
        if read > most:
            raise TooLarge(f"{url} sends more than {most} bytes, packed", url=url)
        # In small parts, for what is left of one is copied each time that something of it was unpacked.
        yield from (raw[start : start + _PART] for start in range(0, len(raw), _PART))


def _inflated(packed: Iterable[bytes], window_bits: int) -> Iterator[bytes]:
    """What `packed` unpacks to: all members of a gzip file, and not what follows the last one."""
    inflater, tail = zlib.decompressobj(window_bits), b""
    for raw in packed:
        rest, tail = tail + raw, b""
        while rest:
            if inflater.eof and len(rest) < len(_MEMBER):
                tail, rest = rest, b""  # the next read decides whether a member begins here
                continue
            if inflater.eof:
                if not rest.startswith(_MEMBER):
                    deque(packed, maxlen=0)
                    return
                inflater = zlib.decompressobj(window_bits)
            yield inflater.decompress(rest, _PIECE)
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    yield inflater.flush()
    if not inflater.eof:
        raise EOFError


def _encoding(answer: httpx.Response) -> str:
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding
