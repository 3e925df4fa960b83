"""The whole corpus as files under HOME/export: what changed is written, what is gone goes, the rest is taken over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.rendering.backlinks import Backlinks
from ragtime_assets.domain.rendering.file_names import file_names
from ragtime_assets.domain.rendering.note import note
from ragtime_assets.errors import RagtimeError
from ragtime_assets.studio.contents import RENDERED, contents_of
from ragtime_assets.studio.exporting import ENTITIES, SHARED, SHOWS, UNREADABLE

if TYPE_CHECKING:
    from ragtime_assets.adapters.storage.corpus_export import CorpusExport, Generation
    from ragtime_assets.studio.kept import Kept

LOCK = "corpus-export"
FORM = "3"
"""Raised when notes or lines are written in another form: then all are written again."""


@dataclass
class ExportedCorpus:
    """What an export came to."""

    folder: Path
    episodes: int = 0
    rewritten: int = 0
    gone: int = 0
    unreadable: list[RagtimeError] = field(default_factory=list[RagtimeError])
    """Why episodes are in it as they were before, or not at all."""


def folder_of(kept: Kept) -> CorpusExport:
    """Where the export is."""
    from ragtime_assets.adapters.storage.corpus_export import CorpusExport

    return CorpusExport(kept.settings.root / "export", list(SHARED), _leading_to_episodes)


def export_corpus(kept: Kept, tell: Callable[[int, int], None]) -> ExportedCorpus:
    """Write what changed since the export before; `tell` hears how many episodes of how many are done."""
    export = folder_of(kept)
    titles = kept.artifact_index.titled(Transcript.asset)
    stamps = kept.artifact_index.stamps([kind.asset for kind in RENDERED])
    done = ExportedCorpus(export.current, episodes=len(titles))
    with export.next() as generation:
        for count, (key, name) in enumerate(file_names(titles).items(), start=1):
            try:
                _write(kept, generation, key, f"{FORM} {stamps.get(key, '')}", f"{name}.md")
            except UNREADABLE as error:
                done.unreadable.append(error)
                if generation.has(key):
                    generation.keep(key, f"{name}.md")
            tell(count, len(titles))
    done.rewritten, done.gone = generation.made, generation.gone
    return done


def _leading_to_episodes(generation: Path, notes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The notes of entities and shows, made of the lines of all episodes."""
    backlinks = Backlinks()
    with (generation / "episodes.jsonl").open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            backlinks.add(record, notes[record["episode_key"]].removesuffix(".md"))
    for folder, found in ((ENTITIES, backlinks.entities), (SHOWS, backlinks.shows)):
        for key, name in file_names({key: one.note for key, one in found.items()}).items():
            yield f"{folder}/{name}.md", found[key].markdown()


def _write(kept: Kept, generation: Generation, key: str, stamp: str, name: str) -> None:
    if generation.has(key, stamp):
        generation.keep(key, name)
        return
    contents = contents_of(kept, key)
    lines = {file: render(contents) for file, render in SHARED.items()}
    generation.put(key, stamp, name, note(contents), lines)
