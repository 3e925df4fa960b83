"""What a run was asked for, and which artifacts it therefore keeps: pure decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.graph import REPORT
from ragtime_assets.orchestration.tags import AGAIN_TAG, ASKED_AT_TAG, PARENT_TAG, RESUME_TAG, ROOT_TAG


@dataclass(frozen=True)
class Asked:
    """What the tags of a run say that it is for."""

    resumes: frozenset[str] = frozenset()
    """The runs that this one goes on from, after their process died or their step failed."""
    again: frozenset[str] | None = None
    """What is made although it is there; None for a run that makes all it was launched for."""
    at: datetime | None = None
    """When it was asked for."""

    @classmethod
    def by(cls, tags: Mapping[str, str]) -> Asked:
        """What these tags say; a run that somebody launched again by hand makes all, whatever its tags were."""
        if tags.get(RESUME_TAG) == "true":
            family = frozenset(tags[tag] for tag in (ROOT_TAG, PARENT_TAG) if tag in tags)
        elif PARENT_TAG in tags:
            return cls()
        else:
            family = frozenset()
        again = frozenset(tags[AGAIN_TAG].split(",")) if AGAIN_TAG in tags else None
        return cls(family, again, datetime.fromisoformat(tags[ASKED_AT_TAG]) if ASKED_AT_TAG in tags else None)

    def keeps(self, there: Envelope, *, indexed: bool) -> bool:
        """Whether what is there, made from the present inputs by the present code, stays as it is.

        What is not `indexed` was saved by a run that died before it could say so.
        """
        return not indexed or there.run_id in self.resumes or self._is_answered(there)

    def _is_answered(self, there: Envelope) -> bool:
        """Whether somebody made meanwhile what this run was to make; a report tells of failures too, so it never is."""
        if self.again is None:
            return False
        if there.asset not in self.again:
            return True
        return there.asset != REPORT and self.at is not None and there.created_at > self.at


def is_current(there: Envelope, inputs: Mapping[str, str], code_version: str) -> bool:
    """Whether an artifact is made from these inputs, by this code."""
    return there.inputs == inputs and there.code_version == code_version
