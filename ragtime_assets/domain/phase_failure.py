"""Why a phase of an episode did not end well, and how that is read back from the metadata of an observation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ragtime_assets.domain.artifact import Record
from ragtime_assets.errors import DuplicateEpisode, EpisodeBusy, RagtimeError

LONGEST = 2_000
LONGEST_NAME = 100
NOTED_AT = "noted_at"
"""In the metadata of an observation: when the failure was, in seconds since 1970, by the clock of the database."""


class PhaseFailure(Record):
    """Why one phase of one episode did not end well; text and JSON only."""

    error_class: str
    message: str
    remedy: str
    cause: str
    permanent: bool
    halt: str | None = None
    """The state that the episode is in when the phase halted; None when it failed."""
    goes_on: bool = False
    """Whether a run for the rest is asked for by itself."""
    tried: dict[str, Any] = {}

    @property
    def is_busy(self) -> bool:
        """Whether nothing was tried, because another run works on the episode."""
        return self.error_class == EpisodeBusy.__name__

    def about(self, key: str) -> PhaseFailure:
        """The same failure, with the episode's key in its remedy."""
        return self.model_copy(update={"remedy": re.sub(r"\bKEY\b", key, self.remedy)})

    def once_it_passed(self) -> PhaseFailure:
        """The same failure, with a remedy that says that nobody has to do anything yet."""
        remedy = f"Nothing yet: it is tried again by itself, after pauses that grow. If it stays so: {self.remedy}"
        return self.model_copy(update={"remedy": remedy})


def failure_told(metadata: Mapping[str, object], description: str | None) -> PhaseFailure | None:
    """The failure that an observation holds, whoever wrote it; None when it tells of something else."""
    if "error" not in metadata:
        return None
    return PhaseFailure(
        error_class=cut(str(metadata["error"]), LONGEST_NAME),
        message=cut(str(metadata.get("message") or description or metadata["error"])),
        remedy=cut(str(metadata.get("what_to_do") or RagtimeError.remedy)),
        cause=cut(str(metadata.get("cause", ""))),
        permanent=metadata.get("permanent") is True,
        goes_on=metadata.get("goes_on") is True,
        halt=str(metadata["halt"]) if "halt" in metadata else _halt_before(str(metadata["error"])),
    )


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, or as much of it as is kept."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def _halt_before(error_class: str) -> str | None:
    """The state that observations of earlier versions told by the class of the error alone."""
    return DuplicateEpisode.state if error_class == DuplicateEpisode.__name__ else None
