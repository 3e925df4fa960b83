"""Access tokens of an OAuth issuer: JWTs checked against the keys that it publishes, for one audience.

What belongs here: finding the issuer's keys, and what a token must hold. What does not: who may do what with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ragtime_assets.errors import ConfigurationError, SourceUnavailable

if TYPE_CHECKING:
    from jwt import PyJWKSet

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures of a key that nobody shares; a token that says `none`, or HS256 with a public key, is refused."""
KEYS_HOLD = 3_600.0
"""Seconds after which the keys are read again."""
PAUSE = 30.0
"""Seconds between two looks for a key that the issuer does not know: tokens of strangers cost it no more."""
LEEWAY = 30
"""Seconds by which two clocks may differ."""
MOST_BYTES = 1_000_000
TIMEOUT = 10.0


class IssuerTokens:
    """Tokens of one issuer for one audience."""

    def __init__(self, issuer: str, audience: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is asked before the first token."""
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._keys: PyJWKSet | None = None
        self._read_at = float("-inf")
        self._reading = threading.Lock()

    def claims(self, token: str) -> dict[str, Any] | None:
        """What the token says; None for one that is not valid here. Raises SourceUnavailable without the keys."""
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            key = self._key(header.get("kid")) if header.get("alg") in ALGORITHMS else None
            if key is None:
                return None
            return jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError:
            return None

    def _key(self, kid: object) -> Any:
        """The published key of this name; the only one where the token names none."""
        for is_last in (False, True):
            keys = self._published(afresh=is_last)
            named = [key for key in keys.keys if key.key_id == kid]
            found = named if kid is not None else list(keys.keys)
            if len(found) == 1:
                return found[0]
        return None

    def _published(self, *, afresh: bool) -> PyJWKSet:
        with self._reading:
            age = self._clock() - self._read_at
            if self._keys is None or age > (PAUSE if afresh else KEYS_HOLD):
                self._keys = self._read() if self._keys is None else self._read_again(self._keys)
                self._read_at = self._clock()
            return self._keys

    def _read_again(self, before: PyJWKSet) -> PyJWKSet:
        """The keys as they are now; those of before while the issuer does not answer."""
        try:
            return self._read()
        except SourceUnavailable:
            return before

    def _read(self) -> PyJWKSet:
        import jwt

        document = _document(self._jwks_url())
        try:
            return jwt.PyJWKSet.from_dict(document)
        except jwt.PyJWTError as error:
            raise SourceUnavailable(f"the keys of {self._issuer} cannot be used: {error}") from error

    def _jwks_url(self) -> str:
        for url in metadata_urls(self._issuer):
            try:
                found = _document(url)
            except SourceUnavailable:
                continue
            if found.get("issuer") != self._issuer:
                raise ConfigurationError(
                    f"{url} is of the issuer {found.get('issuer')!r}, not of {self._issuer!r}",
                    remedy="Write RAGTIME_MCP_ISSUER exactly as the issuer writes itself.",
                )
            address = str(found.get("jwks_uri", ""))
            if address.startswith(("https://", "http://")):
                return address
        raise SourceUnavailable(
            f"no metadata of the issuer {self._issuer} can be read",
            remedy="Check RAGTIME_MCP_ISSUER, and that this machine reaches it.",
        )


def metadata_urls(issuer: str) -> tuple[str, ...]:
    """Where an issuer says what it is: by RFC 8414, and by OpenID Connect."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    origin = f"{parts.scheme}://{parts.netloc}"
    return (
        f"{origin}/.well-known/oauth-authorization-server{path}",
        f"{origin}{path}/.well-known/openid-configuration",
    )


def _document(url: str) -> dict[str, Any]:
    """A JSON object that the issuer publishes; it is the keeper's word, so it may be on a private address."""
    import httpx

    try:
        with httpx.stream("GET", url, timeout=TIMEOUT) as answer:
            answer.raise_for_status()
            body = b""
            for some in answer.iter_bytes():
                body += some
                if len(body) > MOST_BYTES:
                    raise SourceUnavailable(f"{url} is larger than {MOST_BYTES:,} bytes")
        found = httpx.Response(200, content=body).json()
    except (httpx.HTTPError, ValueError, RecursionError) as error:
        raise SourceUnavailable(f"{url} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise SourceUnavailable(f"{url} is no JSON object")
    return found
