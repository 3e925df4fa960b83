"""Files on this machine, for those who allow it: only under the folders that are named, wherever links lead.

Only a submission can name a file; what pages and feeds link to is http or https, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from ragtime_assets.adapters.web.partial_file import PartialFile, storage_errors
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.fetched import Document, Download
from ragtime_assets.domain.episode.media import HEAD
from ragtime_assets.errors import BlockedAddress, SourceGone
from ragtime_assets.ports import Fetcher, Progress

SCHEME = "file:"
_PIECE = 1_048_576


class TimedFetcher(Fetcher, Protocol):
    """A fetcher that can be bound to the time of a phase."""

    def until(self, deadline: Deadline) -> TimedFetcher:
        """The same, for a phase that is over at `deadline`."""
        ...


class FilesOrWeb:
    """Takes `file:` addresses from allowed folders, and everything else from the web; a `TimedFetcher`."""

    def __init__(self, folders: Sequence[Path], web: TimedFetcher) -> None:
        """Nothing outside of `folders` is ever read."""
        self._folders = tuple(folder.expanduser().resolve() for folder in folders)
        self._web = web

    def until(self, deadline: Deadline) -> FilesOrWeb:
        """The same, for a phase that is over at `deadline`."""
        return FilesOrWeb(self._folders, self._web.until(deadline))

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Document:
        """The document at `url`; of a file its beginning, which is enough to see that it is audio."""
        if not url.startswith(SCHEME):
            return self._web.fetch(url, headers)
        path = self._allowed(url)
        with _read_errors(path), path.open("rb") as file:
            return Document(url, file.read(HEAD), "")

    def download(self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None) -> Download:
        """Copy the file at `url` to the path `to`."""
        if not url.startswith(SCHEME):
            return self._web.download(url, to, progress, headers)
        path = self._allowed(url)
        with _read_errors(path), path.open("rb") as file:
            whole = path.stat().st_size
            with storage_errors(to), to.open("wb") as copy:
                part = PartialFile(copy)
                while piece := file.read(_PIECE):
                    part.write(piece)
                    progress(part.bytes, whole, "copying")
        return Download(url, to, part.bytes, part.sha256)

    def _allowed(self, url: str) -> Path:
        path = Path(unquote(urlsplit(url).path)).resolve()
        if not any(path.is_relative_to(folder) for folder in self._folders):
            raise BlockedAddress(
                f"{path} is in no folder from which files are taken",
                remedy="Name its folder in RAGTIME_LOCAL_FILES, restart `ragtime up`, then `ragtime retry KEY`.",
            )
        return path


@contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceGone(
            f"{path} cannot be read: {error.strerror}", remedy="Check the file and who may read it."
        ) from error
