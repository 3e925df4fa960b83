"""Episodes into files: which formats there are, and how they are written into a folder of a person's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.rendering.backlinks import Backlinks, note_key
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.rendering.markup import target_of
from ragtime_assets.domain.rendering.note import Links, note
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
    removed: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])
    """Files that were edited since an export wrote them, and stay as they are."""


class Exporter:
    """Writes episodes into a folder."""

    def __init__(self, kept: Kept, folder: ExportFolder, progress: Callable[[int, str], None]) -> None:
        """Of this corpus, into this folder; `progress` hears how many are written, and which is next."""
        self._kept = kept
        self._folder = folder
        self._progress = progress
        self._told = Exported()
        self._backlinks = Backlinks()
        self._notes = {ENTITIES: self._backlinks.entities, SHOWS: self._backlinks.shows}
        self._inside = {name: folder.inside(name) for name in self._notes}

    def export(self, keys: Sequence[str], chosen: str, *, is_all: bool) -> Exported:
        """Write these episodes in one format.

        Where they are all there is, files of others are removed, and of notes those that lead to them are written too.
        """
        try:
            if chosen == JSONL:
                self._export_shared(keys, is_all=is_all)
            else:
                self._export_each(keys, chosen, is_all=is_all)
            if is_all:
                self._folder.drop_all_but(frozenset(keys))
            if is_all and chosen == MARKDOWN:
                for name in self._notes:
                    self._export_notes(name)
        finally:
            self._close(self._folder)
        return self._told

    def _export_each(self, keys: Sequence[str], chosen: str, *, is_all: bool) -> None:
        form = FORMATS[chosen]
        titles = self._kept.artifact_index.titled(Transcript.asset)
        names = self._folder.claim({key: titles.get(key, key) for key in keys}, form.suffix)
        links = Links(
            entity=lambda name: self._note_of(ENTITIES, name, is_written=is_all),
            show=lambda name: self._note_of(SHOWS, name, is_written=is_all),
        )
        for contents in self._readable(keys):
            name = names[contents.key]
            if not form.fits(contents):
                self._told.unfit.append(contents.key)
                self._folder.drop(name)
                continue
            self._backlinks.add(episode_record(contents), name.removesuffix(form.suffix))
            text = note(contents, links) if chosen == MARKDOWN else form.render(contents)
            if self._folder.write(name, [text]):
                self._told.files.append(name)

    def _note_of(self, folder: str, name: str, *, is_written: bool) -> str:
        """What the note about an entity or a show is called: the one that is written now, or the one that was."""
        key, inside = note_key(name), self._inside[folder]
        linked = self._notes[folder].get(key)
        if is_written and linked is not None:
            return inside.name_for(linked.note, key, ".md").removesuffix(".md")
        known = inside.known(target_of(name), key, ".md")
        return known.removesuffix(".md") if known else target_of(name)

    def _export_notes(self, name: str) -> None:
        """Write the notes that lead to episodes, and remove those that lead nowhere any more."""
        folder, notes = self._inside[name], self._notes[name]
        try:
            for key, file in folder.claim({key: one.note for key, one in notes.items()}, ".md").items():
                if folder.write(file, [notes[key].markdown()]):
                    self._told.files.append(f"{name}/{file}")
            folder.drop_all_but(notes.keys())
        finally:
            self._close(folder, f"{name}/")

    def _close(self, folder: ExportFolder, within: str = "") -> None:
        folder.close()
        self._told.removed += [within + name for name in folder.removed]
        self._told.kept += [within + name for name in folder.kept]

    def _export_shared(self, keys: Sequence[str], *, is_all: bool) -> None:
        for name, render in SHARED.items():
            self._folder.claim_shared(name)
            self._told.errors.clear()
            if self._folder.write(name, self._shared_lines(name, render, keys, is_all=is_all)):
                self._told.files.append(name)

    def _shared_lines(
        self, name: str, render: Callable[[Contents], str], keys: Sequence[str], *, is_all: bool
    ) -> Iterator[str]:
        """Lines of these episodes, and those that are there of others and of what cannot be read."""
        staying, written = frozenset(keys), set[str]()
        for contents in self._readable(keys):
            yield render(contents)
            written.add(contents.key)
        for line in self._folder.lines(name):
            key = _episode_of(line)
            if key is not None and key not in written and (not is_all or key in staying):
                yield line

    def _readable(self, keys: Sequence[str]) -> Iterator[Contents]:
        for done, key in enumerate(keys):
            self._progress(done, key)
            try:
                yield contents_of(self._kept, key)
            except UNREADABLE as error:
                self._told.errors.append(error)


def _episode_of(line: str) -> str | None:
    """Whose line it is; None for one that no export wrote."""
    try:
        return str(json.loads(line)["episode_key"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
