"""What a backup says of itself: the manifest, which is written last, so that one that was cut short has none."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from ragtime_assets.errors import InvalidBackup

FORM = 1
"""Raised whenever an older `ragtime restore` would read a backup wrong."""
MANIFEST = "manifest.json"
STORE = "store/"
"""Before the names of artifacts and blobs."""
HISTORY = "dagster/"
"""Before the names of Dagster's files."""


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise ValueError("leads out of the backup")
    return name


class BackupFile(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What is in a backup, and of which corpus."""

    model_config = ConfigDict(frozen=True)

    form: int = FORM
    corpus: str
    """The id of the corpus."""
    made_at: datetime
    version: str
    """Of this package."""
    schema_version: str
    database: str
    """The kind of the database: a backup of one does not go into the other."""
    tables: str
    """The file that has the tables."""
    client: int | None = None
    """The major version of the Postgres programs that wrote the tables."""
    has_audio: bool
    history: str | None
    """Why Dagster's history is not in it; None when it is."""
    episodes: int
    files: dict[Annotated[str, AfterValidator(_inside)], BackupFile]

    @model_validator(mode="after")
    def _has_tables(self) -> Self:
        if self.tables not in self.files:
            raise ValueError("the tables are not among the files")
        return self

    @property
    def size(self) -> int:
        """How many bytes the files have."""
        return sum(one.bytes for one in self.files.values())


def read_manifest(content: bytes, where: str) -> Manifest:
    """The manifest in these bytes; raises InvalidBackup for what is none, or of a later form."""
    try:
        found = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise InvalidBackup(f"the manifest of the backup {where} cannot be read: {error}") from error
    if found.form > FORM:
        raise InvalidBackup(
            f"the backup {where} is of form {found.form}, written by ragtime-assets {found.version}; "
            f"this one reads up to {FORM}",
            remedy="Upgrade ragtime-assets, then restore.",
        )
    return found
