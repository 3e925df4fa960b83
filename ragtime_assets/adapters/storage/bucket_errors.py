"""What an object store says when something is wrong, as errors of ours: wait, or change a setting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ragtime_assets.errors import ConfigurationError, RagtimeError, StorageFull, StoreUnavailable

_ABSENT = {"NoSuchKey", "404", "NotFound"}
_EXISTS = {"PreconditionFailed", "412"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"}
_UNKNOWN_KEYS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "AuthFailure"}
_FULL = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "XMinioAdminBucketQuotaExceeded", "507"}
_ELSEWHERE = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301"}
_LATER = {408, 409, 425, 429}
_KEYS = "RAGTIME_S3_KEY_ID and RAGTIME_S3_SECRET (or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN)"


@contextmanager
def bucket_errors_named(place: str) -> Iterator[None]:
    """Errors of the driver while something was done at `place`, a URL; what is absent is a FileNotFoundError."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise _said(place, error.response) from error
    except BotoCoreError as error:
        raise _unsaid(place, error) from error


def _said(place: str, answer: Any) -> Exception:
    """What the store answered."""
    code = str(answer.get("Error", {}).get("Code", ""))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _ABSENT:
        return FileNotFoundError(place)
    if code in _EXISTS:
        return FileExistsError(place)
    if code in _FULL or status == 507:  # noqa: PLR2004 - Insufficient Storage
        return StorageFull(
            f"no space left in the object store for {place} ({code})",
            remedy="Make room in the bucket that RAGTIME_ARTIFACTS_URL names, then `ragtime retry KEY`.",
        )
    return _setting(place, code, status) or StoreUnavailable(
        f"the object store does not take it at {place}: {code or 'no reason given'} ({status})",
        remedy="Look after the server that RAGTIME_ARTIFACTS_URL and RAGTIME_S3_ENDPOINT name; "
        "then `ragtime retry KEY` goes on from the last finished phase.",
    )


def _setting(place: str, code: str, status: int) -> RagtimeError | None:
    """What only a change of settings helps against; None for what may pass."""
    if code == "NoSuchBucket":
        return no_bucket(place)
    if code in _EXPIRED:
        return ConfigurationError(
            f"the credentials for {place} have expired ({code})",
            remedy=f"Renew {_KEYS}, restart `ragtime up`, then `ragtime retry --failed`.",
        )
    if code == "RequestTimeTooSkewed":
        return ConfigurationError(
            f"the object store refuses {place}: this machine's clock is off",
            remedy="Set the clock of this machine (NTP), then `ragtime retry --failed`.",
        )
    if code in _ELSEWHERE:
        return ConfigurationError(
            f"the bucket of {place} is in another region ({code})", remedy="Set RAGTIME_S3_REGION to the bucket's."
        )
    if code in _UNKNOWN_KEYS or status in (401, 403):
        return ConfigurationError(
            f"the object store refuses {place} ({code})",
            remedy=f"Correct {_KEYS}; they need to list, read, write and delete in the bucket.",
        )
    if 400 <= status < 500 and status not in _LATER and code != "RequestTimeout":  # noqa: PLR2004
        return ConfigurationError(
            f"the object store does not understand what it is asked at {place}: {code} ({status})",
            remedy="Check that RAGTIME_S3_ENDPOINT speaks S3, and RAGTIME_ARTIFACTS_URL.",
        )
    return None


def _unsaid(place: str, error: Exception) -> RagtimeError:
    """What went wrong without an answer."""
    from botocore.exceptions import CredentialRetrievalError, NoCredentialsError, PartialCredentialsError

    if isinstance(error, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        return ConfigurationError(f"there are no credentials for {place}: {error}", remedy=f"Set {_KEYS}.")
    return StoreUnavailable(
        f"the object store does not answer at {place}: {error}",
        remedy="Check RAGTIME_S3_ENDPOINT and the way there; "
        "then `ragtime retry KEY` goes on from the last finished phase.",
    )


def no_bucket(place: str) -> ConfigurationError:
    """The bucket is not there."""
    return ConfigurationError(
        f"the bucket of {place} does not exist",
        remedy="Make the bucket, or correct RAGTIME_ARTIFACTS_URL and RAGTIME_S3_ENDPOINT.",
    )
