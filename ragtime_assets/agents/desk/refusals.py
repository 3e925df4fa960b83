"""What the libraries raise when a model call fails, as errors of ours: what may work later, and what cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import (
    BudgetSpent,
    ConfigurationError,
    OutputInvalid,
    PermanentError,
    RagtimeError,
    SourceUnavailable,
    TooLarge,
)

if TYPE_CHECKING:
    from pydantic_ai.exceptions import ModelAPIError

_LONGEST_REASON = 200
_KEY_VARIABLES = {
    "openai-chat": "OPENAI_API_KEY",
    "openai-responses": "OPENAI_API_KEY",
    "google": "GOOGLE_API_KEY",
    "google-cloud": "GOOGLE_APPLICATION_CREDENTIALS",
    "bedrock": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "huggingface": "HF_TOKEN",
}


def key_variable(provider: str) -> str:
    """The provider's own variable for its key."""
    return _KEY_VARIABLES.get(provider, f"{provider.upper().replace('-', '_').replace('/', '_')}_API_KEY")


def refused(error: ModelAPIError, model: str) -> RagtimeError:
    """The error of ours that a provider's answer, or its silence, stands for."""
    from pydantic_ai import exceptions as theirs

    provider = model.partition(":")[0]
    status = getattr(error, "status_code", None)
    if isinstance(error, theirs.ModelAuthenticationError):
        # Not what the provider says: it may quote the key.
        return ConfigurationError(
            f"{model} refused the key ({status})",
            remedy=f"Set RAGTIME_MODEL_API_KEY or {key_variable(provider)} to a key that may use {model}.",
        )
    if isinstance(error, theirs.ModelQuotaExceededError):
        return BudgetSpent(
            f"the account at {provider} is used up ({status}): {_reason(error)}",
            remedy=f"Top up the account at {provider} or raise its limit there, then `ragtime retry KEY`.",
        )
    if isinstance(error, theirs.ModelNotFoundError):
        return ConfigurationError(
            f"{provider} has no model {model.partition(':')[2]} ({status}): {_reason(error)}",
            remedy="Correct the model's name in RAGTIME_MODEL or the setting of the phase, or RAGTIME_OPENAI_BASE_URL.",
        )
    if isinstance(error, theirs.ModelContextWindowExceededError) or status == 413:
        return TooLarge(
            f"{model} cannot read that much at once: {_reason(error)}",
            remedy="Set a model with a larger context window, then `ragtime retry KEY --rebind`.",
        )
    if isinstance(error, theirs.ModelRequestRejectedError) or (status and 400 <= status < 500 and not _waits(status)):
        return PermanentError(
            f"{model} rejects the request ({status}): {_reason(error)}",
            remedy="Set a model that takes tools and structured output, then `ragtime retry KEY --rebind`.",
        )
    said = f" ({status})" if status else ""
    return SourceUnavailable(
        f"{model} did not answer{said}: {_reason(error)}", retry_after=error.retry_after, status=status
    )


def no_api(server: str, status: int) -> ConfigurationError:
    """A web page came where a model was asked."""
    return ConfigurationError(
        f"{server} answered a model call with a web page ({status})",
        remedy="Correct RAGTIME_OPENAI_BASE_URL: it is the address of the API, which mostly ends in /v1.",
    )


def senseless(error: Exception, model: str, place: str = "") -> OutputInvalid:
    """An answer, about this place of the episode, that is not even one of the protocol's."""
    about = f" about {place}" if place else ""
    return OutputInvalid(f"{model} answered what nobody can read{about}: {one_line(str(error), _LONGEST_REASON)}")


def _waits(status: int) -> bool:
    return status in (408, 409, 425, 429)


def _reason(error: ModelAPIError) -> str:
    body = error.body
    said = body.get("message") if isinstance(body, dict) else None
    cause = error.__cause__.__cause__ if error.__cause__ is not None else None
    return one_line(str(said or cause or error.__cause__ or error.message), _LONGEST_REASON) or type(error).__name__
