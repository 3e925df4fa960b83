"""Notes that lead to the notes of episodes: one an entity, with the moments at which it is named, and one a show.

They are made of the records of episodes (`records.py`), so that an export that takes an episode over need not read it.
Names that differ only in what a file system does not tell apart share a note, as the links to them do.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.rendering.front_matter import front_matter
from ragtime_assets.domain.rendering.markup import at_moment, ids, listed, plain, section, target_of, wiki_link

MOST_MOMENTS = 10
"""Of one entity in one episode; the rest is found by a search."""


@dataclass(frozen=True)
class _Episode:
    """What a line about an episode shows of it."""

    title: str
    note: str
    show: str | None
    published: str | None
    url: str

    @property
    def line(self) -> str:
        told = ", ".join(filter(None, (plain(self.show or ""), self.published)))
        return f"{wiki_link(self.title, self.note)}{f' ({told})' if told else ''}"


@dataclass
class LinkedNote:
    """A note in the making: what it is about, and the episodes that it leads to."""

    name: str
    kinds: dict[tuple[str, str | None, str | None], None] = field(default_factory=dict[Any, None])
    """By type, MBID and QID, what has this name: mostly one."""
    lines: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Day, note and line of each episode."""

    @property
    def note(self) -> str:
        """What the note is to be called, as links to it have it."""
        return target_of(self.name)

    def markdown(self) -> str:
        """The whole note, the newest episode first."""
        head = front_matter({"title": self.name, "types": sorted({one[0] for one in self.kinds})})
        kinds = listed(" ".join((plain(kind), *ids(mbid, qid))) for kind, mbid, qid in self.kinds)
        episodes = [line for _, _, line in sorted(self.lines, key=lambda one: (one[0], one[1]), reverse=True)]
        told = f"{plural(len(episodes), 'episode')}."
        parts = (head, f"# {plain(self.name)}", kinds, told, section("Episodes", episodes))
        return "\n\n".join(filter(None, parts)) + "\n"


class Backlinks:
    """Gathers episodes one by one; afterwards there is a note for each entity and each show."""

    def __init__(self) -> None:
        """Nothing leads anywhere yet."""
        self.entities: dict[str, LinkedNote] = {}
        self.shows: dict[str, LinkedNote] = {}

    def add(self, record: Mapping[str, Any], note: str) -> None:
        """An episode, and what its note is called, without a suffix."""
        day = (record["published"] or "")[:10]
        episode = _Episode(record["title"], note, record["show"], day or None, record["url"])
        if record["show"]:
            _noted(self.shows, record["show"]).lines.append((day, note, episode.line))
        moments: defaultdict[str, list[float]] = defaultdict(list)
        for one in record["entities"]:
            _noted(self.entities, one["name"]).kinds[(one["type"], one["mbid"], one["qid"])] = None
            moments[note_key(one["name"])] += one.get("moments", ())
        for key, seconds in moments.items():
            self.entities[key].lines.append((day, note, _with_moments(episode, sorted(seconds))))


def _with_moments(episode: _Episode, seconds: list[float]) -> str:
    more = len(seconds) - MOST_MOMENTS
    told = (at_moment(episode.url, second) for second in seconds[:MOST_MOMENTS])
    return " ".join((episode.line, *told, *([f"and {more} more"] if more > 0 else [])))


def _noted(notes: dict[str, LinkedNote], name: str) -> LinkedNote:
    return notes.setdefault(note_key(name), LinkedNote(name))


def note_key(name: str) -> str:
    """By what the notes of entities and shows are told apart; it may become a part of a file's name."""
    compared = unicodedata.normalize("NFC", unicodedata.normalize("NFD", target_of(name)).casefold())
    return hashlib.sha256(compared.encode()).hexdigest()[:12]
