"""Days that titles name, each written one way, so that "05.03." and "5. März" compare as one.

Dates with slashes are left as they are: 3/5 is another day in Boston than in Bristol.
"""

from __future__ import annotations

import re

from ragtime_assets.domain.text.months import MONTH_OF

_NAME = "|".join(sorted(MONTH_OF, key=len, reverse=True))
_LONG_NAME = "|".join(name for name in sorted(MONTH_OF, key=len, reverse=True) if len(name) > 3)  # noqa: PLR2004 - "set", "out"
_DAY, _YEAR = r"(?P<day>[0-3]?\d)", r"(?P<year>(?:19|20)\d\d)"
_OF = r"(?:\b(?:vom|am|für|of|from|for|on|du|del|di|van|de|do|den)\s(?:the\s|den\s)?)?"
"""What may stand before the day, and says nothing: "Presseschau vom 5. März"."""
_NO_EPISODE = "".join(rf"(?<!\b{word}\s)" for word in ("episode", "ep", "folge", "nr", "no", "top", "part", "teil"))
"""What stands before a number that is no day: "Episode 12 March of the Penguins"."""
_FORMS = tuple(
    re.compile(_OF + form, re.IGNORECASE)
    for form in (
        rf"(?<![\w.-]){_YEAR}-(?P<month>[01]?\d)-{_DAY}(?![\w-])",
        rf"(?<![\w.]){_DAY}\.\s?(?P<month>[01]?\d)\.\s?(?:{_YEAR}|(?P<short>\d\d))?(?![\w.])",
        rf"(?<![\w.]){_DAY}(?:\.|er|st|nd|rd|th|º)\s(?:of\s|de\s)?(?P<name>{_NAME})\b\.?(?:,?\s(?:de\s)?{_YEAR}\b)?",
        rf"(?<![\w.]){_DAY}\s(?:of\s|de\s)?(?P<name>{_NAME})\b\.?,?\s(?:de\s)?{_YEAR}\b",
        rf"(?<![\w.#]){_NO_EPISODE}{_DAY}\s(?:of\s|de\s)?(?P<name>{_LONG_NAME})\b",
        rf"(?<!\w)(?P<name>{_NAME})\b\.?\s{_DAY}(?:st|nd|rd|th)?(?!\w)(?:,?\s{_YEAR}\b)?",
    )
)
_LAST_DAY, _LAST_MONTH = 31, 12


def with_days_in_figures(title: str) -> str:
    """`title` with each day that it names as day, month and year, without zeros before them."""
    if not any(sign.isdecimal() for sign in title):
        return title
    for form in _FORMS:
        title = form.sub(_in_figures, title)
    return title


def _in_figures(found: re.Match[str]) -> str:
    said = found.groupdict()
    day = int(said["day"])
    month = MONTH_OF[said["name"].lower()] if said.get("name") else int(said["month"])
    if not (0 < day <= _LAST_DAY and 0 < month <= _LAST_MONTH):
        return found[0]
    year = said.get("year") or (f"20{said['short']}" if said.get("short") else "")
    return f"{day} {month} {year}".rstrip()
