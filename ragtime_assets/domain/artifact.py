"""What every artifact shares: a frozen record, a digest, an envelope, upgrades on read.

No file is opened here; where envelopes are kept is `adapters/storage/artifact_store.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from ragtime_assets.domain.facts import Fact


class Record(BaseModel):
    """A frozen value with no fields but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # a run needs few of them


class Artifact(Record):
    """What one phase made of one episode.

    `unfingerprinted` names the fields that tell how the artifact came about (traces, attempts): they are
    kept, but two artifacts that differ only there have the same digest, so nothing downstream is stale.
    `upgrades[n]` turns a payload of schema version n into one of n + 1.
    `files` names what lies beside the artifact, and the suffix of each.
    """

    asset: ClassVar[str]
    schema_version: ClassVar[int] = 1
    unfingerprinted: ClassVar[frozenset[str]] = frozenset()
    upgrades: ClassVar[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}
    files: ClassVar[Mapping[str, str]] = {}

    engine: str

    def tells(self) -> Iterable[Fact]:
        """What people see of this artifact, on its materialization and in the report."""
        return ()

    def digest(self) -> str:
        """The sha256 of what downstream phases see of this artifact."""
        seen = self.model_dump(mode="json", exclude=set(self.unfingerprinted))
        return hashlib.sha256(json.dumps(seen, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Envelope(Record):
    """An artifact on its way to or from the store, with where it came from."""

    schema_version: int
    key: str
    asset: str
    digest: str
    inputs: dict[str, str]
    code_version: str
    engine: str
    run_id: str
    created_at: datetime
    seconds: float
    payload: dict[str, Any]


def upgraded(artifact: type[Artifact], payload: dict[str, Any], version: int) -> dict[str, Any]:
    """`payload` of `version` as the present schema version of `artifact` has it."""
    for step in range(version, artifact.schema_version):
        payload = artifact.upgrades[step](payload)
    return payload
