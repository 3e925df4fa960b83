"""Files in a bucket of an S3-compatible store: a file is seen once its last byte is there, and not before."""

from __future__ import annotations

import io
import shutil
import uuid
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from ragtime_assets.adapters.storage.bucket_access import BucketAccess, address_of, client_of
from ragtime_assets.adapters.storage.bucket_errors import bucket_errors_named, no_bucket
from ragtime_assets.adapters.storage.bucket_reader import BucketReader
from ragtime_assets.adapters.storage.files import Listed, Workspace
from ragtime_assets.adapters.storage.folder import file_errors_named
from ragtime_assets.errors import ConfigurationError, RagtimeError

_IF_NEW = {"IfNoneMatch": "*"}
_AT_ONCE = 1_000
"""Names that one request may remove."""


class Bucket:
    """`Files` under a prefix of a bucket."""

    def __init__(self, url: str, access: BucketAccess) -> None:
        """Ask nothing yet; raises what is wrong with the URL, or that the driver is not installed."""
        self._bucket, self._prefix = address_of(url)
        self._access = access
        self._client = client_of(access)

    def check(self) -> None:
        """See that the bucket is there, may be used, and keeps a file from being written over when it is told to."""
        name = f"probe-{uuid.uuid4().hex}"
        with self._named(name):
            try:
                self._client.head_bucket(Bucket=self._bucket)
            except self._client.exceptions.ClientError as error:
                if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
                    raise no_bucket(self.place("")) from error
                raise
        self.write_once(name, b"first")
        try:
            if self._is_written_over(name):
                raise ConfigurationError(
                    f"the object store of {self.place('')} ignores conditional puts (If-None-Match: *)",
                    remedy="Use a store that heeds them (Amazon S3, MinIO, Ceph, R2 do, in a release since 2025), "
                    "and name it in RAGTIME_S3_ENDPOINT.",
                )
        finally:
            self.remove([name])

    def read(self, name: str) -> bytes | None:
        """What is in a file; None when it is not there."""
        with self._named(name):
            try:
                return cast("bytes", self._client.get_object(**self._at(name))["Body"].read())
            except self._client.exceptions.NoSuchKey:
                return None

    def write(self, name: str, content: bytes) -> None:
        """Put a whole file in the place of whatever was there."""
        with self._named(name):
            self._client.put_object(**self._at(name), Body=content)

    def write_once(self, name: str, content: bytes) -> None:
        """Put a file there unless it is there, as its length tells."""
        there = self._size(name)
        if there != len(content):
            with suppress(FileExistsError), self._named(name):  # somebody else was quicker
                self._client.put_object(**self._at(name), Body=content, **_unless(there))

    def take(self, path: Path, name: str) -> None:
        """Send a local file, a large one in parts that are seen together or never."""
        size, there = path.stat().st_size, self._size(name)
        if there != size:
            with suppress(FileExistsError), self._named(name), path.open("rb") as file:
                if size > self._access.part:
                    self._send_parts(file, name, _unless(there))
                else:
                    self._client.put_object(**self._at(name), Body=file, **_unless(there))
        path.unlink()

    def holds(self, name: str) -> bool:
        """Whether a file is there."""
        return self._size(name) is not None

    def about(self, name: str) -> Listed | None:
        """How large a file is, and when it was written; None when it is not there."""
        try:
            with self._named(name):
                found = self._client.head_object(**self._at(name))
        except FileNotFoundError:
            return None
        return Listed(name, int(found["ContentLength"]), found["LastModified"])

    def names(self, start: str) -> Iterator[str]:
        """The names that begin so, in order."""
        return (one.name for one in self.listed(start))

    def listed(self, start: str) -> Iterator[Listed]:
        """The files whose names begin so, in order, asked for page by page."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket,
            Prefix=self._prefix + start,
            Delimiter="/",
            PaginationConfig={"PageSize": self._access.page},
        )
        with self._named(start):
            for page in pages:
                for one in page.get("Contents", ()):
                    yield Listed(one["Key"].removeprefix(self._prefix), one["Size"], one["LastModified"])

    def remove(self, names: Collection[str]) -> None:
        """Remove files, a thousand at once."""
        left = iter(names)
        while some := list(islice(left, _AT_ONCE)):
            keys = [{"Key": self._prefix + name} for name in some]
            with self._named(some[0]):
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})
                for error in answer.get("Errors", ()):
                    raise self._client.exceptions.ClientError({"Error": error}, "DeleteObjects")

    def open(self, name: str) -> BinaryIO | None:
        """A file to read from any place of it; None when it is not there."""
        size = self._size(name)
        if size is None:
            return None
        return io.BufferedReader(BucketReader(self._client, self._at(name), size, self.place(name)), 2**18)

    @contextmanager
    def local(self, name: str, workspace: Workspace) -> Iterator[Path | None]:
        """A copy of the file."""
        source = self.open(name)
        if source is None:
            yield None
            return
        with source, workspace() as folder:
            copy = folder / Path(name).name
            with file_errors_named(copy), copy.open("wb") as target:
                shutil.copyfileobj(source, target, 2**20)
            yield copy

    def place(self, name: str) -> str:
        """Its URL."""
        return f"s3://{self._bucket}/{self._prefix}{name}"

    def _send_parts(self, file: BinaryIO, name: str, unless: dict[str, str]) -> None:
        upload = self._client.create_multipart_upload(**self._at(name))["UploadId"]
        one = {**self._at(name), "UploadId": upload}
        with ExitStack() as undo:
            undo.callback(self._abort, name, one)
            sent: list[dict[str, Any]] = []
            while piece := file.read(self._access.part):
                number = len(sent) + 1
                answer = self._client.upload_part(**one, PartNumber=number, Body=piece)
                sent.append({"PartNumber": number, "ETag": answer["ETag"]})
            self._client.complete_multipart_upload(**one, MultipartUpload={"Parts": sent}, **unless)
            undo.pop_all()

    def _abort(self, name: str, upload: dict[str, str]) -> None:
        with suppress(FileNotFoundError, RagtimeError), self._named(name):
            self._client.abort_multipart_upload(**upload)

    def _is_written_over(self, name: str) -> bool:
        try:
            with self._named(name):
                self._client.put_object(**self._at(name), Body=b"second", **_IF_NEW)
        except FileExistsError:
            return False
        return True

    def _size(self, name: str) -> int | None:
        found = self.about(name)
        return found and found.bytes

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    def _named(self, name: str) -> AbstractContextManager[None]:
        return bucket_errors_named(self.place(name))


def _unless(there: int | None) -> dict[str, str]:
    """Only if nobody is quicker; what is there with another length is torn, and written over."""
    return _IF_NEW if there is None else {}
