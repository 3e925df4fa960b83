"""What a person means by a few words, among things that have names: pure decisions, the same for episodes and shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ragtime_assets.domain.language.words import folded
from ragtime_assets.errors import InvalidSubmission

MOST_TOLD = 10
MOST_LISTED = 60
_IN_STATUS = ("episode", "show")
_LIKE = 60
"""Of 100: from here on two names are near."""


@dataclass(frozen=True)
class Named:
    """Something that has a name, and the key that stands for it."""

    key: str
    name: str | None

    def __str__(self) -> str:
        """As it is offered to people."""
        return self.key if self.name in (None, self.key) else f"{self.key}  {self.name}"


def meant(words: str, among: Iterable[Named]) -> list[Named]:
    """Those that are called `words`; where none is, those in whose name they stand. Case and accents do not count."""
    wanted = _folded(words)
    holding = [(name, one) for one in among if one.name and wanted in (name := _folded(one.name))] if wanted else []
    return [one for name, one in holding if name == wanted] or [one for _, one in holding]


def near(words: str, among: Sequence[Named]) -> list[Named]:
    """Those whose key or name is most like `words`, the nearest first."""
    from rapidfuzz import fuzz, process

    wanted = _folded(words)
    likest: dict[int, float] = {}
    for choices in ([one.key for one in among], [_folded(one.name or "") for one in among]):
        for _, score, place in process.extract(wanted, choices, scorer=fuzz.partial_ratio, limit=5, score_cutoff=_LIKE):
            likest[place] = max(score, likest.get(place, 0))
    return [among[place] for place in sorted(likest, key=lambda place: -likest[place])[:5]]


def the_one(kind: str, words: str, found: Sequence[Named], all_of_them: Sequence[Named]) -> Named:
    """What was meant, if that is one; else an error that names those it may be."""
    if len(found) == 1:
        return found[0]
    offered = list(found[:MOST_TOLD]) or near(words, all_of_them)
    listed = "".join(f"\n  {one}" for one in offered)
    details = {"candidates": [{"key": one.key, "name": one.name} for one in offered]}
    if not found:
        hint = f"Did you mean:{listed}" if offered else _there_are(kind, all_of_them)
        raise InvalidSubmission(f"no {kind} is called {words[:120]!r}", remedy=hint, **details)
    more = f"\n  and {len(found) - MOST_TOLD:,} more" if len(found) > MOST_TOLD else ""
    raise InvalidSubmission(
        f"{words!r} may be any of {len(found):,} {kind}s", remedy=f"Say more of the name:{listed}{more}", **details
    )


def _there_are(kind: str, all_of_them: Sequence[Named]) -> str:
    if not all_of_them:
        return f"The corpus has no {kind} yet. Is RAGTIME_HOME the folder that you mean?"
    if len(all_of_them) > MOST_LISTED:
        where = f"; `ragtime status` lists every {kind}" if kind in _IN_STATUS else ""
        return f"None of the {len(all_of_them):,} that there are is called like it{where}."
    return f"There are: {', '.join(one.name or one.key for one in all_of_them)}."


def _folded(text: str) -> str:
    return " ".join(folded(text).split())
