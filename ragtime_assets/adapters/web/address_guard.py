"""Which addresses may be visited: the one rule that HTTP and the browser share.

What belongs here: the rule, and the resolving of names. What does not: connecting (`pinned_transport.py`).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from ragtime_assets.errors import BlockedAddress, SourceUnavailable

Resolver = Callable[[str, int], Sequence[str]]
"""The addresses of a host name; raises OSError."""

_PORTS = {"http": 80, "https": 443}

# Of IPv6 only this is global unicast: it leaves out loopback, mapped, compatible and translated IPv4, NAT64,
# unique local, link-local, site-local and multicast addresses at one stroke.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_DENIED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",
        "192.0.0.0/24",  # protocol assignments, a metadata service among them; older Pythons know only some
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # a cloud's metadata service on an address that looks public
    )
)


def is_public(address: str) -> bool:
    """Whether `address` is one that anybody on the Internet could reach."""
    ip = ipaddress.ip_address(address)
    if any(ip.version == network.version and ip in network for network in _DENIED):
        return False
    if ip.version == 6:
        return ip in _GLOBAL_UNICAST and ip.is_global
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses of `host` as the operating system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class AddressGuard:
    """Lets through what is public, and the hosts that were named as exceptions."""

    def __init__(self, allow_private_hosts: Iterable[str] = (), resolver: Resolver = system_resolver) -> None:
        """`allow_private_hosts` holds "host" for any port, or "host:port" for that one alone."""
        self._allowed = frozenset(_plain(host) for host in allow_private_hosts)
        self._resolver = resolver

    def check(self, url: str) -> tuple[str, ...]:
        """The addresses that `url` leads to, if it may be visited at all; raises BlockedAddress."""
        host, port = place(url)
        return self.addresses(host, port)

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses of `host`, all of them public or the host allowed; raises BlockedAddress."""
        found = self._resolve(host, port)
        if self._allowed.isdisjoint({_plain(host), _plain(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")}):
            for address in found:
                if not is_public(address):
                    raise BlockedAddress(
                        f"{host} leads to {address}, which is not a public address", host=host, address=address
                    )
        return found

    def _resolve(self, host: str, port: int) -> tuple[str, ...]:
        literal = _literal(host)
        if literal is not None:
            return (literal,)
        try:
            found = tuple(self._resolver(host, port))
        except (OSError, UnicodeError) as error:
            raise SourceUnavailable(f"the name {host} does not resolve: {error}", host=host) from error
        if not found:
            raise SourceUnavailable(f"the name {host} has no address", host=host)
        return found


def place(url: str) -> tuple[str, int]:
    """Host and port of an http or https URL; raises BlockedAddress for any other."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BlockedAddress(f"{url[:200]!r} is not a URL: {error}", remedy="Correct the URL.") from error
    if parts.scheme not in _PORTS or not host:
        raise BlockedAddress(
            f"{url[:200]!r} is not an http or https URL with a host", remedy="Only http and https URLs are fetched."
        )
    return host, _PORTS[parts.scheme] if port is None else port


def named_place(url: str) -> str:
    """Where a URL of the settings leads, as `AddressGuard` takes exceptions: who names a service trusts its host."""
    host, port = place(url)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _literal(host: str) -> str | None:
    """The address that `host` spells, in any form that a C library reads: 127.1, 0x7f.1, 0177.0.0.1, 2130706433."""
    host = host.strip("[]").rstrip(".")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _plain(host: str) -> str:
    """`host` or `host:port` for comparing: lower case, no brackets, no closing dot."""
    host = host.strip().lower()
    if host.count(":") == 1:
        name, port = host.split(":")
        return f"{name.rstrip('.')}:{port}"
    return host.rstrip(".").removesuffix("]").removeprefix("[") if "]:" not in host else host
