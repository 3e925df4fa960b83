"""Labelled names: a knowledge base, and what each name of some episodes means in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.linking.talk import Said, Talk

OUR_TYPES = {
    "composer": "musician",
    "band": "musical_group",
    "venue": "music_venue",
    "festival": "music_festival",
    "instrument": "musical_instrument",
}
"""Types of the examples that have another key in the vocabulary."""
_FACTS = ("name", "aliases", "disambiguation", "begin", "end", "area", "qid", "related")


class Example(NamedTuple):
    """One name of an episode, and what it means."""

    name: Name
    gold: str
    said: Said


def read_knowledge(file: Path) -> Iterator[KnownEntity]:
    """The knowledge base, as if it came from MusicBrainz."""
    for row in tomllib.loads(file.read_text(encoding="utf-8"))["entity"]:
        facts = {name: row[name] for name in _FACTS if name in row}
        yield KnownEntity(type=_type(row["type"]), mbid=row["id"], **facts)


def read_episodes(file: Path, *, lower: bool = False) -> Iterator[tuple[Talk, list[Example]]]:
    """The episodes; `lower` takes their capitals away, as some speech recognition does."""
    for episode in tomllib.loads(file.read_text(encoding="utf-8"))["episode"]:
        examples = [_example(row, lower=lower) for row in episode["name"]]
        talk = Talk(
            said={one.name: one.said for one in examples},
            language=episode["language"],
            year=episode.get("year"),
            persons=tuple(episode["persons"]),
            about=(episode["title"], episode["show"]),
        )
        yield talk, examples


def _example(row: dict[str, Any], *, lower: bool) -> Example:
    cased = str.lower if lower else str
    name = Name(_type(row["type"]), cased(row["name"]))
    surfaces = tuple(cased(one["surface"]) for one in row["surfaces"])
    contexts = tuple(cased(one["text"]) for one in row["surfaces"])
    seconds = tuple(float(one["start"]) for one in row["surfaces"] if "start" in one)
    return Example(name, row["gold"], Said(name, surfaces, contexts, seconds))


def _type(kind: str) -> str:
    return OUR_TYPES.get(kind, kind)
