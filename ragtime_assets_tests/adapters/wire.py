"""A wire that leads every address to this machine."""

from __future__ import annotations

import httpcore

PUBLIC = "93.184.216.34"


class Wire(httpcore.SyncBackend):
    """Connects every address to one local port, and remembers which addresses were asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.addresses: list[str] = []

    def connect_tcp(self, host: str, port: int, *rest: object, **named: object) -> httpcore.NetworkStream:
        self.addresses.append(host)
        return super().connect_tcp("127.0.0.1", self.port, *rest, **named)
