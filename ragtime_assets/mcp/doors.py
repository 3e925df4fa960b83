"""Who may come in over HTTP: which hosts and origins, and with which token; decided before anything listens."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ragtime_assets.adapters.web.issuer_tokens import IssuerTokens
from ragtime_assets.adapters.web.listening import (
    LOOPBACK_HOSTS,
    hosts,
    is_bearer,
    is_everywhere,
    is_loopback,
    reached_from_elsewhere,
)
from ragtime_assets.errors import ConfigurationError, InvalidSubmission, RagtimeError
from ragtime_assets.settings import Settings, revealed

WRITE_SCOPE = "ragtime:write"
"""What an issuer's token must allow, for its bearer to submit episodes. Every token that is valid here may read."""
_WAY_IN = "RAGTIME_MCP_TOKEN, or RAGTIME_MCP_ISSUER and RAGTIME_MCP_URL"
_URL_AND_WAY_IN = (
    "RAGTIME_MCP_URL to the address under which clients reach this server, with its /mcp, "
    "and RAGTIME_MCP_TOKEN or RAGTIME_MCP_ISSUER"
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Doors:
    """What is checked of every request."""

    hosts: Sequence[str]
    origins: Sequence[str]
    token: str | None = None
    issuer: str | None = None
    resource: str | None = None

    @classmethod
    def of(cls, settings: Settings, host: str) -> Doors:
        """As the settings say for a server on this address; raises ConfigurationError where anybody could come in."""
        token, issuer, url = revealed(settings.mcp_token), settings.mcp_issuer, settings.mcp_url
        if token and issuer:
            raise ConfigurationError(
                "RAGTIME_MCP_TOKEN and RAGTIME_MCP_ISSUER are two ways in", remedy="Set one of them."
            )
        if issuer and not url:
            raise ConfigurationError(
                "RAGTIME_MCP_ISSUER is set, but not for whom its tokens are",
                remedy="Set RAGTIME_MCP_URL to the address under which clients reach this server, with its /mcp.",
            )
        reached, is_nameless = reached_from_elsewhere(host, url), is_everywhere(host) and not url
        if reached is not None and not (token or issuer):
            unsaid = "who may come in, nor by which name it is reached" if is_nameless else "who may come in"
            raise ConfigurationError(
                f"a server at {reached or 'every address'} is reached from elsewhere, and nothing says {unsaid}",
                remedy=f"Set {_URL_AND_WAY_IN if is_nameless else _WAY_IN}; or stay on 127.0.0.1.",
            )
        if is_nameless:
            raise ConfigurationError(
                f"--host {host} listens on every address, and nothing says by which name it is reached",
                remedy="Set RAGTIME_MCP_URL to the address under which clients reach this server, with its /mcp.",
            )
        return cls(_hosts(host, url), _origins(host, url, settings.mcp_origins), token, issuer, url)

    @property
    def security(self) -> TransportSecuritySettings:
        """The allow-lists."""
        return TransportSecuritySettings(allowed_hosts=list(self.hosts), allowed_origins=list(self.origins))

    @property
    def auth(self) -> tuple[AuthSettings, IssuerVerifier] | None:
        """How this server is a resource server of the issuer; None where there is none."""
        if not self.issuer or not self.resource:
            return None
        addresses = {"issuer_url": self.issuer, "resource_server_url": self.resource}
        settings = AuthSettings.model_validate({**addresses, "validate_token_resource": False})  # the verifier does
        return settings, IssuerVerifier(IssuerTokens(self.issuer, self.resource), self.resource)

    def guarded(self, app: ASGIApp) -> ASGIApp:
        """The application behind the token, where there is one."""
        return TokenGuard(app, self.token) if self.token else app


class TokenGuard:
    """Lets in who brings the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        """Guard this application."""
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 to everybody else."""
        if scope["type"] == "http" and not is_bearer(Headers(scope=scope).get("authorization", ""), self._token):
            told = {"error": "invalid_token", "error_description": "This server asks for RAGTIME_MCP_TOKEN."}
            answer = JSONResponse(told, status_code=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


class IssuerVerifier:
    """The issuer's tokens, as the library asks about them."""

    def __init__(self, tokens: IssuerTokens, resource: str) -> None:
        """Check them with these."""
        self._tokens = tokens
        self._resource = resource

    async def verify_token(self, token: str) -> AccessToken | None:
        """Who brings it; None for a token that is not valid here, or that cannot be checked now."""
        try:
            claims = await anyio.to_thread.run_sync(self._tokens.claims, token)
        except RagtimeError as error:
            _log.warning("a token cannot be checked: %s", error.message)
            return None
        if claims is None:
            return None
        return AccessToken(
            token=token,
            client_id=str(claims.get("client_id") or claims.get("azp") or claims.get("sub") or "unknown"),
            scopes=_scopes(claims),
            expires_at=int(claims["exp"]),
            resource=self._resource,
            subject=str(claims["sub"]) if "sub" in claims else None,
            claims=claims,
        )


def check_may_write() -> None:
    """Raise InvalidSubmission where an issuer's token lets this request in, and does not allow it to write."""
    token = get_access_token()
    if token is not None and WRITE_SCOPE not in token.scopes:
        raise InvalidSubmission(
            f"the token of {token.client_id} does not allow to submit episodes",
            remedy=f"Have the issuer grant the scope {WRITE_SCOPE} to this client, and sign in again.",
        )


def _scopes(claims: Mapping[str, Any]) -> list[str]:
    """What the token allows: a text in most issuers' `scope`, a list or a text in `scp` of others."""
    told = claims.get("scope") or claims.get("scp") or ""
    return told.split() if isinstance(told, str) else [str(one) for one in told]


def _hosts(host: str, url: str | None) -> list[str]:
    """The Host headers that are let in, each with any port."""
    return [form for name in hosts(host, url) for form in (name, f"{name}:*")]


def _origins(host: str, url: str | None, more: Sequence[str]) -> list[str]:
    """The Origin headers that are let in: pages of this machine, of the public address, and those that are named."""
    parts = urlsplit(url) if url else None
    own = [f"http://{name}:*" for name in LOOPBACK_HOSTS] if is_loopback(host) else []
    return [*own, *([f"{parts.scheme}://{parts.netloc}"] if parts else []), *more]
