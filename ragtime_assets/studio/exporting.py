"""Episodes into files: which formats there are, and how they are written into a folder of a person's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.rendering.backlinks import Backlinks, LinkedNote
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.rendering.note import note
from ragtime_assets.domain.rendering.podcasting import chapters
from ragtime_assets.domain.rendering.records import episode_line, episode_record, passage_lines
from ragtime_assets.domain.rendering.rttm import has_speakers, rttm
from ragtime_assets.errors import ArtifactCorrupt, ArtifactTooNew, InputMissing, RagtimeError
from ragtime_assets.phases.listening.renderings import RENDERINGS
from ragtime_assets.studio.contents import contents_of

if TYPE_CHECKING:
    from ragtime_assets.adapters.storage.export_folder import ExportFolder
    from ragtime_assets.studio.kept import Kept

UNREADABLE = (InputMissing, ArtifactCorrupt, ArtifactTooNew)
"""What keeps one episode out of an export, and no other."""


@dataclass(frozen=True)
class Format:
    """A file for every episode."""

    suffix: str
    render: Callable[[Contents], str]
    fits: Callable[[Contents], bool] = lambda _: True
    """Whether an episode has what the format is about."""


def _of_transcript(name: str) -> Format:
    return Format(f".{name}", lambda contents: RENDERINGS[name](contents.transcript))


JSONL, MARKDOWN = "jsonl", "markdown"
FORMATS: Mapping[str, Format] = {
    MARKDOWN: Format(".md", note),
    "rttm": Format(".rttm", rttm, has_speakers),
    "chapters": Format(
        ".chapters.json",
        lambda contents: json.dumps(chapters(contents), ensure_ascii=False, indent=1) + "\n",
        lambda contents: bool(contents.chapters),
    ),
    "vtt": _of_transcript("vtt"),
    "srt": _of_transcript("srt"),
    "txt": _of_transcript("txt"),
}
SHARED: Mapping[str, Callable[[Contents], str]] = {"passages.jsonl": passage_lines, "episodes.jsonl": episode_line}
"""The files of the format jsonl, in which all episodes are: a line a passage, and a line an episode."""
ENTITIES, SHOWS = "entities", "shows"
"""The folders of the notes that lead to those of episodes."""


@dataclass
class Exported:
    """What was written, and which episodes have nothing to write."""

    files: list[str] = field(default_factory=list[str])
    unfit: list[str] = field(default_factory=list[str])
    errors: list[RagtimeError] = field(default_factory=list[RagtimeError])
    removed: int = 0


class Exporter:
    """Writes episodes into a folder."""

    def __init__(self, kept: Kept, folder: ExportFolder, progress: Callable[[int, str], None]) -> None:
        """Of this corpus, into this folder; `progress` hears how many are written, and which is next."""
        self._kept = kept
        self._folder = folder
        self._progress = progress
        self._told = Exported()
        self._backlinks = Backlinks()

    def export(self, keys: Sequence[str], chosen: str, *, is_all: bool) -> Exported:
        """Write these episodes in one format.

        Where they are all there is, files of others are removed, and of notes those that lead to them are written too.
        """
        try:
            if chosen == JSONL:
                self._export_shared(keys)
            else:
                self._export_each(keys, FORMATS[chosen])
            if is_all:
                self._told.removed = self._folder.drop_all_but(frozenset(keys))
            if is_all and chosen == MARKDOWN:
                self._export_notes(ENTITIES, self._backlinks.entities)
                self._export_notes(SHOWS, self._backlinks.shows)
        finally:
            self._folder.close()
        return self._told

    def _export_each(self, keys: Sequence[str], chosen: Format) -> None:
        titles = self._kept.artifact_index.titled(Transcript.asset)
        names = self._folder.claim({key: titles.get(key, key) for key in keys}, chosen.suffix)
        for contents in self._readable(keys):
            name = names[contents.key]
            if not chosen.fits(contents):
                self._told.unfit.append(contents.key)
                self._folder.drop(name)
                continue
            self._folder.write(name, [chosen.render(contents)])
            self._told.files.append(name)
            self._backlinks.add(episode_record(contents), name.removesuffix(chosen.suffix))

    def _export_notes(self, name: str, notes: Mapping[str, LinkedNote]) -> None:
        """Write the notes that lead to episodes, and remove those that lead nowhere any more."""
        folder = self._folder.inside(name)
        try:
            for key, file in folder.claim({key: one.note for key, one in notes.items()}, ".md").items():
                folder.write(file, [notes[key].markdown()])
                self._told.files.append(f"{name}/{file}")
            folder.drop_all_but(notes.keys())
        finally:
            folder.close()

    def _export_shared(self, keys: Sequence[str]) -> None:
        for name, render in SHARED.items():
            self._folder.claim_shared(name)
            self._told.errors.clear()
            self._folder.write(name, map(render, self._readable(keys)))
            self._told.files.append(name)

    def _readable(self, keys: Sequence[str]) -> Iterator[Contents]:
        for done, key in enumerate(keys):
            self._progress(done, key)
            try:
                yield contents_of(self._kept, key)
            except UNREADABLE as error:
                self._told.errors.append(error)
