"""Decides what a file of captions is, whatever its server calls it, and reads it."""

from __future__ import annotations

from ragtime_assets.adapters.captions.cue_files import is_srt, is_vtt, read_cues
from ragtime_assets.adapters.captions.cues import Cue, segments_of
from ragtime_assets.adapters.captions.html_page import html_lines, is_html, read_html
from ragtime_assets.adapters.captions.order import in_order, said_once
from ragtime_assets.adapters.captions.podcast_json import is_json, read_json
from ragtime_assets.adapters.captions.prose import said_in, text_lines
from ragtime_assets.adapters.captions.speakers import labelled
from ragtime_assets.domain.artifacts.transcript import Paragraph, Segment
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.language.words import says_something
from ragtime_assets.domain.text.lines import decoded, writable
from ragtime_assets.errors import InvalidCaptions

_LONGEST = 2_000_000
"""Characters of a text that are read: thirty hours of speech, or a few with the markup of a page around them."""


class PublisherCaptionReader:
    """Reads WebVTT, SubRip, Podcasting 2.0 JSON and HTML; text without times only for its words."""

    def read(self, captions: Document, media_type: str) -> tuple[Segment, ...]:
        """One segment per cue and speaker, in order of time; raises InvalidCaptions."""
        cues = _cues(_text(captions), media_type)
        cues = said_once(list(labelled(in_order(cues))))
        if not any(says_something(cue.text) for cue in cues):
            raise InvalidCaptions(f"the captions at {captions.url} hold no words")
        return segments_of(cues)

    def paragraphs(self, captions: Document) -> tuple[Paragraph, ...]:
        """The words of a text or page, whatever times it has, speakers kept; none where there are none."""
        text = _text(captions)[:_LONGEST]
        if is_json(text):
            return ()
        return said_in(html_lines(text) if is_html(text) else text_lines(text))


def _cues(text: str, media_type: str) -> list[Cue]:
    """By what the content is; its media type decides nothing."""
    if is_vtt(text) or is_srt(text):
        return read_cues(text)
    if is_json(text):
        return read_json(text)
    if is_html(text):
        return read_html(text)
    raise InvalidCaptions(
        f"it has no times to be cited by; offered as {media_type or 'nothing in particular'}, "
        "it is neither WebVTT, SubRip, JSON nor HTML"
    )


def _text(captions: Document) -> str:
    """The file as text: by its mark, as UTF-8, as the server says, as old Windows files are."""
    body = captions.body
    unmarked_utf16 = body[:200].count(b"\0") > len(body[:200]) // 4
    wide = ("utf-16-le" if body[1:2] == b"\0" else "utf-16-be",) if unmarked_utf16 else ()
    text = writable(decoded(body, *wide, "utf-8", captions.charset)).lstrip("\ufeff \t\r\n")
    return text.replace("\r\n", "\n").replace("\r", "\n")
