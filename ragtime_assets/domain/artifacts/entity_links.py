"""Which entity of the registry each name means, and how that was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from ragtime_assets.domain.artifact import Artifact, Record
from ragtime_assets.domain.facts import Count, Fact, Table
from ragtime_assets.domain.linking.decision import By, Outcome

_SHOWN = 15
_OUTCOMES: dict[str, tuple[Outcome, str]] = {
    "new": ("unknown", "nobody_of_name"),
    "exact": ("linked", "only_of_name"),
    "alias": ("linked", "only_of_name"),
}
"""What the methods of schema 1 are called now; the others were never used."""


class EntityLink(Record):
    """One name of this episode and its entity; None where nobody knows which one is meant, and it is as it was said."""

    type: str
    name: str
    entity_id: str | None
    canonical_name: str
    mentions: int


class LinkDecision(Record):
    """How it was decided what a name means."""

    type: str
    name: str
    outcome: Outcome
    reason: str
    sentence: str
    by: By = "rule"
    confidence: float | None = None
    mbid: str | None = None
    qid: str | None = None
    candidates: tuple[str, ...] = ()
    later: bool = False


def _with_decisions(payload: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 kept how a link was decided within the link, as one word."""
    links, decisions = list[dict[str, Any]](), list[dict[str, Any]]()
    for old in payload["links"]:
        outcome, reason = _OUTCOMES.get(old["method"], ("linked", "only_of_name"))
        links.append({name: old[name] for name in EntityLink.model_fields})
        decisions.append(
            {"outcome": outcome, "reason": reason, "sentence": old["method"]}
            | {name: old.get(name) for name in ("type", "name", "confidence", "mbid", "qid")}
        )
    return payload | {"links": links, "decisions": decisions}


class EntityLinks(Artifact):
    """One link per (type, name) of the episode; how it came about makes nothing downstream stale."""

    asset: ClassVar[str] = "entity_links"
    schema_version: ClassVar[int] = 2
    unfingerprinted: ClassVar[frozenset[str]] = frozenset({"engine", "decisions", "lookups", "vocabulary"})
    upgrades: ClassVar[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {1: _with_decisions}

    links: tuple[EntityLink, ...]
    decisions: tuple[LinkDecision, ...] = ()
    lookups: int = 0
    """How often MusicBrainz was asked."""
    vocabulary: str | None = None
    """The version of the vocabulary that it was made in; None where that was not written down yet."""

    def tells(self) -> Iterator[Fact]:
        """How many names are linked, of which types, and what stays open."""
        outcomes = Counter(one.outcome for one in self.decisions)
        linked = Counter(one.type for one in self.decisions if one.outcome == "linked")
        by_type = Counter(one.type for one in self.decisions)
        shares = tuple((kind, str(linked[kind]), str(count)) for kind, count in by_type.most_common())
        open_ = tuple((one.name, one.type, one.sentence) for one in self.decisions if one.outcome == "ambiguous")
        canonical = {(link.type, link.name): link.canonical_name for link in self.links}
        first = tuple(
            (one.name, canonical.get((one.type, one.name), one.name), one.type, one.outcome, one.sentence)
            for one in self.decisions[:_SHOWN]
        )
        yield Fact("names", Count(len(self.links), "name"), brief=True)
        yield Fact("linked", Count(outcomes["linked"], "linked", "linked"), brief=True)
        yield Fact("ambiguous", outcomes["ambiguous"])
        yield Fact("unknown", outcomes["unknown"])
        yield Fact("for_later", sum(one.later for one in self.decisions))
        yield Fact("lookups", Count(self.lookups, "look-up in MusicBrainz", "look-ups in MusicBrainz"))
        yield Fact("linked_by_type", Table(("type", "linked", "names"), shares))
        yield Fact(
            "open", Table(("name", "type", "why it is not linked"), open_), heading="Names that may mean several"
        )
        yield Fact("preview", Table(("name", "entity", "type", "outcome", "why"), first))
