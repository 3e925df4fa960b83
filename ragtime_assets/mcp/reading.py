"""Transcripts in parts: what is said from a second on, and the passage or episode that an id of a search names."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.rendering.turns import Turn as SpokenTurn
from ragtime_assets.domain.rendering.turns import turns
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import moment_url
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets.mcp.answers import NOTICE, TranscriptPart, Turn
from ragtime_assets.studio import Studio
from ragtime_assets.studio.contents import needed

LONGEST_WINDOW = 1_800.0
"""Seconds of speech in one answer; who wants more asks again from `next_at`."""
WHOLE = 7_200.0
"""Seconds that are fetched of an episode as a whole."""
BEFORE, AFTER = 30.0, 120.0
"""Seconds around a passage that are fetched with it."""
_ID = re.compile(r"([a-z0-9-]{1,100})(?:@([0-9]{1,7}))?")


class PassageId(NamedTuple):
    """An episode, or a moment of it."""

    key: str
    second: int | None

    def __str__(self) -> str:
        """As a search gives it."""
        return self.key if self.second is None else f"{self.key}@{self.second}"


def read_id(text: str) -> PassageId:
    """The episode or moment that an id names."""
    found = _ID.fullmatch(text.strip())
    if found is None:
        raise InvalidSubmission(
            f"{text[:120]!r} is not an id of this corpus", remedy="Take the id from an answer of search, as it is."
        )
    return PassageId(found[1], int(found[2]) if found[2] else None)


def part_of(studio: Studio, key: str, at: float, window: float) -> TranscriptPart:
    """What is said in the `window` seconds after `at`; whole segments, of which one may begin before."""
    details, transcript = needed(studio, key, EpisodeDetails), needed(studio, key, Transcript)
    _check_is_in(transcript, at)
    until = at + window
    spoken = [one for one in transcript.segments if one.end > at and one.start < until]
    after = next((one.start for one in transcript.segments if one.start >= until), None)
    return TranscriptPart(
        episode_key=key,
        title=one_line(details.title),
        show=one_line(details.show) or None,
        published=details.day,
        language=transcript.language,
        duration=transcript.duration,
        url=moment_url(details.page_url, at),
        start=spoken[0].start if spoken else at,
        end=spoken[-1].end if spoken else at,
        next_at=after,
        turns=[_said(one) for one in turns(spoken)],
    )


def fetched(studio: Studio, wanted: PassageId) -> dict[str, Any]:
    """What connectors demand of a document: the moment with what is said around it, or the episode."""
    second = wanted.second
    _check_is_in(needed(studio, wanted.key, Transcript), second or 0)
    around = (0.0, WHOLE) if second is None else (max(0.0, second - BEFORE), BEFORE + AFTER)
    part = part_of(studio, wanted.key, *around)
    told = part.model_dump(exclude={"notice", "title", "url", "next_at", "turns"})
    return {
        "id": str(wanted),
        "title": part.title,
        "text": _text(part),
        "url": part.url.partition("#t=")[0] if second is None else moment_url(part.url, second),
        "metadata": {"content": NOTICE, **told},
    }


def _check_is_in(transcript: Transcript, second: float) -> None:
    """Raise InvalidSubmission for a second after the end."""
    if second and second >= transcript.duration:
        raise InvalidSubmission(
            f"the episode is {transcript.duration:.0f} seconds long, and ends before second {second:.0f}",
            remedy=f"Ask for a second before {transcript.duration:.0f}.",
        )


def _text(part: TranscriptPart) -> str:
    """The part as one text, which says of itself what it is."""
    lines = (f"[{clock(one.start)}] {f'{one.speaker}: ' if one.speaker else ''}{one.text}" for one in part.turns)
    more = (
        f"\n\n(The transcript goes on: fetch {PassageId(part.episode_key, int(part.next_at))})" if part.next_at else ""
    )
    return f"({NOTICE})\n\n" + "\n".join(lines) + more


def _said(one: SpokenTurn) -> Turn:
    """Without signs that nobody sees."""
    speaker, text = one_line(one.speaker) or None, one_line(one.text, len(one.text) + 1)
    return Turn(start=one.start, end=one.end, speaker=speaker, text=text)
