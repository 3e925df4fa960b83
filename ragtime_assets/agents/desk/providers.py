"""From a model's name to a model that can be asked: provider, key, address, and a cap on what comes back.

The classes here extend the library's: import this module only inside functions.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import httpx2  # noqa: TID253 - its classes are extended here, and this module is imported lazily

from ragtime_assets.agents.desk.apart import Stop, run_apart
from ragtime_assets.agents.desk.refusals import key_variable, no_api
from ragtime_assets.domain.episode.media import HEAD, is_web_page
from ragtime_assets.domain.money.prices import PRICES_FILE, TokenPrice
from ragtime_assets.domain.money.spending import Cost, Tokens
from ragtime_assets.errors import ConfigurationError, EngineUnavailable, TooLarge

if TYPE_CHECKING:
    from pydantic_ai.models import Model
    from pydantic_ai.providers import Provider

_NOT_THERE = (404, 405)
OPENAI = frozenset({"openai", "openai-chat", "openai-responses"})
MOST_BYTES = 8_000_000


@dataclass(frozen=True)
class ModelAccess:
    """What it takes to reach models: a key of ours, an OpenAI-compatible server, prices of the user's."""

    api_key: str | None = field(default=None, repr=False)
    key_provider: str | None = None
    """The one provider that the key is for; it is sent to no other."""
    openai_base_url: str | None = None
    prices: Mapping[str, TokenPrice] = field(default_factory=dict[str, TokenPrice])
    most_bytes: int = MOST_BYTES
    hears: Callable[[Mapping[str, str]], object] | None = field(default=None, repr=False, compare=False)
    """Who hears the headers of each answer."""


@asynccontextmanager
async def opened_model(name: str, access: ModelAccess) -> AsyncIterator[Model]:
    """The model while the context is open; raises ConfigurationError when there is none of this name."""
    from pydantic_ai.exceptions import UserError
    from pydantic_ai.models import infer_model

    async def checked(answer: httpx2.Response) -> None:
        if access.hears is not None:
            access.hears(answer.headers)
        answers = answer.is_success or answer.status_code in _NOT_THERE
        page = no_api(f"{answer.url.scheme}://{answer.url.host}", answer.status_code) if answers else None
        if page and answer.headers.get("content-type", "").lower().startswith("text/html"):
            raise page
        stream = cast(httpx2.AsyncByteStream, answer.stream)
        answer.stream = _Counted(stream, access.most_bytes, answer.url.host, page)

    # The time limit of a call is the meter's; a client of ours, and not the library's, so that answers are counted.
    hooks = {"response": [checked]}
    async with httpx2.AsyncClient(timeout=None, follow_redirects=True, event_hooks=hooks) as client:  # noqa: S113
        try:
            model = infer_model(name, lambda provider: _provider(provider, access, client))
        except (UserError, ValueError) as error:
            raise ConfigurationError(
                f"the model {name!r} cannot be used: {error}",
                remedy=f"Set RAGTIME_MODEL_API_KEY or {key_variable(name.partition(':')[0])}, or another model.",
            ) from error
        except ImportError as error:
            raise EngineUnavailable(f"the model {name!r} needs a package that is not installed: {error}") from error
        yield model


def check_model(name: str, access: ModelAccess) -> None:
    """Open the model and ask it nothing; raises ConfigurationError, or EngineUnavailable for a missing package."""

    async def opened(_: Stop) -> None:
        async with opened_model(name, access):
            pass

    run_apart(opened)


class _Counted(httpx2.AsyncByteStream):
    """A body of which at most so many bytes are read, and none of a page for people, whatever its server calls it."""

    def __init__(self, stream: httpx2.AsyncByteStream, most: int, host: str, page: Exception | None) -> None:
        """`page` is raised when a page comes, unless the server is busy, or does not know us."""
        self._stream, self._most, self._host, self._page = stream, most, host, page

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for piece in self._stream:
            if self._page and not received and is_web_page(piece[:HEAD]):
                raise self._page
            received += len(piece)
            if received > self._most:
                raise TooLarge(
                    f"the model at {self._host} answered more than {self._most:,} bytes",
                    remedy="Set another model: no answer to a question of ours is that long.",
                )
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def cost_of(tokens: Tokens, name: str, model: Model | None, access: ModelAccess) -> Cost:
    """What `tokens` of the model cost; a computed zero is as unknown as no price, unless the user said zero."""
    if own := access.prices.get(name):
        return Cost(own.of(tokens), PRICES_FILE, own.reading(tokens), own.writing(tokens))
    if model is None or not tokens.total:
        return Cost()
    from genai_prices import Usage, calc_price

    usage = Usage(input_tokens=tokens.input, cache_read_tokens=tokens.cached, output_tokens=tokens.output)
    try:
        price = calc_price(usage, model.model_name, **_seller(name, model, access))
    except (LookupError, ValueError):
        return Cost()
    if not price.total_price:
        return Cost()
    return Cost(price.total_price, "genai-prices", price.input_price, price.output_price)


def listed_cost(tokens: Tokens, name: str, base_url: str | None, prices: Mapping[str, TokenPrice]) -> Cost:
    """What `tokens` are likely to cost, without opening the model: by the user's prices, or the list of its seller."""
    if own := prices.get(name):
        return Cost(own.of(tokens), PRICES_FILE)
    from genai_prices import Usage, calc_price

    provider, _, model = name.partition(":")
    by_address = {"provider_api_url": base_url}
    sold_at: dict[str, Any] = by_address if base_url and provider in OPENAI else {"provider_id": _vendor(provider)}
    try:
        price = calc_price(Usage(input_tokens=tokens.input, output_tokens=tokens.output), model, **sold_at)
    except (LookupError, ValueError):
        return Cost()
    return Cost(price.total_price, "genai-prices") if price.total_price else Cost()


def _seller(name: str, model: Model, access: ModelAccess) -> dict[str, Any]:
    """Who sells the model: an OpenAI-compatible server is known by its address only, never by OpenAI's prices."""
    if access.openai_base_url and name.partition(":")[0] in OPENAI:
        return {"provider_api_url": access.openai_base_url}
    return {"provider_id": model.system}


def _provider(name: str, access: ModelAccess, client: httpx2.AsyncClient) -> Provider[Any]:
    from pydantic_ai.providers import infer_provider_class

    provider_class = infer_provider_class(name)
    takes = inspect.signature(provider_class).parameters
    options: dict[str, Any] = {}
    if access.api_key and _vendor(name) == _vendor(access.key_provider) and "api_key" in takes:
        options["api_key"] = access.api_key
    if access.openai_base_url and name in OPENAI:
        options["base_url"] = access.openai_base_url
    if "http_client" in takes and re.search(r"httpx2|HTTPClient", str(takes["http_client"].annotation)):
        options["http_client"] = client
    provider = provider_class(**options)
    if hasattr(provider.client, "max_retries"):
        provider.client.max_retries = 0  # each attempt is ours to count, to pay for and to time
    return provider


def _vendor(provider: str | None) -> str | None:
    return "openai" if provider in OPENAI else provider
