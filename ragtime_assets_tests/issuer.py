"""An OAuth issuer on this machine: its metadata, its keys, and tokens that it signs."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_httpserver import HTTPServer
from werkzeug import Response


class Issuer:
    """Signs with a key that it publishes, and remembers how often that was read."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/realm")
        self.metadata: dict[str, Any] = {"issuer": self.url, "jwks_uri": server.url_for("/keys")}
        self.reads = 0
        self.down = False
        self.keys: dict[str, rsa.RSAPrivateKey] = {}
        self.rotate("first")
        server.expect_request("/.well-known/oauth-authorization-server/realm").respond_with_handler(
            lambda _: Response(json.dumps(self.metadata))
        )
        server.expect_request("/keys").respond_with_handler(lambda _: self._published())

    def rotate(self, kid: str) -> None:
        """Sign with a new key from now on, and publish only that."""
        self.keys = {kid: rsa.generate_private_key(public_exponent=65_537, key_size=2_048)}

    def token(self, *, key: Any = None, algorithm: str = "RS256", kid: str | None = None, **claims: Any) -> str:
        """A token that holds for five minutes, with these claims; those that are None are left out."""
        (own, private), *_ = self.keys.items()
        told = {"iss": self.url, "sub": "somebody", "exp": int(time.time()) + 300} | claims
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(told, private if key is None else key, algorithm, headers={"kid": kid or own})

    def bearer(self, **claims: Any) -> dict[str, str]:
        """The header with a token."""
        return {"Authorization": f"Bearer {self.token(**claims)}"}

    def _published(self) -> Response:
        self.reads += 1
        if self.down:
            return Response("down", 503)
        written = [
            {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}
            for kid, key in self.keys.items()
        ]
        return Response(json.dumps({"keys": written}))
