"""Answers of MusicBrainz's web service, as `musicbrainzngs` reads them, as entities of ours.

An entry without a name or with an id that is none is left out; a field that is not as documented is as good as none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ragtime_assets.adapters.knowledge.tables import MOST_RELATED, Table
from ragtime_assets.domain.linking.identifiers import mbid, qid_of_page
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.text.lines import one_line

Entry = Mapping[str, Any]


def found(answer: Entry, table: Table) -> Sequence[Entry]:
    """The entries of an answer to a search."""
    entries = answer.get(f"{table.entity}-list") or ()
    return [entry for entry in entries if isinstance(entry, Mapping)]


def looked_up(answer: Entry, table: Table) -> Entry | None:
    """The entry of an answer to a look-up."""
    entry = answer.get(table.entity)
    return entry if isinstance(entry, Mapping) else None


def type_of(entry: Entry) -> str | None:
    """MusicBrainz's own type of an entry."""
    return _text(entry.get("primary-type") or entry.get("type")) or None


def entity(entry: Entry, kind: str) -> KnownEntity | None:
    """An entry as an entity of our type `kind`."""
    name, own_id = _text(entry.get("name") or entry.get("title")), mbid(entry.get("id"))
    if not name or own_id is None:
        return None
    span = _part(entry, "life-span")
    return KnownEntity(
        type=kind,
        name=name,
        mbid=own_id,
        qid=next(_qids(entry), None),
        aliases=_once(_aliases(entry), name),
        disambiguation=_text(entry.get("disambiguation")),
        begin=year(span.get("begin") or entry.get("first-release-date")),
        end=year(span.get("end")),
        area=_text(_part(entry, "area").get("name")) or None,
        related=_once(_related(entry), name)[:MOST_RELATED],
        score=_score(entry.get("ext:score")),
    )


def year(text: object) -> int | None:
    """The year of a date, which may be all that is known of it."""
    match = re.match(r"\d{4}(?!\d)", text) if isinstance(text, str) else None
    return int(match.group()) or None if match else None


def _aliases(entry: Entry) -> Iterator[str]:
    for alias in _entries(entry, "alias-list"):
        yield _text(alias.get("alias"))


def _qids(entry: Entry) -> Iterator[str]:
    for relation in _entries(entry, "url-relation-list"):
        item = qid_of_page(relation.get("target"))
        if relation.get("type") == "wikidata" and item:
            yield item


def _related(entry: Entry) -> Iterator[str]:
    for credit in entry.get("artist-credit") or ():
        if isinstance(credit, Mapping):
            yield _text(credit.get("name") or _part(credit, "artist").get("name"))
    for name, relations in entry.items():
        if name.endswith("-relation-list") and name != "url-relation-list":
            other = name.removesuffix("-relation-list")
            for relation in relations:
                target = _part(relation, other)
                yield _text(target.get("name") or target.get("title"))
    for album in _entries(entry, "release-group-list"):
        yield _text(album.get("title"))


def _entries(entry: Entry, name: str) -> Iterable[Entry]:
    entries = entry.get(name) or ()
    return (one for one in entries if isinstance(one, Mapping))


def _part(entry: Entry, name: str) -> Entry:
    part = entry.get(name)
    return part if isinstance(part, Mapping) else {}


def _once(names: Iterable[str], own: str) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name and name != own)


def _text(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _score(value: object) -> float | None:
    return int(value) / 100 if isinstance(value, str) and re.fullmatch(r"\d{1,3}", value) else None
