"""The files of a backup, in a folder or a tar: written one by one with their digests, the manifest last.

What belongs here: how a backup lies on a disk, and whether it is whole. What does not: what is put into it (`studio/`).
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from ragtime_assets.adapters.storage.disk import flush, full_disk_named
from ragtime_assets.domain.backup import MANIFEST, BackupFile, Manifest, read_manifest
from ragtime_assets.errors import InvalidBackup, InvalidSubmission, StoreUnavailable

TAR = ".tar"
_PIECE = 1 << 20
_CUT_SHORT = "It was cut short: make another. `ragtime backup` says so when one is whole."


class BackupWriter:
    """A backup that is being written; an error takes back what was written, a kill leaves it without a manifest."""

    def __init__(self, target: Path) -> None:
        """Write to a tar, if the name ends so, or into a folder; neither may be there."""
        self._target = target
        self._tar: tarfile.TarFile | None = None
        self.files: dict[str, BackupFile] = {}

    def __enter__(self) -> Self:
        if self._target.exists() and not (self._target.is_dir() and not any(self._target.iterdir())):
            raise InvalidSubmission(
                f"{self._target} is there already", remedy="Give a name that is not taken; nothing is overwritten."
            )
        with _errors_named(self._target):
            if self._target.suffix == TAR:
                self._target.parent.mkdir(parents=True, exist_ok=True)
                self._tar = tarfile.open(self._target, "w")  # noqa: SIM115 - closed at the end of the context
            else:
                self._target.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with ExitStack() as last:
            if kind is not None:
                last.callback(self._take_back)
            if self._tar is not None:
                last.enter_context(_errors_named(self._target))
                self._tar.close()
                flush(self._target)

    def add(self, name: str, source: Path) -> None:
        """Put a file into it."""
        with source.open("rb") as stream:
            self._write(name, stream, source.stat().st_size)

    def add_bytes(self, name: str, content: bytes) -> None:
        """Put these bytes into it."""
        self._write(name, io.BytesIO(content), len(content))

    def finish(self, manifest: Manifest) -> None:
        """Say that everything is there."""
        content = manifest.model_dump_json(indent=1).encode()
        self._write(MANIFEST, io.BytesIO(content), len(content))
        if self._tar is None:
            with _errors_named(self._target):
                flush(self._target / MANIFEST)

    def _write(self, name: str, stream: IO[bytes], size: int) -> None:
        read = _Digested(stream)
        with _errors_named(self._target):
            if self._tar is not None:
                member = tarfile.TarInfo(name)
                member.size, member.mode = size, 0o600
                self._tar.addfile(member, cast("IO[bytes]", read))
            else:
                path = self._target / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    shutil.copyfileobj(cast("IO[bytes]", read), file, _PIECE)
        self.files[name] = BackupFile(bytes=read.bytes, sha256=read.digest.hexdigest())

    def _take_back(self) -> None:
        if self._target.is_dir():
            shutil.rmtree(self._target, ignore_errors=True)
        else:
            self._target.unlink(missing_ok=True)


class BackupReader:
    """A backup to be restored."""

    def __init__(self, source: Path) -> None:
        """Nothing is read before it is asked for."""
        self._source = source
        self._tar: tarfile.TarFile | None = None
        self._members: dict[str, tarfile.TarInfo] = {}

    def __enter__(self) -> Self:
        if not self._source.exists():
            raise InvalidBackup(f"{self._source} is not there", remedy="Give it what `ragtime backup` wrote.")
        if not self._source.is_dir():
            with ExitStack() as opened, self._damage_named():
                tar = opened.enter_context(tarfile.open(self._source, "r:"))
                self._members = {member.name: member for member in tar if member.isfile()}
                self._tar = tar
                opened.pop_all()
        return self

    def __exit__(self, *_ended: object) -> None:
        if self._tar is not None:
            self._tar.close()

    def manifest(self) -> Manifest:
        """What it says of itself."""
        with self._opened(MANIFEST) as stream:
            if stream is None:
                raise InvalidBackup(f"{self._source} has no {MANIFEST}", remedy=_CUT_SHORT)
            return read_manifest(stream.read(), str(self._source))

    def check(self, manifest: Manifest) -> None:
        """Read every file; raises InvalidBackup for one that is not there or not as it was written."""
        for name, wanted in manifest.files.items():
            with self._opened(name) as stream:
                if stream is None:
                    raise InvalidBackup(f"{name} is missing from the backup {self._source}")
                found = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type] - reads like a file
            if found != wanted.sha256:
                raise InvalidBackup(f"{name} in the backup {self._source} is not as it was written")

    def read(self, name: str) -> bytes:
        """The content of a file."""
        with self._opened(name) as stream:
            return b"" if stream is None else stream.read()

    def copy(self, name: str, target: Path) -> None:
        """The file as one of its own."""
        with _errors_named(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._opened(name) as stream, target.open("wb") as file:
                if stream is not None:
                    shutil.copyfileobj(stream, file, _PIECE)

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes] | None]:
        with ExitStack() as opened:
            opened.enter_context(self._damage_named())
            stream: IO[bytes] | None = None
            if self._tar is not None:
                member = self._members.get(name)
                found = self._tar.extractfile(member) if member is not None else None
                stream = opened.enter_context(found) if found is not None else None
            elif (self._source / name).is_file():
                stream = opened.enter_context((self._source / name).open("rb"))
            yield stream

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except (tarfile.TarError, EOFError) as error:
            raise InvalidBackup(f"{self._source} is no whole tar: {error}", remedy=_CUT_SHORT) from error


class _Digested:
    """A stream that is digested while it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        """Some bytes."""
        piece = self._stream.read(size)
        self.digest.update(piece)
        self.bytes += len(piece)
        return piece


@contextmanager
def _errors_named(path: Path) -> Iterator[None]:
    try:
        with full_disk_named(path):
            yield
    except OSError as error:
        raise StoreUnavailable(
            f"{path} cannot be written: {error}", remedy="Check the path, then try again."
        ) from error
