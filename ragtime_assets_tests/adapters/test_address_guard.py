"""The rule that decides which addresses may be visited."""

from __future__ import annotations

import pytest

from ragtime_assets.adapters.web.address_guard import AddressGuard, is_public, place
from ragtime_assets.errors import BlockedAddress, SourceUnavailable
from ragtime_assets_tests.adapters.addresses import NOT_PUBLIC, SPELLINGS

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:830::200e"]


def knows(**names: str):
    return lambda host, _port: names[host.replace(".", "_")].split()


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused_however_a_url_reaches_it(address: str) -> None:
    assert not is_public(address)
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(BlockedAddress, match="not a public address"):
        AddressGuard().check(f"http://{literal}/feed.xml")
    with pytest.raises(BlockedAddress) as caught:
        AddressGuard(resolver=lambda _host, _port: [address]).check("https://inside.example/")
    assert "inside.example" in caught.value.message
    assert address in caught.value.message


@pytest.mark.parametrize("host", SPELLINGS)
def test_an_odd_spelling_of_loopback_is_refused_without_asking_the_resolver(host: str) -> None:
    guard = AddressGuard(resolver=lambda _host, _port: pytest.fail("a literal was resolved"))
    with pytest.raises(BlockedAddress):
        guard.check(f"http://{host}/")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_let_through(address: str) -> None:
    assert AddressGuard(resolver=lambda _host, _port: [address]).check("https://pod.example/") == (address,)


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    guard = AddressGuard(resolver=knows(mixed_example="93.184.216.34 10.0.0.1"))
    with pytest.raises(BlockedAddress, match=r"10\.0\.0\.1"):
        guard.check("http://mixed.example/")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://pod.example/a", "data:text/plain,a", "gopher://a/", "//a/b", "http:///a", ""]
)
def test_only_http_and_https_are_fetched(url: str) -> None:
    with pytest.raises(BlockedAddress, match="not an http or https URL"):
        AddressGuard().check(url)


@pytest.mark.parametrize("url", ["http://[::1", "http://a:99999/"])
def test_what_is_no_url_at_all_is_said_to_be_none(url: str) -> None:
    with pytest.raises(BlockedAddress, match="not a URL"):
        place(url)


@pytest.mark.parametrize(
    ("allowed", "url", "open_"),
    [
        ("media.lan", "http://media.lan/a", True),
        ("media.lan", "http://media.lan:8080/a", True),
        ("Media.LAN", "http://media.lan./a", True),
        ("media.lan:8080", "http://media.lan:8080/a", True),
        ("media.lan:8080", "http://media.lan/a", False),
        ("media.lan:80", "http://media.lan/a", True),
        ("media.lan", "http://other.lan/a", False),
        ("media.lan", "http://sub.media.lan/a", False),
        ("127.0.0.1", "http://127.0.0.1:9/a", True),
        ("127.0.0.1", "http://2130706433/a", False),
        ("localhost", "http://127.0.0.1/a", False),
        ("::1", "http://[::1]:81/a", True),
        ("[::1]:81", "http://[::1]:81/a", True),
        ("[::1]:81", "http://[::1]:82/a", False),
    ],
)
def test_the_allow_list_opens_exactly_what_it_names(allowed: str, url: str, open_: bool) -> None:
    guard = AddressGuard([allowed], resolver=lambda _host, _port: ["10.0.0.1"])
    if open_:
        assert guard.check(url)
    else:
        with pytest.raises(BlockedAddress):
            guard.check(url)


def test_a_name_that_does_not_resolve_may_resolve_later() -> None:
    def fails(_host: str, _port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(SourceUnavailable, match=r"gone\.example does not resolve"):
        AddressGuard(resolver=fails).check("http://gone.example/")
    with pytest.raises(SourceUnavailable, match="no address"):
        AddressGuard(resolver=lambda _host, _port: []).check("http://gone.example/")
