"""What somebody says of a page, held against the page: what is wrong with it, in words."""

from __future__ import annotations

from ragtime_assets.domain.language.tags import SURE, language_code, reads_alike
from ragtime_assets.domain.reading.summary_faults import Detect
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.titles import comparable
from ragtime_assets.domain.text.written_dates import names_day

_RUN = 4
"""So many words in a row are no accident."""
_COPIED = 0.8
"""The part of a copied text whose runs stand in what it was copied from; where paragraphs were joined, some do not."""


def date_fault(published: str, page: str) -> str | None:
    """Where a date is none, or stands nowhere on the page."""
    if not published.strip():
        return None
    day = moment(published)
    if day is None:
        return f"published {published!r} is no date like 2024-05-31; leave it empty if you did not see one"
    return None if names_day(page, day.date()) else f"the day {published!r} stands in nothing that you read"


def copy_fault(description: str, page: str) -> str | None:
    """Where a description is not the page's own words."""
    words = comparable(description, len(description)).split()
    runs = [" ".join(words[at : at + _RUN]) for at in range(max(len(words) - _RUN, 0) + 1)] if words else []
    read = f" {comparable(page, len(page))} "
    copied = sum(f" {run} " in read for run in runs)
    if copied >= _COPIED * len(runs):
        return None
    return "description must be copied from what you read, word for word; leave it empty if there is none"


def tongue_fault(language: str, text: str, detect: Detect) -> str | None:
    """Where the text surely reads as another language."""
    if not language.strip():
        return None
    told, probability = detect(text)
    if language_code(language) is None:
        return f"language {language!r} is no code such as en or de"
    if probability < SURE or reads_alike(told, language):
        return None
    return f"language is {language!r}, but what you read is in {told!r}"
