"""Tokens of an issuer on this machine: only what it signed, for us, and for now, is valid."""

from __future__ import annotations

import base64
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_httpserver import HTTPServer

from ragtime_assets.adapters.web.issuer_tokens import KEYS_HOLD, PAUSE, IssuerTokens, metadata_urls
from ragtime_assets.errors import ConfigurationError, SourceUnavailable
from ragtime_assets_tests.issuer import Issuer

OURS = "https://corpus.example/mcp"


def _part(told: dict[str, object]) -> str:
    """A part of a token that somebody wrote by hand."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer(httpserver: HTTPServer) -> Issuer:
    return Issuer(httpserver)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(issuer: Issuer, clock: Clock) -> IssuerTokens:
    return IssuerTokens(issuer.url, OURS, clock)


def test_a_token_for_us_tells_who_brings_it(issuer: Issuer, tokens: IssuerTokens) -> None:
    claims = tokens.claims(issuer.token(aud=OURS))
    assert claims is not None
    assert claims["sub"] == "somebody"
    assert tokens.claims(issuer.token(aud=[OURS, "https://other.example"])) is not None


def test_what_is_not_for_us_or_not_for_now_is_refused(issuer: Issuer, tokens: IssuerTokens) -> None:
    now = int(time.time())
    wrong = [
        {"aud": "https://other.example"},
        {"aud": None},
        {"aud": OURS, "iss": "https://other.example"},
        {"aud": OURS, "iss": None},
        {"aud": OURS, "exp": now - 3_600},
        {"aud": OURS, "exp": None},
        {"aud": OURS, "nbf": now + 3_600},
    ]
    assert [claims for claims in wrong if tokens.claims(issuer.token(**claims)) is not None] == []


def test_what_the_issuer_did_not_sign_is_refused(issuer: Issuer, tokens: IssuerTokens) -> None:
    stranger = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    assert tokens.claims(issuer.token(aud=OURS, key=stranger)) is None
    signed = issuer.token(aud=OURS)
    assert tokens.claims(signed[:-8] + "AAAAAAAA") is None
    head, _, rest = signed.partition(".")
    body, _, _ = rest.partition(".")
    assert tokens.claims(f"{head}.{body}.") is None
    assert [text for text in ("", "x", "a.b.c", "\x00", "é" * 9_999) if tokens.claims(text) is not None] == []


def test_a_public_key_is_no_shared_secret_and_no_signature_is_none(issuer: Issuer, tokens: IssuerTokens) -> None:
    (key,) = issuer.keys.values()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = {"iss": issuer.url, "aud": OURS, "exp": int(time.time()) + 300}
    head, body = (_part(one) for one in ({"alg": "HS256", "typ": "JWT", "kid": "first"}, claims))
    seal = hmac.new(public, f"{head}.{body}".encode(), "sha256").digest()
    assert tokens.claims(f"{head}.{body}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}") is None
    assert tokens.claims(jwt.encode(claims, None, "none", headers={"kid": "first"})) is None


def test_a_new_key_of_the_issuer_s_is_found_and_strangers_do_not_make_it_look_again(
    issuer: Issuer, tokens: IssuerTokens, clock: Clock
) -> None:
    assert tokens.claims(issuer.token(aud=OURS)) is not None
    issuer.rotate("second")
    assert tokens.claims(issuer.token(aud=OURS)) is None
    clock.now += PAUSE + 1
    assert tokens.claims(issuer.token(aud=OURS)) is not None
    reads = issuer.reads
    for _ in range(5):
        assert tokens.claims(issuer.token(aud=OURS, kid="stranger's")) is None
    assert issuer.reads == reads


def test_keys_that_were_read_hold_while_the_issuer_is_down(issuer: Issuer, tokens: IssuerTokens, clock: Clock) -> None:
    assert tokens.claims(issuer.token(aud=OURS)) is not None
    issuer.down = True
    clock.now += KEYS_HOLD + 1
    assert tokens.claims(issuer.token(aud=OURS)) is not None


def test_without_any_keys_it_says_so(issuer: Issuer, tokens: IssuerTokens) -> None:
    issuer.down = True
    with pytest.raises(SourceUnavailable):
        tokens.claims(issuer.token(aud=OURS))


def test_metadata_of_another_issuer_is_refused(issuer: Issuer, tokens: IssuerTokens) -> None:
    issuer.metadata["issuer"] = "https://other.example"
    with pytest.raises(ConfigurationError, match="other.example"):
        tokens.claims(issuer.token(aud=OURS))


def test_the_metadata_is_looked_for_where_both_standards_put_it() -> None:
    assert metadata_urls("https://id.example/realms/x/") == (
        "https://id.example/.well-known/oauth-authorization-server/realms/x",
        "https://id.example/realms/x/.well-known/openid-configuration",
    )
