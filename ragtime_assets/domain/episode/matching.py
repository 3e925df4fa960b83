"""How well an episode that an index knows fits the wanted one: a score that can be explained, not a prompt.

Pure comparing of titles, shows, dates, durations and guids. Asking the indexes is `index_search.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.called import (
    are_same,
    have_other_numbers,
    holds,
    is_cut_off,
    is_only_a_number,
    marks,
    numbers,
    parts,
    plain,
    unnumbered,
)
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode, Match
from ragtime_assets.domain.text.dates import days_apart, may_be_one_day
from ragtime_assets.domain.text.links import same_page
from ragtime_assets.domain.text.titles import comparable, looks_like_host

WEIGHTS = {
    "title equal": 0.50,
    "title contained": 0.40,
    "title near": 0.30,
    "title differs": -0.50,
    "show equal": 0.25,
    "show differs": -0.25,
    "same day, show unknown": 0.25,
    "same day": 0.10,
    "another day": -0.15,
    "duration within 5 %": 0.15,
    "duration over 30 % off": -0.15,
}
"""What each finding adds; all that speaks for an episode together is 1."""
SURE = 0.75
"""From here on a match is sure, if neither show nor day differs: title and show, or title and day, say enough."""
FLOOR = 0.50
"""Below this a candidate is not offered at all: an equal title alone reaches it, but not that of another show."""

_NEAR = 88.0
_NEAR_WORD = 75.0
_SHORT_GUID = 8
"""A shorter guid, such as 12, is no identity outside its own feed."""
_TELLING_WORDS = 5
"""A title of so many words is hardly that of two shows on one day."""
_NEXT_DAYS = 1.5
_EDITION = re.compile(
    r"\b(?:kids|kinder|junior|children|enfants|plus|extra|premium|espanol|english|deutsch|francais|italiano)\b"
)
"""What tells apart two shows of one house that are called alike otherwise."""

_FEW_WORDS = 2
_RUBRIC = re.compile(
    r"\b(?:news|headlines|rankings?|mailbag|round-?up|recap|update|q\s?&\s?a|listener questions|briefing|bulletin|"
    r"review|nachrichten|rückblick|presseschau|ausgabe|sprechstunde|hörerfragen|wochenschau|tagesschau|"
    r"actualités|journal|revue de presse|noticias|resumen|notizie|rassegna|nieuws)\b|"
    r"\w(?:ausgabe|nachrichten|rückblick|special)\b",
    re.IGNORECASE,
)
"""What a show calls an episode of each week or year."""

Finding = tuple[float, str]


def match(wanted: EpisodeDetails, found: IndexedEpisode) -> Match:
    """How well `found` fits, with the reasons in words."""
    title, show = _title(wanted.title, found.title), _show(wanted.show, found.show)
    if wanted.guid and wanted.guid == found.guid and not _refuted(wanted.guid, title, show):
        return Match(score=1.0, sure=True, reasons=("guid equal",))
    length = _length(wanted.duration, found.duration)
    day = _day(wanted.published, found.published, instead_of_show=show is None and _is_telling(wanted.title, length))
    findings = [title, *(one for one in (show, day, length) if one is not None)]
    score = round(min(1.0, max(0.0, sum(weight for weight, _ in findings))), 3)
    doubts = list(_doubts(wanted, found, length))
    differs = any(one is not None and one[0] < 0 for one in (show, day))
    reasons = [*(reason for _, reason in findings), *doubts]
    return Match(score=score, sure=score >= SURE and not differs and not doubts, reasons=tuple(reasons))


def _doubts(wanted: EpisodeDetails, found: IndexedEpisode, length: Finding | None) -> Iterator[str]:
    """What keeps a match from being sure, however much speaks for it."""
    days = (wanted.published, found.published) if wanted.published and found.published else None
    is_as_long = length is not None and length[0] > 0
    is_that_airing = is_as_long and days is not None and may_be_one_day(*days)
    for mark in sorted(marks(wanted.title) ^ marks(found.title)):
        if mark != "rerun" or not is_that_airing:
            yield f"only one of them is called a {mark}"
    if days is None and length is None and _may_recur(wanted.title):
        yield "a title that may come again, with neither day nor length to tell it by"
    is_next = days is not None and not may_be_one_day(*days) and days_apart(*days) <= _NEXT_DAYS
    if is_next and _words(wanted.title) < _TELLING_WORDS:
        yield "published on the next day, as a daily's next episode is"
    same_feed = same_page(wanted.feed_url, found.feed_url)
    if same_feed and wanted.guid and found.guid and wanted.guid != found.guid:
        yield "another guid of the same feed"


def are_two(one: IndexedEpisode, other: IndexedEpisode) -> bool:
    """Whether they are surely two episodes: of two days or shows, or told apart by the index that knows both."""
    days = days_apart(one.published, other.published) if one.published and other.published else 0.0
    if days > 1:
        return True
    same_audio, show = same_page(one.audio_url, other.audio_url), _show(one.show, other.show)
    if show is not None and show[0] < 0 and not same_audio:
        return True
    if one.index != other.index:
        return False
    return (None not in (one.guid, other.guid) and one.guid != other.guid) or (days > 0 and not same_audio)


def _refuted(guid: str, title: Finding, show: Finding | None) -> bool:
    """Whether an equal guid is chance: a short one outside its show, or another title of another show."""
    same_show, other_show = show is not None and show[0] > 0, show is not None and show[0] < 0
    return not same_show if len(guid) < _SHORT_GUID else title[0] < 0 and other_show


def _title(wanted: str, found: str) -> Finding:
    differs = WEIGHTS["title differs"], f"title differs: {found}"
    if not comparable(wanted) or not comparable(found) or have_other_numbers(wanted, found):
        return differs
    if is_only_a_number(wanted) and is_only_a_number(found):
        return WEIGHTS["title contained"], "title equal, but only a number"
    if are_same(wanted, found):
        equal = comparable(wanted) == comparable(found)
        return WEIGHTS["title equal"], "title equal" if equal else "title equal but for its number"
    one, other = unnumbered(wanted), unnumbered(found)
    if holds(one, other) or is_cut_off(wanted, found) or is_cut_off(found, wanted):
        return WEIGHTS["title contained"], f"title contained: {found}"
    if one in parts(found) or other in parts(wanted):
        return WEIGHTS["title near"], f"title is a part: {found}"
    likeness = _likeness(one, other)
    return (WEIGHTS["title near"], f"title {likeness:.0f} % alike: {found}") if likeness >= _NEAR else differs


def _likeness(one: str, other: str) -> float:
    """How alike two titles are in percent; 0 where a word is another one, and not the same spelt otherwise."""
    from rapidfuzz import fuzz

    pairs = list(zip(one.split(), other.split(), strict=False))
    is_spelling = len(one.split()) == len(other.split()) and all(fuzz.ratio(*pair) >= _NEAR_WORD for pair in pairs)
    return fuzz.ratio(one, other) if is_spelling else 0.0


def _is_telling(title: str, length: Finding | None) -> bool:
    """Whether a title and a day are enough where no show is known: a long title, or a length that agrees too."""
    agrees = length is not None and length[0] > 0
    return _words(title) >= (2 if agrees else _TELLING_WORDS)


def _may_recur(title: str) -> bool:
    """Whether a show may use a title again: a word or two, or what rubrics are called, without a number or a day."""
    most = _TELLING_WORDS - 1 if _RUBRIC.search(title) else _FEW_WORDS
    return not numbers(title) and _words(title) <= most


def _words(title: str) -> int:
    return len(unnumbered(title).split())


def _show(wanted: str | None, found: str | None) -> Finding | None:
    """What the shows say; None when one is not known, or only by its server, or is a single word of the other."""
    names = [name for name in (wanted, found) if name and not looks_like_host(name)]
    one, other = (plain(name) for name in names) if len(names) == 2 else ("", "")  # noqa: PLR2004 - one and the other
    if not one or not other:
        return None
    if _EDITION.findall(one) != _EDITION.findall(other):
        return WEIGHTS["show differs"], f"show differs: {found}"
    if one.replace(" ", "") == other.replace(" ", ""):
        return WEIGHTS["show equal"], "show equal"
    if holds(one, other) or _likeness(one, other) >= _NEAR:
        return WEIGHTS["show equal"], f"show alike: {found}"
    short, long = sorted((one, other), key=len)
    return None if short in long.split() else (WEIGHTS["show differs"], f"show differs: {found}")


def _day(wanted: datetime | None, found: datetime | None, instead_of_show: bool) -> Finding | None:
    if wanted is None or found is None:
        return None
    days = days_apart(wanted, found)
    reason = f"published {days:.1f} days apart"
    if days <= 1:
        return WEIGHTS["same day, show unknown" if instead_of_show else "same day"], reason
    return WEIGHTS["another day"], reason


def _length(wanted: float | None, found: float | None) -> Finding | None:
    if not wanted or not found:
        return None
    off = abs(wanted - found) / wanted
    reason = f"duration {off * 100:.1f} % off"
    if off <= 0.05:
        return WEIGHTS["duration within 5 %"], reason
    return (WEIGHTS["duration over 30 % off"], reason) if off > 0.3 else (0.0, reason)
