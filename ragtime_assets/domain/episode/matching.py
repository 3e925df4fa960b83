"""How well an episode that an index knows fits the wanted one: a score that can be explained, not a prompt.

Pure comparing of titles, shows, dates, durations and guids. Asking the indexes is `index_search.py`'s.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode, Match
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
_SHORT_GUID = 8
"""A shorter guid, such as 12, is no identity outside its own feed."""
_WORDS = (
    "episode|épisode|episodio|episódio|episod|ep|e|folge|ausgabe|sendung|kapitel|chapter|show|avsnitt|afsnit|"
    "aflevering|odcinek|odc|jakso|bölüm|puntata|capítulo|nr|no"
)
_MARKED = (
    rf"(?:s\d{{1,3}}\s?e\d{{1,4}}(?!\w)|(?:(?:{_WORDS})\b\.?\s*)?[#№]\s?\d{{1,5}}(?!\w)"
    rf"|(?:{_WORDS})\.?\s*\d{{1,5}}(?!\w)|第\s*\d{{1,5}}\s*[回話集期])"
)
_NUMBERED = re.compile(rf"\W*(?:{_MARKED}\s*[-–—:|.)\]·/]*|\d{{1,5}}\s*(?:[-–—:|)\]·/]|\.\s))\s*(?=\S)", re.IGNORECASE)
"""What stands before a title that is numbered: “#12 –”, “Folge 12:”, “S01E02 |”, “12. ”."""
_ONLY_A_NUMBER = re.compile(rf"\W*(?:{_MARKED}|\d{{1,5}})\W*", re.IGNORECASE)

_TRAILER = re.compile(r"\b(?:trailer|teaser|preview|vorschau|bande[- ]annonce|avance|anteprima)\b", re.IGNORECASE)

Finding = tuple[float, str]


def match(wanted: EpisodeDetails, found: IndexedEpisode) -> Match:
    """How well `found` fits, with the reasons in words."""
    title, show = _title(wanted.title, found.title), _show(wanted.show, found.show)
    if wanted.guid and wanted.guid == found.guid and not _refuted(wanted.guid, title, show):
        return Match(score=1.0, sure=True, reasons=("guid equal",))
    day = _day(wanted.published, found.published, show is None and " " in _unnumbered(wanted.title))
    others = (show, day, _length(wanted.duration, found.duration))
    findings = [title, *(one for one in others if one is not None)]
    score = round(min(1.0, max(0.0, sum(weight for weight, _ in findings))), 3)
    differs = any(one is not None and one[0] < 0 for one in (show, day))
    reasons = [reason for _, reason in findings]
    if bool(_TRAILER.search(wanted.title)) != bool(_TRAILER.search(found.title)):
        differs = True
        reasons.append("only one of them is called a trailer")
    return Match(score=score, sure=score >= SURE and not differs, reasons=tuple(reasons))


def are_two(one: IndexedEpisode, other: IndexedEpisode) -> bool:
    """Whether they are surely two episodes: published on two days, or told apart by the index that knows both."""
    if one.published and other.published and _days_apart(one.published, other.published) > 1:
        return True
    return one.index == other.index and None not in (one.guid, other.guid) and one.guid != other.guid


def _refuted(guid: str, title: Finding, show: Finding | None) -> bool:
    """Whether an equal guid is chance: a short one outside its show, or another title of another show."""
    same_show, other_show = show is not None and show[0] > 0, show is not None and show[0] < 0
    return not same_show if len(guid) < _SHORT_GUID else title[0] < 0 and other_show


def _title(wanted: str, found: str) -> Finding:
    from rapidfuzz import fuzz

    one, other = comparable(wanted), comparable(found)
    bare, other_bare = _unnumbered(wanted), _unnumbered(found)
    differs = WEIGHTS["title differs"], f"title differs: {found}"
    if not one or not other or _other_numbers(one, other):
        return differs
    if one == other and _ONLY_A_NUMBER.fullmatch(wanted):
        return WEIGHTS["title contained"], "title equal, but only a number"
    if bare == other_bare:
        return WEIGHTS["title equal"], "title equal" if one == other else "title equal but for its number"
    if _contains(bare, other_bare):
        return WEIGHTS["title contained"], f"title contained: {found}"
    likeness = fuzz.ratio(bare, other_bare)
    return (WEIGHTS["title near"], f"title {likeness:.0f} % alike: {found}") if likeness >= _NEAR else differs


def _unnumbered(title: str) -> str:
    number = _NUMBERED.match(title)
    return comparable(title[number.end() :] if number else title) or comparable(title)


def _other_numbers(one: str, other: str) -> bool:
    """Whether each of two titles has a number that the other lacks: parts 1 and 2 are alike, and not the same."""
    numbers, others = ({int(digits) for digits in re.findall(r"[0-9]{1,18}", text)} for text in (one, other))
    return bool(numbers - others and others - numbers)


def _contains(one: str, other: str) -> bool:
    """Whether one holds the other word by word, and that is not just a common word or two of a long title."""
    short, long = sorted((one, other), key=len)
    return f" {short} " in f" {long} " and " " in short and len(short) * 4 >= len(long)


def _show(wanted: str | None, found: str | None) -> Finding | None:
    """What the shows say; None when one is not known, or only by its server, or is a single word of the other."""
    from rapidfuzz import fuzz

    one, other = (comparable(name) if name and not looks_like_host(name) else "" for name in (wanted, found))
    if not one or not other:
        return None
    if one == other:
        return WEIGHTS["show equal"], "show equal"
    if _contains(one, other) or fuzz.ratio(one, other) >= _NEAR:
        return WEIGHTS["show equal"], f"show alike: {found}"
    short, long = sorted((one, other), key=len)
    return None if short in long.split() else (WEIGHTS["show differs"], f"show differs: {found}")


def _day(wanted: datetime | None, found: datetime | None, instead_of_show: bool) -> Finding | None:
    if wanted is None or found is None:
        return None
    days = _days_apart(wanted, found)
    reason = f"published {days:.1f} days apart"
    if days <= 1:
        return WEIGHTS["same day, show unknown" if instead_of_show else "same day"], reason
    return WEIGHTS["another day"], reason


def _days_apart(one: datetime, other: datetime) -> float:
    """Days between two moments; between their dates where midnight says that only a date is known."""
    if time(0) in (one.time(), other.time()):
        return float(abs((one.date() - other.date()).days))
    moments = [moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in (one, other)]
    return abs((moments[0] - moments[1]).total_seconds()) / 86_400


def _length(wanted: float | None, found: float | None) -> Finding | None:
    if not wanted or not found:
        return None
    off = abs(wanted - found) / wanted
    reason = f"duration {off * 100:.1f} % off"
    if off <= 0.05:
        return WEIGHTS["duration within 5 %"], reason
    return (WEIGHTS["duration over 30 % off"], reason) if off > 0.3 else (0.0, reason)
