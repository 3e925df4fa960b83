"""Who and what an episode names, each once, under the name that the registry has."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from ragtime_assets.domain.rendering.contents import Contents


@dataclass
class NamedEntity:
    """One entity of an episode, and the seconds at which it is named."""

    name: str
    type: str
    entity_id: str | None
    mbid: str | None = None
    qid: str | None = None
    moments: list[float] = field(default_factory=list[float])


def named_entities(contents: Contents) -> list[NamedEntity]:
    """Those that are named most first; names that nobody knows stand as they were said."""
    if contents.entities is None:
        return []
    links = {(one.type, one.name): one for one in contents.links.links} if contents.links else {}
    decisions = {(one.type, one.name): one for one in contents.links.decisions} if contents.links else {}
    found: dict[tuple[str, str], NamedEntity] = {}
    for mention in contents.entities.mentions:
        said = (mention.type, mention.name)
        link, decision = links.get(said), decisions.get(said)
        name = link.canonical_name if link else mention.name
        entity_id = link.entity_id if link else None
        one = found.setdefault((entity_id or mention.type, name), NamedEntity(name, mention.type, entity_id))
        if decision is not None:
            one.mbid, one.qid = one.mbid or decision.mbid, one.qid or decision.qid
        if mention.start not in one.moments:  # passages overlap
            one.moments.append(mention.start)
    return sorted(found.values(), key=lambda one: (-len(one.moments), one.name))


def names_by_chunk(contents: Contents) -> dict[int, tuple[str, ...]]:
    """By chunk, the names of what is mentioned in it, in the order in which it is said."""
    if contents.entities is None:
        return {}
    links = {(one.type, one.name): one.canonical_name for one in contents.links.links} if contents.links else {}
    found: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for mention in contents.entities.mentions:
        found[mention.chunk][links.get((mention.type, mention.name), mention.name)] = None
    return {chunk: tuple(names) for chunk, names in found.items()}
