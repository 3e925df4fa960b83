"""Which artifacts would be made otherwise now, and why: pure rules over what each was made with.

Stale is not outstanding: what is stale is finished, and stays so until somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ragtime_assets.domain.graph import PHASES, REPORT, downstream


class Cause(StrEnum):
    """What changed since an artifact was made."""

    CODE = "code"
    PROMPT = "prompt"
    MODEL = "model"
    VOCABULARY = "vocabulary"
    CORRECTION = "correction"


@dataclass(frozen=True)
class Means:
    """What an artifact was made with."""

    asset: str
    code_version: str
    engine: str
    vocabulary: str | None = None
    """None where it was not written down, or where no vocabulary is read."""


@dataclass(frozen=True)
class Present:
    """What artifacts would be made with now."""

    code_versions: Mapping[str, str]
    engines: Mapping[str, Collection[str]]
    """By phase, the engines that its artifact may come from; a name that ends in a space is the beginning of one."""
    vocabulary: str

    def causes(self, made: Means) -> tuple[Cause, ...]:
        """Why an artifact that was made with this is stale; nothing for one that is not."""
        found: list[Cause] = []
        code, _, prompt = made.code_version.partition("+")
        code_now, _, prompt_now = self.code_versions[made.asset].partition("+")
        if code != code_now:
            found.append(Cause.CODE)
        if prompt != prompt_now:
            found.append(Cause.PROMPT)
        if made.asset in self.engines and not _is_one_of(made.engine, self.engines[made.asset]):
            found.append(Cause.MODEL)
        if made.vocabulary is not None and made.vocabulary != self.vocabulary:
            found.append(Cause.VOCABULARY)
        return tuple(found)


def asked_for(stale: Collection[str]) -> tuple[str, ...]:
    """What is made again for these stale phases, whatever comes of them; the report tells of it."""
    return tuple(asset for asset in PHASES if asset in stale or asset == REPORT)


def may_follow(stale: Collection[str]) -> tuple[str, ...]:
    """What is made again too, where these stale phases come out different."""
    below = downstream(frozenset(stale))
    return tuple(asset for asset in PHASES if asset in below and asset not in stale and asset != REPORT)


def _is_one_of(engine: str, names: Collection[str]) -> bool:
    return any(engine == name or (name.endswith(" ") and engine.startswith(name)) for name in names)
