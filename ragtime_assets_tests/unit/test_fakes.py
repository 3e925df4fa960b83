"""What the other tests stand on: every port has its fake, and nothing leaves this machine."""

from __future__ import annotations

import inspect
import os
import socket
from pathlib import Path

import numpy as np
import pytest

from ragtime_assets import ports
from ragtime_assets.domain.points import Filters, Points
from ragtime_assets_tests import fakes
from ragtime_assets_tests.conftest import NetworkUsed

PORTS = {
    name: port
    for name, port in vars(ports).items()
    if inspect.isclass(port) and getattr(port, "_is_protocol", False) and port.__module__ == ports.__name__
}


def members(port: type) -> dict[str, object]:
    """The methods and properties of a port."""
    return {name: one for name, one in vars(port).items() if not name.startswith("_") or name == "__call__"}


@pytest.mark.parametrize("name", PORTS)
def test_every_port_has_a_fake_with_its_methods(name: str) -> None:
    fake = getattr(fakes, f"Fake{name}")
    for member, wanted in members(PORTS[name]).items():
        found = getattr(fake, member)
        if inspect.isfunction(wanted):
            assert list(inspect.signature(found).parameters) == list(inspect.signature(wanted).parameters)


@pytest.mark.parametrize("name", PORTS)
def test_a_port_has_at_most_three_methods(name: str) -> None:
    assert 1 <= sum(map(inspect.isfunction, members(PORTS[name]).values())) <= 3


def test_the_fake_embedder_puts_texts_that_share_words_near_each_other() -> None:
    embedder, index = fakes.FakeEmbedder(), fakes.FakeVectorIndex()
    texts = ["Django played in Paris", "A recipe for bread"]
    vectors = embedder.passages(texts)
    assert vectors.shape == (2, fakes.DIMENSION)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    index.publish({"one": Points(("d1", "d2"), vectors, ({"language": "en"}, {"language": "de"}))})
    assert index.nearest(embedder.query("Where did Django play?"), 1, Filters())[0].chunk_digest == "d1"
    assert index.nearest(embedder.query("Django"), 5, Filters(language="de"))[0].chunk_digest == "d2"


@pytest.mark.parametrize("address", [("93.184.216.34", 80), ("10.0.0.1", 80), ("169.254.169.254", 80)])
def test_no_connection_leaves_this_machine(address: tuple[str, int]) -> None:
    with socket.socket() as wire, pytest.raises(NetworkUsed):
        wire.connect(address)
    with socket.socket(type=socket.SOCK_DGRAM) as wire, pytest.raises(NetworkUsed):
        wire.sendto(b"x", address)
    with socket.socket(socket.AF_INET6) as wire, pytest.raises(NetworkUsed):
        wire.connect_ex(("2001:db8::1", 80))


def test_no_name_is_looked_up() -> None:
    with pytest.raises(NetworkUsed):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(NetworkUsed):
        socket.create_connection(("example.org", 443))


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1]), timeout=2).close()


def test_settings_of_the_developer_do_not_count(own_settings: Path) -> None:
    ours = {name: value for name, value in os.environ.items() if name.startswith(("RAGTIME_", "DAGSTER_"))}
    assert ours == {"RAGTIME_HOME": str(own_settings)}
