"""What people narrow a search by, as they say it: names become what the corpus has, or an error that says what it has.

The command line and the MCP server both ask here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragtime_assets.domain.episode.naming import Named, meant, the_one
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.points import Filters
from ragtime_assets.domain.searching.days import first_day, last_day
from ragtime_assets.errors import InvalidSubmission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragtime_assets.domain.searching.narrowing import Narrowing
    from ragtime_assets.studio.kept import Kept


def filters_of(kept: Kept, narrowing: Narrowing) -> Filters:
    """What is meant; raises InvalidSubmission where that is nothing, or one of several."""
    said = narrowing
    first, last = _first(said.since), _last(said.until)
    if first and last and first > last:
        raise InvalidSubmission(
            f"nothing was published since {first} and until {last}", remedy="Put the earlier day into --since."
        )
    return Filters(
        show=kept.names.show(said.show) if said.show else None,
        language=_language(said.language) if said.language else None,
        since=first,
        until=last,
        entity=kept.entities.id_of(said.entity) if said.entity else None,
        entity_type=entity_type_of(kept, said.entity_type) if said.entity_type else None,
        speaker=_named("speaker", said.speaker, kept.passages.speakers()) if said.speaker else None,
        episode=kept.names.key(said.episode) if said.episode else None,
    )


def entity_type_of(kept: Kept, words: str) -> str:
    """The type of entities that is meant; raises InvalidSubmission where that is none of the corpus."""
    return _named("entity type", words, kept.entities.types())


def _first(since: str | None) -> str | None:
    return _known_day("--since", since, first_day(since)) if since else None


def _last(until: str | None) -> str | None:
    return _known_day("--until", until, last_day(until)) if until else None


def _known_day(option: str, text: str, day: str | None) -> str:
    if day is None:
        raise InvalidSubmission(
            f"{option} {text[:120]!r} is not a day", remedy="Write it as 2026-01-31, 2026-01 or 2026."
        )
    return day


def _language(tag: str) -> str:
    code = language_code(tag)
    if code is None:
        raise InvalidSubmission(f"{tag[:120]!r} names no language", remedy="Write it as en or de.")
    return code


def _named(kind: str, words: str, there: Sequence[str]) -> str:
    among = [Named(name, name) for name in there]
    return the_one(kind, words, meant(words, among), among).key
