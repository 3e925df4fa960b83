"""Who an episode is: its identity, and the partition key that is made from it.

Pure text: nothing is fetched, so a key is known the moment an episode is submitted.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from ragtime_assets.domain.artifact import Record
from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import InvalidSubmission

PARTITION_KEY = re.compile(r"[a-z0-9-]{1,100}")
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
MAX_URL = 2_000
AUDIO_IDENTITY = "sha256:"
"""How the identity begins that an episode has by its audio."""
_TRACKERS = frozenset({"fbclid", "gclid", "mc_cid", "mc_eid"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED_IN_PATH = "/-._~!$&'()*+,;=:@"
_AS_IS = "surrogateescape"
_LONGEST_NAME = 600
"""In bytes. A database's index takes no entry of any length."""
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_ROUTE = re.compile(r"!?/+[^/]")
"""How a fragment begins that names a page of its own, which a script shows: `#/episode/12`, `#!/episode/12`."""


class Submission(Record):
    """One episode as somebody submitted it: its page, or an item of a feed."""

    url: str
    feed_url: str | None = None
    guid: str | None = None
    podcast_guid: str | None = None
    """Of the podcast, where it is not the one that is derived from `feed_url`."""

    def without(self, secrets: Callable[[str], str]) -> Submission:
        """The same with addresses from which `secrets` took what nobody may read."""
        feed_url = secrets(self.feed_url) if self.feed_url else None
        return self.model_copy(update={"url": secrets(self.url), "feed_url": feed_url})

    @property
    def identity(self) -> str:
        """What makes two submissions the same episode."""
        if self.feed_url and self.guid:
            return item_identity(self.podcast_guid or podcast_guid(self.feed_url), self.guid)
        return canonical_url(self.url)

    @property
    def key(self) -> str:
        """The partition key."""
        parts = urlsplit(self.url)
        path = parts.fragment if is_route(parts.fragment) else parts.path
        last = self.guid or unquote(path).rstrip("/").rsplit("/", 1)[-1]
        return partition_key(_host(parts.hostname or ""), last, self.identity)


def page_submission(url: str) -> Submission:
    """A submission of an episode's page, or a clear error."""
    return Submission(url=checked_url(url))


def file_submission(path: Path) -> Submission:
    """A submission of an audio file on this machine."""
    return Submission(url=path.expanduser().resolve().as_uri())


def item_submission(feed_url: str, guid: str, podcast: str | None = None) -> Submission:
    """A submission of one item of a feed, or a clear error; `podcast` is its guid where that is known."""
    guid = guid.strip()
    if not is_guid(guid):
        raise InvalidSubmission(
            f"{guid[:120]!r} is not the guid of an episode", remedy="Give the item's <guid> with --guid."
        )
    feed_url = checked_url(feed_url)
    known = None if podcast == podcast_guid(feed_url) else podcast
    return Submission(url=feed_url, feed_url=feed_url, guid=guid, podcast_guid=known)


def is_guid(text: str) -> bool:
    """Whether `text` can be the guid of an item."""
    return bool(text) and not _NOT_TEXT.search(text)


def checked_url(url: str) -> str:
    """`url` without surrounding white space, if it is one that can be fetched."""
    url = url.strip()
    shown = masked(url[:MAX_URL])
    shown = shown if len(shown) <= 120 else shown[:117] + "..."
    if not url or len(url) > MAX_URL or " " in url or _NOT_TEXT.search(url):
        raise InvalidSubmission(f"{shown!r} is not a URL")
    try:
        parts = urlsplit(url)
        host, _ = _host(parts.hostname or ""), parts.port
    except ValueError:  # its words may hold a part of the password
        raise InvalidSubmission(f"{shown!r} is not a URL") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise InvalidSubmission(f"{shown!r} is not an http or https URL")
    if not host or parts.username or parts.password:
        raise InvalidSubmission(f"{shown!r} has no host, or a user name in it")
    return url


def is_route(fragment: str) -> bool:
    """Whether the fragment of a URL leads to another page, not to a place on the same one."""
    return bool(_ROUTE.match(fragment))


def canonical_url(url: str) -> str:
    """`url` as identity sees it; for comparing only, the original is what is fetched."""
    parts = urlsplit(url.strip())
    host = re.sub(r"^(www\.)+", "", _host(parts.hostname or ""))
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    if port is not None and port not in _DEFAULT_PORTS.values():
        host = f"{host}:{port}"
    path = _in_path(parts.path)
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors=_AS_IS)
    query = urlencode(sorted(pair for pair in pairs if not _tracks(pair[0])), errors=_AS_IS)
    route = _in_path(parts.fragment) if is_route(parts.fragment) else ""
    rest = path + (f"?{query}" if query else "") + (f"#{route}" if route else "")
    return host + (rest if len(rest) <= _LONGEST_NAME else f"/~{_hash(rest)}")


def place_of(url: str | None) -> str | None:
    """Where a file on the web lies, whatever the query, which may be signed anew at each reading; None for no URL."""
    if url and url.startswith(("http://", "https://")):
        with suppress(InvalidSubmission, ValueError):
            return canonical_url(urlsplit(url)._replace(query="", fragment="").geturl())
    return None


def podcast_guid(feed_url: str) -> str:
    """The podcast:guid that the standard derives from a feed's address."""
    name = re.sub(r"^[a-z]+://", "", feed_url.strip(), flags=re.IGNORECASE).rstrip("/")
    return str(uuid.uuid5(PODCAST_NAMESPACE, name))


def item_identity(podcast: str, guid: str) -> str:
    """The identity of a feed's item, wherever the feed lives."""
    return f"{podcast}|{item_name(guid)}"


def item_name(guid: str) -> str:
    """A guid in a length that a database's index takes."""
    return guid if len(guid.encode()) <= _LONGEST_NAME else _hash(guid)


def partition_key(place: str, last: str, identity: str) -> str:
    """`<place>-<last>-<12 hex of the identity>`, in the letters of a partition key."""
    words = [slug(place.removeprefix("www."), 35), slug(last, 40), _hash(identity)[:12]]
    return "-".join(word for word in words if word)


def slug(text: str, longest: int) -> str:
    """`text` in the letters of a partition key."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].strip("-")


def audio_identity(sha256: str) -> str:
    """The identity that an episode has by its audio."""
    return AUDIO_IDENTITY + sha256


def checked_key(key: str) -> str:
    """`key`, if it can be a partition key."""
    if not PARTITION_KEY.fullmatch(key):
        raise InvalidSubmission(
            f"{key[:120]!r} is not a partition key", remedy="`ragtime status` lists the keys of all episodes."
        )
    return key


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _host(host: str) -> str:
    try:
        return host.rstrip(".").encode("idna").decode().lower()
    except UnicodeError as error:
        raise InvalidSubmission(f"{host[:120]!r} is not a host name") from error


def _in_path(path: str) -> str:
    # Bytes that are no UTF-8 stay apart from each other instead of all becoming the same replacement character.
    return quote(unquote(path, errors=_AS_IS), safe=_UNRESERVED_IN_PATH, errors=_AS_IS).rstrip("/")


def _tracks(name: str) -> bool:
    return name.startswith("utm_") or name in _TRACKERS
