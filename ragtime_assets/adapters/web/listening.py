"""Where our own servers listen, and by which names they let themselves be called."""

from __future__ import annotations

import hmac
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from ragtime_assets.errors import ConfigurationError

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server on this address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_everywhere(host: str) -> bool:
    """Whether it is no one address, but all of this machine."""
    return host in ("", "0.0.0.0", "::")  # noqa: S104


def name_in(url: str | None) -> str:
    """The host of an address; this machine where there is none."""
    return (urlsplit(url).hostname or "") if url else LOOPBACK_HOSTS[0]


def reached_from_elsewhere(host: str, url: str | None) -> str | None:
    """Of the address that is listened on and the public one, the first that others reach too; "" is every address."""
    return next((name for name in (host, name_in(url)) if not is_loopback(name)), None)


def hosts(host: str, url: str | None) -> list[str]:
    """The hosts, with their port where one is part of them, by which a server on this address is called."""
    named = [urlsplit(url).netloc.rpartition("@")[2]] if url else []
    own = LOOPBACK_HOSTS if is_loopback(host) else () if is_everywhere(host) else (bracketed(host),)
    return list(dict.fromkeys([*own, *named]))


def bracketed(host: str) -> str:
    """The host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def is_bearer(header: str, token: str) -> bool:
    """Whether an Authorization header brings this token."""
    scheme, _, brought = header.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(brought.strip().encode(), token.encode())


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; raises ConfigurationError where nothing can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"nothing can listen on {host}:{port}: {error.strerror or error}", remedy="Choose another --host or --port."
        ) from error
