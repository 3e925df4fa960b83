"""Filters as agents write them, made those of a search: names are looked up, days are checked."""

from __future__ import annotations

from datetime import date

from ragtime_assets.domain.points import Filters
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets.studio import Studio

LONGEST_QUERY = 2_000


def checked_query(query: str) -> str:
    """The query; raises InvalidSubmission for one that is empty or no question any more."""
    query = query.strip()
    if not query:
        raise InvalidSubmission("the query is empty", remedy="Say what to look for: words, a name, or a question.")
    if len(query) > LONGEST_QUERY:
        raise InvalidSubmission(
            f"the query has {len(query):,} characters, and {LONGEST_QUERY:,} are the most",
            remedy="Ask in a sentence or two.",
        )
    return query


def day(text: str | None, name: str) -> str | None:
    """The day as 2026-01-31; None when none is given."""
    if text is None or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()[:10]).isoformat()
    except ValueError as error:
        raise InvalidSubmission(f"{name} {text[:40]!r} is not a day", remedy="Write it as 2026-01-31.") from error


def entity_id(studio: Studio, words: str | None) -> str | None:
    """The id in the registry of what a name, an id of ours, an MBID or a QID means."""
    if not words:
        return None
    found = [one.entity for one in studio.entities.find(words)]
    by_id = [one for one in found if words.strip() in (one.mbid, one.qid, one.entity_id)]
    return (by_id[0] if by_id else studio.entities.show(words, 1).entity).entity_id


def filters_of(
    studio: Studio,
    *,
    show: str | None = None,
    language: str | None = None,
    since: str | None = None,
    until: str | None = None,
    entity: str | None = None,
    entity_type: str | None = None,
    speaker: str | None = None,
    episode: str | None = None,
) -> Filters:
    """The filters that are meant; raises InvalidSubmission for what is not there, with what is near."""
    return Filters(
        show=studio.names.show(show) if show else None,
        language=language or None,
        since=day(since, "since"),
        until=day(until, "until"),
        entity=entity_id(studio, entity),
        entity_type=entity_type or None,
        speaker=speaker or None,
        episode=studio.names.key(episode) if episode else None,
    )
