"""Where artifacts and blobs are kept: in a folder, or in a bucket of an object store. The file is the commit point.

Layout: `artifacts/<asset>/<key>.json`, what lies beside it as `artifacts/<asset>/<key>.<suffix>`, and
`blobs/<sha256>`. What is current, missing or stale is not asked here but of `corpus/artifact_index.py`.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from pydantic import ValidationError

from ragtime_assets.adapters.storage.bucket import Bucket
from ragtime_assets.adapters.storage.bucket_access import BucketAccess
from ragtime_assets.adapters.storage.files import Files
from ragtime_assets.adapters.storage.folder import Folder, file_errors_named
from ragtime_assets.adapters.storage.leftovers import leftovers, ours, remove_leftovers
from ragtime_assets.domain.artifact import Artifact, Envelope, upgraded
from ragtime_assets.domain.graph import ARTIFACTS
from ragtime_assets.errors import ArtifactCorrupt, ArtifactTooNew, InputMissing

A = TypeVar("A", bound=Artifact)
Shortens = Callable[[dict[str, Any]], dict[str, Any]]
"""What of an artifact is not to be read is left out."""
DIGEST = re.compile(r"[0-9a-f]{64}")
READ_AT_ONCE = 8
READ_AHEAD = 200
_A_MOMENT = timedelta(microseconds=1)


def _here() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Blob:
    """A blob, as much as a listing tells."""

    digest: str
    bytes: int
    written_at: datetime


class ArtifactStore:
    """`ports.Blobs`, the envelopes, and the files that lie beside them."""

    def __init__(
        self, root: str | Path, scratch: Path, access: BucketAccess | None = None, clock: Callable[[], datetime] = _here
    ) -> None:
        """Keep everything under `root` (a folder, or an s3:// URL reached by `access`); `scratch` is a local folder.

        What is being written lies in the scratch folder, so that a killed process leaves nothing half-written
        where it would be read. A local root has to be on the same file system. Artifacts are dated by the `clock`.
        """
        self._scratch = scratch
        self._clock = clock
        self._files: Files = Folder(root, scratch) if isinstance(root, Path) else Bucket(root, access or BucketAccess())

    def check(self) -> None:
        """See that artifacts can be kept here; raises what is wrong and what to do."""
        self._files.check()

    def save(
        self,
        key: str,
        artifact: Artifact,
        *,
        inputs: dict[str, str],
        code_version: str,
        run_id: str,
        seconds: float,
        asked_at: datetime | None = None,
    ) -> Envelope:
        """Seal the artifact in an envelope and put it where the next load finds it.

        It is younger than what it was asked for by, though the clock was stepped back meanwhile.
        """
        now = self._clock()
        envelope = Envelope(
            schema_version=artifact.schema_version,
            key=key,
            asset=artifact.asset,
            digest=artifact.digest(),
            inputs=inputs,
            code_version=code_version,
            engine=artifact.engine,
            run_id=run_id,
            created_at=now if asked_at is None else max(now, asked_at + _A_MOMENT),
            seconds=round(seconds, 3),
            payload=artifact.model_dump(mode="json"),
        )
        self._files.write(_beside(artifact.asset, key), envelope.model_dump_json().encode())
        return envelope

    def envelope(self, asset: str, key: str) -> Envelope | None:
        """The envelope of this artifact, or None when it was never saved."""
        content = self._files.read(_beside(asset, key))
        if content is None:
            return None
        try:
            return Envelope.model_validate_json(content)
        except ValidationError as error:
            raise _corrupt(asset, key, str(error)) from error

    def holds(self, asset: str, key: str) -> bool:
        """Whether the file of this artifact is there, readable or not."""
        return self._files.holds(_beside(asset, key))

    def load(self, kind: type[A], key: str) -> tuple[A, Envelope]:
        """The artifact of this kind, upgraded to the present schema, with its envelope."""
        envelope = self.envelope(kind.asset, key)
        if envelope is None:
            raise InputMissing(f"{kind.asset} of {key} is not there")
        return opened(kind, envelope), envelope

    def envelopes(self, unreadable: Callable[[ArtifactCorrupt], object] | None = None) -> Iterator[Envelope]:
        """Every envelope in the store; one that cannot be read is handed to `unreadable`, or raised without it.

        Some are read at the same time: from a bucket, one after the other is a wait for each.
        """
        with ThreadPoolExecutor(READ_AT_ONCE) as readers:
            for asset in ARTIFACTS:
                keys = (key for key, suffix in self._found(asset) if suffix == "json")
                while some := list(islice(keys, READ_AHEAD)):
                    for found in readers.map(partial(self._readable, asset), some):
                        if isinstance(found, Envelope):
                            yield found
                        elif found is not None and unreadable is not None:
                            unreadable(found)
                        elif found is not None:
                            raise found

    def remove(self, key: str, assets: Iterable[str] = ARTIFACTS) -> int:
        """Remove these artifacts of an episode and what lies beside them; how many that was."""
        names = [name for asset in assets for name in self._files.names(f"artifacts/{asset}/{key}.")]
        self._files.remove(names)
        return sum(name.endswith(f"/{key}.json") for name in names)

    def discard(self, digest: str) -> None:
        """Remove a blob."""
        self._files.remove([_blob(digest)])

    def attach(self, asset: str, key: str, suffix: str, content: str) -> None:
        """Keep a text beside the artifact."""
        self._files.write(_beside(asset, key, suffix), content.encode())

    def attachment(self, asset: str, key: str, suffix: str) -> str | None:
        """A text beside the artifact; None when it is not there."""
        content = self._files.read(_beside(asset, key, suffix))
        return None if content is None else content.decode()

    def attachments(self, asset: str, suffix: str) -> Iterator[tuple[str, str]]:
        """The key and the content of everything that lies beside artifacts of an asset under this suffix."""
        for key, found in self._found(asset):
            if found != suffix:
                continue
            if (content := self.attachment(asset, key, suffix)) is not None:
                yield key, content

    def files(self, assets: Iterable[str] = ARTIFACTS) -> Iterator[str]:
        """The names below the root of all artifacts of these assets, and of what lies beside them."""
        for asset in assets:
            yield from self._files.names(f"artifacts/{asset}/")

    def read_file(self, name: str) -> bytes | None:
        """One of these files; None when it is gone."""
        return self._files.read(name)

    def write_file(self, name: str, content: bytes) -> None:
        """One of these files, as it was in another store."""
        self._files.write(name, content)

    def remove_file(self, name: str) -> None:
        """Remove one of these files."""
        self._files.remove([name])

    def blobs(self) -> Iterator[Blob]:
        """Every blob."""
        for one in self._files.listed("blobs/"):
            if DIGEST.fullmatch(digest := one.name.removeprefix("blobs/")):
                yield Blob(digest, one.bytes, one.written_at)

    def blob(self, digest: str) -> Blob | None:
        """What is known of a blob, whole or not; None when it is not there."""
        found = self._files.about(_blob(digest))
        return found and Blob(digest, found.bytes, found.written_at)

    def path(self, asset: str, key: str, suffix: str = "json") -> str:
        """Where an artifact, or what lies beside it, is kept: a path, or an object store's URL."""
        return self._files.place(_beside(asset, key, suffix))

    def put(self, path: Path, digest: str) -> None:
        """Keep the file at `path` as a blob, whatever was there under its digest; the file itself is used up."""
        self._files.take(path, _blob(digest))

    def put_bytes(self, content: bytes) -> str:
        """Keep `content` as a blob; its sha256."""
        digest = hashlib.sha256(content).hexdigest()
        self._files.write_once(_blob(digest), content)
        return digest

    def open_blob(self, digest: str) -> BinaryIO | None:
        """The blob to read from any place of it, as it lies there; None for one that is lost."""
        return self._files.open(_blob(digest))

    @contextmanager
    def local_copy(self, digest: str) -> Iterator[Path]:
        """The blob as a local file while the context is open; raises ArtifactCorrupt for one that is lost or torn."""
        with self._files.local(_blob(digest), self.workspace) as path:
            if path is None:
                raise ArtifactCorrupt(f"the blob {digest} is not in the store")
            _check(path, digest)
            yield path

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A local folder that is gone afterwards."""
        with file_errors_named(self._scratch):
            self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._scratch, prefix=ours(), ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def sweep(self) -> int:
        """Remove what processes of this machine that are gone left in the scratch folder; how many things that was."""
        return remove_leftovers(self._scratch)

    def leftovers(self) -> int:
        """How many things processes of this machine that are gone left in the scratch folder."""
        return len(leftovers(self._scratch))

    def _readable(self, asset: str, key: str) -> Envelope | ArtifactCorrupt | None:
        """The envelope, or why it cannot be read."""
        try:
            return self.envelope(asset, key)
        except ArtifactCorrupt as error:
            return error

    def _found(self, asset: str) -> Iterator[tuple[str, str]]:
        """The key and the suffix of all that is kept of an asset; no key has a dot."""
        for name in self._files.names(f"artifacts/{asset}/"):
            key, _, suffix = name.rpartition("/")[2].partition(".")
            yield key, suffix


def opened(kind: type[A], envelope: Envelope, shortened: Shortens | None = None) -> A:
    """The artifact in an envelope, upgraded to the present schema; `shortened` before it is read, no digest fits it."""
    if envelope.schema_version > kind.schema_version:
        raise ArtifactTooNew(
            f"{kind.asset} of {envelope.key} has schema version {envelope.schema_version}; "
            f"this ragtime-assets reads up to {kind.schema_version}",
            remedy=f"Upgrade ragtime-assets, or `ragtime redo {envelope.key} --from {kind.asset}`.",
        )
    try:
        payload = upgraded(kind, envelope.payload, envelope.schema_version)
        artifact = kind.model_validate(shortened(payload) if shortened else payload)
    except (ValidationError, KeyError) as error:
        raise _corrupt(kind.asset, envelope.key, str(error)) from error
    is_whole = envelope.schema_version == kind.schema_version and shortened is None
    if is_whole and artifact.digest() != envelope.digest:
        raise _corrupt(kind.asset, envelope.key, "its content is not what its digest says")
    return artifact


def _beside(asset: str, key: str, suffix: str = "json") -> str:
    return f"artifacts/{asset}/{key}.{suffix}"


def _blob(digest: str) -> str:
    return f"blobs/{digest}"


def _check(blob: Path, digest: str) -> None:
    with file_errors_named(blob), blob.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != digest:
        raise ArtifactCorrupt(f"the blob {digest} is torn: its content has the digest {found}")


def _corrupt(asset: str, key: str, why: str) -> ArtifactCorrupt:
    return ArtifactCorrupt(f"{asset} of {key} cannot be read: {why}", remedy=f"ragtime redo {key} --from {asset}")
