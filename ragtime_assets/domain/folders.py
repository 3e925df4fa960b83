"""Places on this machine that cannot be used, as errors that say which and what to do."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ragtime_assets.errors import ConfigurationError

_NOT_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR})
"""What a system says of a place that this user may not use, whoever asked for it."""
_NO_PLACE = _NOT_OURS | {errno.EEXIST, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOENT}
"""What it says where a folder is to be made that cannot be."""

_ANOTHER = (
    "Set RAGTIME_HOME to a folder in which this user may read and write, and which is made if need be; "
    "RAGTIME_DATABASE_URL and DAGSTER_HOME, where they are set, likewise."
)


def not_ours(error: OSError) -> ConfigurationError | None:
    """What is wrong with the place that an error names, where it is a place that this user may not use."""
    if error.filename is None or error.errno not in _NOT_OURS:
        return None
    return _unusable(Path(str(error.filename)), error, "Let this user read and write it, or name another place.")


@contextmanager
def unusable_named(folder: Path) -> Generator[None, None, None]:
    """Raise ConfigurationError where a folder for what is kept cannot be made, read or written to."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_PLACE:
            raise
        raise _unusable(folder, error, _ANOTHER) from error


def made_folder(folder: Path) -> Path:
    """The folder, which is there now; raises ConfigurationError where it cannot be made."""
    with unusable_named(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _unusable(place: Path, error: OSError, remedy: str) -> ConfigurationError:
    at_fault = next((one for one in (place, *place.parents) if _is_file(one)), None)
    why = f"{at_fault} is a file" if at_fault and at_fault != place else (error.strerror or str(error))
    if at_fault == place and error.errno in (errno.EEXIST, errno.ENOTDIR):
        why = "it is a file, and no folder"
    return ConfigurationError(f"{place} cannot be used: {why}", remedy=remedy)


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except OSError:
        return False
