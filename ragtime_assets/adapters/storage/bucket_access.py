"""How a bucket is reached: its URL, its endpoint, whose keys, and how long an answer may take."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import ConfigurationError, EngineUnavailable

_S3_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([^?#]*))?")


class Address(NamedTuple):
    """A bucket, and where in it."""

    bucket: str
    prefix: str
    """Empty, or with a slash at its end."""


@dataclass(frozen=True)
class BucketAccess:
    """What is not set is left to the usual variables and files: AWS_ACCESS_KEY_ID, AWS_PROFILE, a machine's role."""

    endpoint: str | None = None
    region: str | None = None
    key_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    answer_seconds: float = 60
    tries: int = 4
    page: int = 1_000
    """How many names a listing gives at once."""
    part: int = 16 * 2**20
    """Bytes of a larger file that are sent together; a store takes no fewer than 5 MiB."""


def address_of(url: str) -> Address:
    """The bucket that RAGTIME_ARTIFACTS_URL names; raises ConfigurationError where it names none."""
    found = _S3_URL.fullmatch(url)
    if found is None:
        raise ConfigurationError(
            f"RAGTIME_ARTIFACTS_URL={masked(url)} names no store that is known",
            remedy="Write a folder or s3://BUCKET/PREFIX; keys go into RAGTIME_S3_KEY_ID and RAGTIME_S3_SECRET, "
            "another server than Amazon's into RAGTIME_S3_ENDPOINT.",
        )
    prefix = (found[2] or "").strip("/")
    return Address(found[1], f"{prefix}/" if prefix else "")


def client_of(access: BucketAccess) -> Any:
    """A client that many threads may share; raises EngineUnavailable without the extra."""
    try:
        from boto3.session import Session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise EngineUnavailable(
            f"RAGTIME_ARTIFACTS_URL names an object store, and its driver is not installed: {error}",
            remedy="pip install ragtime-assets[s3]",
        ) from error
    # Checksums only where the protocol asks for them: many stores that speak S3 refuse the newer ones.
    config = Config(
        connect_timeout=min(10, access.answer_seconds),
        read_timeout=access.answer_seconds,
        retries={"mode": "standard", "total_max_attempts": access.tries},
        max_pool_connections=32,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if access.endpoint else None,
    )
    try:
        return Session().client(
            "s3",
            endpoint_url=access.endpoint,
            region_name=access.region,
            aws_access_key_id=access.key_id,
            aws_secret_access_key=access.secret,
            config=config,
        )
    except (BotoCoreError, ValueError) as error:
        raise ConfigurationError(
            f"no client for the object store can be made: {error}",
            remedy="Correct RAGTIME_S3_ENDPOINT, RAGTIME_S3_REGION, RAGTIME_S3_KEY_ID and RAGTIME_S3_SECRET, "
            "or the AWS_ variables.",
        ) from error
