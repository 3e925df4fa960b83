"""The chapters of an episode: the feed's own, else its Podcasting 2.0 file, else those in the audio (ID3, MP4)."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import MOST_CHAPTERS, Chapter, EpisodeDetails
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import web_url
from ragtime_assets.errors import RagtimeError
from ragtime_assets.ports import Fetcher

_Second = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _FileChapter(BaseModel):
    """A chapter as Podcasting 2.0 writes it."""

    start: _Second = Field(alias="startTime")
    end: _Second | None = Field(None, alias="endTime")
    title: str | None = None
    url: str | None = None
    img: str | None = None
    toc: bool = True


class _ChapterFile(BaseModel):
    chapters: list[_FileChapter]


def chapters_of(
    details: EpisodeDetails, audio: AudioFile, offset: float, fetcher: Fetcher, note: Callable[[str], None]
) -> tuple[Chapter, ...]:
    """The chapters in times of this audio; a broken file costs only itself.

    `offset` is by how much the publisher's times are known to be early: inserted advertisements move the
    published chapters as they move the captions, and not those that are in the audio.
    """
    published = details.chapters or _from_file(details, fetcher, note)
    if not published:
        return audio.facts.chapters
    moved = [_moved(chapter, offset) for chapter in published] if offset else published
    inside = tuple(chapter for chapter in moved if chapter.start < audio.facts.duration)
    if len(inside) < len(published):
        note(f"{len(published) - len(inside)} chapters left out: they start after the audio ends")
    return inside


def read_chapters(body: bytes, base: str = "") -> tuple[Chapter, ...]:
    """The visible chapters of a Podcasting 2.0 chapter file at `base`; raises pydantic's ValidationError."""
    entries = _ChapterFile.model_validate_json(body.removeprefix(codecs.BOM_UTF8)).chapters
    titled = [(entry, one_line(entry.title)) for entry in entries if entry.toc]
    visible = sorted(((entry, title) for entry, title in titled if title), key=lambda one: one[0].start)
    return tuple(
        Chapter(
            start=entry.start, title=title, end=entry.end, url=web_url(base, entry.url), image=web_url(base, entry.img)
        )
        for entry, title in visible[:MOST_CHAPTERS]
    )


def _from_file(details: EpisodeDetails, fetcher: Fetcher, note: Callable[[str], None]) -> tuple[Chapter, ...]:
    if not details.chapters_url:
        return ()
    try:
        file = fetcher.fetch(details.chapters_url)
        return read_chapters(file.body, file.url)
    except RagtimeError as error:
        note(f"chapters at {details.chapters_url} passed over: {error.message}")
    except ValidationError as error:
        note(f"chapters at {details.chapters_url} passed over: {error.error_count()} mistakes in the file")
    return ()


def _moved(chapter: Chapter, by: float) -> Chapter:
    end = None if chapter.end is None else max(0.0, chapter.end + by)
    return chapter.model_copy(update={"start": max(0.0, chapter.start + by), "end": end})
