"""Which code a process runs: a digest of this package's files, the same on every machine that has the same."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import ragtime_assets

_ROOT = Path(ragtime_assets.__file__).parent
_KINDS = {".py", ".toml", ".tsv", ".txt", ".yaml"}


def code_on_disk(root: Path = _ROOT) -> str:
    """The digest of the files as they are now."""
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in _KINDS):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


@cache
def code_of_process() -> str:
    """The digest when this process first asked: what it has imported, so it asks as it begins."""
    return code_on_disk()
