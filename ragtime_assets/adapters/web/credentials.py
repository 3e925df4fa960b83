"""What private feeds and members' pages are opened with: a secret per place, heard by that place alone.

What belongs here: the file, whom a secret is for, and how it is taken out of what a server says. What does not: when
it is sent (`visit.py`). Nothing here logs, and nothing that holds a secret has a `repr` that shows it.
"""

from __future__ import annotations

import base64
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from ragtime_assets.adapters.web.address_guard import place
from ragtime_assets.errors import BlockedAddress, ConfigurationError, RagtimeError

SETTING = "RAGTIME_CREDENTIALS_FILE"
HIDDEN = "***"
Kind = Literal["basic", "bearer", "query"]

_FORM = 'Write a table per host, as in ["feeds.example.org"] and below it bearer = "..."; see docs/fetching.md.'

_SHORT = 8
"""A shorter secret may be a word: it leaves addresses, but not the text of a page."""
_AND = rb"(?:&amp;|&#38;|\\u0026|&)"
_ENDS = rb"(?![\w%.~+/=-])"
_PORTS = {"http": 80, "https": 443}
_READ_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_Secret = Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"^[\x20-\x7e]+$")]


@dataclass(frozen=True)
class Credential:
    """What one place hears."""

    scheme: str
    host: str
    port: int
    kind: Kind
    subdomains: bool = False
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    query: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def is_for(self, url: str) -> bool:
        """Whether this is what the place of `url` may hear."""
        host, port = place(url)
        host = host.lower().rstrip(".")
        ours = host == self.host or (self.subdomains and host.endswith(f".{self.host}"))
        return ours and port == self.port and urlsplit(url).scheme == self.scheme

    @property
    def place(self) -> str:
        """Where it is sent, as people write it."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{'*.' if self.subdomains else ''}{self.host}{port}"


class Credentials:
    """The secrets of all places."""

    def __init__(self, known: Iterable[Credential] = ()) -> None:
        """An exact host goes before one with its subdomains."""
        self.known = tuple(sorted(known, key=lambda one: (one.subdomains, -len(one.host))))
        self._parameters = _parameters(self.known)
        self._secrets = _any({form for one in self.known for secret in one.secrets for form in _forms(secret)})

    def of(self, url: str) -> Credential | None:
        """What the place of `url` may hear, if anything."""
        return next((one for one in self.known if one.is_for(url)), None)

    def addressed(self, url: str) -> str:
        """`url` as it is asked for, with the token in its query where its place wants one there."""
        found = self.of(url)
        if found is None or not found.query:
            return url
        parts = urlsplit(url)
        return parts._replace(query="&".join(filter(None, (parts.query, urlencode(found.query))))).geturl()

    def headers(self, url: str) -> Mapping[str, str]:
        """What is said beside `url` to its place."""
        found = self.of(url)
        return found.headers if found else {}

    def without(self, text: str) -> str:
        """`text` without any secret of any place."""
        if not self.known:
            return text
        return self.scrubbed(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def scrubbed(self, body: bytes) -> bytes:
        """What a server said, with its addresses whole but for the tokens in them."""
        if self._parameters:
            body = self._parameters.sub(lambda found: b"?" if found["first"] and found["more"] else b"", body)
        return self._secrets.sub(HIDDEN.encode(), body) if self._secrets else body

    def silence(self, error: RagtimeError) -> None:
        """Take every secret out of what an error says, and out of what led to it."""
        if not self.known:
            return
        error.message = self.without(error.message)
        error.args = (error.message,)
        error.details = {
            name: self.without(value) if isinstance(value, str) else value for name, value in error.details.items()
        }
        cause = error.__cause__ or error.__context__
        while cause is not None:
            if self.without(str(cause)) != str(cause):
                error.__cause__ = error.__context__ = None
                return
            cause = cause.__cause__ or cause.__context__


class _Entry(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    user: _Secret | None = None
    password: _Secret | None = None
    bearer: _Secret | None = None
    query: dict[str, _Secret] | None = Field(None, min_length=1)
    subdomains: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> _Entry:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together")
        if [self.user, self.bearer, self.query].count(None) != 2:
            raise ValueError("accepted is one of: user and password; bearer; query = { NAME = VALUE }")
        return self

    def credential(self, name: str) -> Credential:
        """What it says of the place that is called `name`."""
        url = name if "://" in name else f"https://{name}"
        if urlsplit(url).path or "@" in url or "?" in url:
            raise BlockedAddress("a place has a host and perhaps a port")
        host, port = place(url)
        where = (urlsplit(url).scheme, host.lower().rstrip("."), port)
        if self.bearer is not None:
            header = {"Authorization": f"Bearer {self.bearer}"}
            return Credential(*where, "bearer", self.subdomains, headers=header, secrets=(self.bearer,))
        if self.query is not None:
            return Credential(*where, "query", self.subdomains, query=self.query, secrets=tuple(self.query.values()))
        both = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        header = {"Authorization": f"Basic {both}"}
        return Credential(*where, "basic", self.subdomains, headers=header, secrets=(both, self.password or ""))


def read_credentials(path: Path | None) -> Credentials:
    """What the file says; raises ConfigurationError, which never tells a secret."""
    if path is None:
        return Credentials()
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & _READ_BY_OTHERS:
                raise ConfigurationError(
                    f"{SETTING}: {path} may be read by others (its mode is {mode:o})",
                    remedy=f"chmod 600 {path}, and change the secrets in it if others are on this machine.",
                )
            tables = TypeAdapter(dict[str, _Entry]).validate_python(tomllib.load(file))
    except OSError as error:
        raise ConfigurationError(f"{SETTING}: {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):  # its words may hold a secret
        raise ConfigurationError(f"{SETTING}: {path} is not TOML", remedy=_FORM) from None
    except ValidationError as error:
        raise ConfigurationError(f"{SETTING}: {path}: {_explained(error)}", remedy=_FORM) from None
    return Credentials(_credential(path, name, entry) for name, entry in tables.items())


def _credential(path: Path, name: str, entry: _Entry) -> Credential:
    try:
        return entry.credential(name)
    except BlockedAddress:
        raise ConfigurationError(
            f"{SETTING}: {path}: accepted for a host are HOST, HOST:PORT and, unencrypted, http://HOST:PORT",
            remedy=_FORM,
        ) from None


def _explained(error: ValidationError) -> str:
    told = (
        f"{'.'.join(map(str, one['loc'][:2]))}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()
    )
    return "; ".join(told)


def _parameters(known: Iterable[Credential]) -> re.Pattern[bytes] | None:
    """What finds the tokens of addresses, in pages, feeds and JSON too."""
    pairs = _any(
        {
            re.escape(name.encode()) + b"=" + re.escape(form)
            for one in known
            for key, value in one.query.items()
            for name in (key, quote_plus(key))
            for form in _spellings(value)
        }
    )
    if pairs is None:
        return None
    pair = b"(?:" + pairs.pattern + b")" + _ENDS
    return re.compile(rb"(?P<first>\?)" + pair + b"(?P<more>" + _AND + b")?|" + _AND + pair)


def _spellings(secret: str) -> set[bytes]:
    """The ways in which addresses and JSON spell a secret."""
    spelled = {secret, quote(secret, safe=""), quote_plus(secret), quote(secret), secret.replace("/", "\\/")}
    return {one.encode() for one in spelled}


def _forms(secret: str) -> set[bytes]:
    return {re.escape(form) for form in _spellings(secret)} if len(secret) >= _SHORT else set()


def _any(forms: set[bytes]) -> re.Pattern[bytes] | None:
    """What finds any of `forms`, the longest first."""
    return re.compile(b"|".join(sorted(forms, key=len, reverse=True))) if forms else None
