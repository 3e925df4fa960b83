"""One question to a person about one episode, and the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    """What a person said."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Approval:
    """Whether `asset` of an episode may be made, as far as anybody was asked."""

    id: int
    key: str
    asset: str
    covers: str
    """The digest of what the asset is made from: a yes counts for that, and changed inputs ask again."""
    why: str
    estimate: str
    asked_at: datetime
    decision: Decision | None = None
    by: str | None = None
    at: datetime | None = None
    note: str | None = None

    @property
    def decided(self) -> str:
        """What was said, by whom and when, in words."""
        if self.decision is None or self.at is None:
            return "nobody decided yet"
        note = f": {self.note}" if self.note else ""
        return f"{self.decision} by {self.by} at {self.at:%Y-%m-%d %H:%M} UTC{note}"


def covered(inputs: Mapping[str, str]) -> str:
    """One digest of these inputs; corrected details are no other episode, and count only where there is no audio."""
    counting = {asset: digest for asset, digest in inputs.items() if asset != "episode_details"} or inputs
    told = "\n".join(f"{asset} {digest}" for asset, digest in sorted(counting.items()))
    return hashlib.sha256(told.encode()).hexdigest()
