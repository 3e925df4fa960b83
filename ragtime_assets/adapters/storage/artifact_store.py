"""Where artifacts and blobs are kept: a local folder, or an object store by URL. The file is the commit point.

Layout: `artifacts/<asset>/<key>.json`, what lies beside it as `artifacts/<asset>/<key>.<suffix>`, and
`blobs/<sha256>`. What is current, missing or stale is not asked here but of `corpus/artifact_index.py`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from pydantic import ValidationError

from ragtime_assets.adapters.storage.disk import FULL, flush
from ragtime_assets.adapters.storage.leftovers import leftovers, ours, remove_leftovers
from ragtime_assets.domain.artifact import Artifact, Envelope, upgraded
from ragtime_assets.domain.graph import ARTIFACTS
from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import (
    ArtifactCorrupt,
    ArtifactTooNew,
    ConfigurationError,
    EngineUnavailable,
    InputMissing,
    StorageFull,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from upath import UPath

    AnyPath = Path | UPath

A = TypeVar("A", bound=Artifact)
Shortens = Callable[[dict[str, Any]], dict[str, Any]]
"""What of an artifact is not to be read is left out."""
DIGEST = re.compile(r"[0-9a-f]{64}")
_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Blob:
    """A blob, as much as a listing tells."""

    digest: str
    bytes: int
    written_at: datetime


class ArtifactStore:
    """`ports.Blobs`, the envelopes, and the files that lie beside them."""

    def __init__(self, root: str | Path, scratch: Path) -> None:
        """Keep everything under `root` (a folder or an object store's URL); `scratch` is a local folder.

        What is being written lies in the scratch folder, so that a killed process leaves nothing half-written
        where it would be read. A local root has to be on the same file system.
        """
        self._scratch = scratch
        self._root = _path(root)

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
        now = datetime.now(UTC)
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
        self._write(self._envelope_path(artifact.asset, key), envelope.model_dump_json().encode())
        return envelope

    def envelope(self, asset: str, key: str) -> Envelope | None:
        """The envelope of this artifact, or None when it was never saved."""
        path = self._envelope_path(asset, key)
        with _errors_named(path):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                return None
        try:
            return Envelope.model_validate_json(content)
        except ValidationError as error:
            raise _corrupt(asset, key, str(error)) from error

    def holds(self, asset: str, key: str) -> bool:
        """Whether the file of this artifact is there, readable or not."""
        path = self._envelope_path(asset, key)
        with _errors_named(path):
            return path.exists()

    def load(self, kind: type[A], key: str) -> tuple[A, Envelope]:
        """The artifact of this kind, upgraded to the present schema, with its envelope."""
        envelope = self.envelope(kind.asset, key)
        if envelope is None:
            raise InputMissing(f"{kind.asset} of {key} is not there")
        return opened(kind, envelope), envelope

    def envelopes(self, unreadable: Callable[[ArtifactCorrupt], object] | None = None) -> Iterator[Envelope]:
        """Every envelope in the store; one that cannot be read is handed to `unreadable`, or raised without it."""
        for asset in ARTIFACTS:
            folder = self._root / "artifacts" / asset
            for path in sorted(folder.glob("*.json")) if folder.exists() else ():
                # No key has a dot: `<key>.podcast.json` lies beside an artifact and is none.
                if "." in path.stem:
                    continue
                try:
                    envelope = self.envelope(asset, path.stem)
                except ArtifactCorrupt as error:
                    if unreadable is None:
                        raise
                    unreadable(error)
                else:
                    if envelope is not None:
                        yield envelope

    def remove(self, key: str, assets: Iterable[str] = ARTIFACTS) -> int:
        """Remove these artifacts of an episode and what lies beside them; how many that was."""
        removed = 0
        for asset in assets:
            folder = self._root / "artifacts" / asset
            for path in list(folder.glob(f"{key}.*")) if folder.exists() else ():
                with _errors_named(path):
                    path.unlink()
                removed += path.name == f"{key}.json"
        return removed

    def discard(self, digest: str) -> None:
        """Remove a blob."""
        blob = self._blob_path(digest)
        with _errors_named(blob):
            if blob.exists():
                blob.unlink()

    def attach(self, asset: str, key: str, suffix: str, content: str) -> None:
        """Keep a text beside the artifact."""
        self._write(self._root / "artifacts" / asset / f"{key}.{suffix}", content.encode())

    def attachment(self, asset: str, key: str, suffix: str) -> str | None:
        """A text beside the artifact; None when it is not there."""
        path = self._root / "artifacts" / asset / f"{key}.{suffix}"
        with _errors_named(path):
            return path.read_text(encoding="utf-8") if path.exists() else None

    def attachments(self, asset: str, suffix: str) -> Iterator[tuple[str, str]]:
        """The key and the content of everything that lies beside artifacts of an asset under this suffix."""
        folder = self._root / "artifacts" / asset
        for path in sorted(folder.glob(f"*.{suffix}")) if folder.exists() else ():
            key = path.name.removesuffix(f".{suffix}")
            if (content := self.attachment(asset, key, suffix)) is not None:
                yield key, content

    def files(self, assets: Iterable[str] = ARTIFACTS) -> Iterator[str]:
        """The names below the root of all artifacts of these assets, and of what lies beside them."""
        for asset in assets:
            folder = self._root / "artifacts" / asset
            with _errors_named(folder):
                found = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
            yield from (f"artifacts/{asset}/{name}" for name in found)

    def read_file(self, name: str) -> bytes | None:
        """One of these files; None when it is gone."""
        path = self._root / name
        with _errors_named(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def write_file(self, name: str, content: bytes) -> None:
        """One of these files, as it was in another store."""
        self._write(self._root / name, content)

    def remove_file(self, name: str) -> None:
        """Remove one of these files."""
        path = self._root / name
        with _errors_named(path):
            path.unlink(missing_ok=True)

    def blobs(self) -> Iterator[Blob]:
        """Every blob."""
        folder = self._root / "blobs"
        with _errors_named(folder):
            names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
        for name in names:
            if DIGEST.fullmatch(name) and (blob := self.blob(name)) is not None:
                yield blob

    def blob(self, digest: str) -> Blob | None:
        """What is known of a blob, whole or not; None when it is not there."""
        path = self._root / "blobs" / digest
        with _errors_named(path):
            try:
                facts = path.stat()
            except FileNotFoundError:
                return None
        written = facts.st_mtime or time.time()  # a store that keeps no times
        return Blob(digest, facts.st_size, datetime.fromtimestamp(written, UTC))

    def path(self, asset: str, key: str, suffix: str = "json") -> str:
        """Where an artifact, or what lies beside it, is kept: a path, or an object store's URL."""
        return masked(str(self._root / "artifacts" / asset / f"{key}.{suffix}"))

    def put(self, path: Path, digest: str) -> None:
        """Keep the file at `path` as a blob, whatever was there under its digest; the file itself is used up."""
        blob = self._blob_path(digest)
        with _errors_named(blob):
            if isinstance(blob, Path) and path.stat().st_dev == blob.parent.stat().st_dev:
                flush(path)
                path.replace(blob)
                flush(blob.parent)
            else:
                self._copy_in(path, blob)

    def put_bytes(self, content: bytes) -> str:
        """Keep `content` as a blob; its sha256."""
        digest = hashlib.sha256(content).hexdigest()
        self._write(self._blob_path(digest), content)
        return digest

    def open_blob(self, digest: str) -> BinaryIO | None:
        """The blob to read from any place of it, as it lies there; None for one that is lost."""
        blob = self._blob_path(digest)
        with _errors_named(blob):
            try:
                return cast("BinaryIO", blob.open("rb"))
            except FileNotFoundError:
                return None

    @contextmanager
    def local_copy(self, digest: str) -> Iterator[Path]:
        """The blob as a local file while the context is open; raises ArtifactCorrupt for one that is lost or torn."""
        blob = self._blob_path(digest)
        with _errors_named(blob):
            is_there = blob.exists()
        if not is_there:
            raise ArtifactCorrupt(f"the blob {digest} is not in the store")
        if isinstance(blob, Path):
            _check(blob, digest)
            yield blob
            return
        with self.workspace() as folder:
            copy = folder / digest
            with _errors_named(blob), blob.open("rb") as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target)
            _check(copy, digest)
            yield copy

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A local folder that is gone afterwards."""
        with _errors_named(self._scratch):
            self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._scratch, prefix=ours(), ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def sweep(self) -> int:
        """Remove what processes of this machine that are gone left in the scratch folder; how many things that was."""
        return remove_leftovers(self._scratch)

    def leftovers(self) -> int:
        """How many things processes of this machine that are gone left in the scratch folder."""
        return len(leftovers(self._scratch))

    def _envelope_path(self, asset: str, key: str) -> AnyPath:
        return self._root / "artifacts" / asset / f"{key}.json"

    def _blob_path(self, digest: str) -> AnyPath:
        folder = self._root / "blobs"
        if isinstance(folder, Path):
            with _errors_named(folder):
                folder.mkdir(parents=True, exist_ok=True)
        return folder / digest

    def _copy_in(self, path: Path, blob: AnyPath) -> None:
        if isinstance(blob, Path):
            self._replace(blob, path.read_bytes())
        else:
            with path.open("rb") as source, blob.open("wb") as target:
                shutil.copyfileobj(source, target)
        path.unlink()

    def _replace(self, path: Path, content: bytes) -> None:
        self._scratch.mkdir(parents=True, exist_ok=True)
        file, name = tempfile.mkstemp(prefix=ours(), dir=self._scratch)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
        flush(path.parent)

    def _write(self, path: AnyPath, content: bytes) -> None:
        with _errors_named(path):
            if isinstance(path, Path):
                path.parent.mkdir(parents=True, exist_ok=True)
                self._replace(path, content)
            else:
                path.write_bytes(content)


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


def _path(root: str | Path) -> AnyPath:
    if isinstance(root, Path):
        return root.absolute()
    from upath import UPath

    try:
        path = UPath(root)
        _ = path.fs
    except ImportError as error:
        raise EngineUnavailable(
            f"the object store at {masked(root)} needs a driver: {error}",
            remedy="For s3:// `pip install ragtime-assets[s3]`, for others the package that the message names.",
        ) from error
    except ValueError as error:
        raise ConfigurationError(
            f"RAGTIME_ARTIFACTS_URL={masked(root)} names no object store that is known",
            remedy="Write a folder, or s3://BUCKET/PREFIX after `pip install ragtime-assets[s3]`.",
        ) from error
    return path


def _check(blob: Path, digest: str) -> None:
    with _errors_named(blob), blob.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != digest:
        raise ArtifactCorrupt(f"the blob {digest} is torn: its content has the digest {found}")


def _corrupt(asset: str, key: str, why: str) -> ArtifactCorrupt:
    return ArtifactCorrupt(f"{asset} of {key} cannot be read: {why}", remedy=f"ragtime redo {key} --from {asset}")


@contextmanager
def _errors_named(path: AnyPath) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        if error.errno in FULL:
            raise StorageFull(f"no space left while writing {masked(str(path))}") from error
        raise StoreUnavailable(f"the artifact store failed at {masked(str(path))}: {error}") from error
