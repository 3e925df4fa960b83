"""The words of the pages, in each language that they are written in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request

LANGUAGES = ("en", "de")
WRITTEN_IN = "en"
"""The language of errors and their remedies."""
_FOLDER = Path(__file__).parent / "words"


class ToldOfError(NamedTuple):
    """What an error means to a reader."""

    says: str
    remedy: str


class Wording:
    """The words of one language."""

    def __init__(self, language: str, words: Mapping[str, str]) -> None:
        """Speak so."""
        self.language = language
        self._words = words

    def __call__(self, name: str, **values: object) -> str:
        """A phrase, with these values in it."""
        return self.phrase(name).format(**values)

    @property
    def names(self) -> frozenset[str]:
        """What all phrases are called."""
        return frozenset(self._words)

    def phrase(self, name: str) -> str:
        """A phrase as it is written down, with its blanks."""
        return self._words[name]

    def count(self, name: str, number: int) -> str:
        """So many of something: `episode` has the phrases `episode.one` and `episode.many`."""
        grouped = f"{number:,}"
        if self.language == "de":
            grouped = grouped.replace(",", ".")
        return self(f"{name}.{'one' if number == 1 else 'many'}", count=grouped)

    def day(self, written: str | None) -> str | None:
        """A day as people write it; what is no day, as 2024 or 2024-05, as far as it goes."""
        year, month, day = [*(written or "").split("-"), "", ""][:3]
        name = self.known("month", month)
        if not name:
            return written
        return self("day", day=int(day), month=name, year=year) if day.isdecimal() else f"{name} {year}"

    def of_error(self, name: str) -> ToldOfError | None:
        """What an error of this class means and what to do; None in English, in which errors are written."""
        return _errors(self.language).get(name)

    def translated(self, group: str, name: str | None) -> str | None:
        """The phrase for what is told in English elsewhere; None in English, and where nobody wrote one."""
        return None if self.language == WRITTEN_IN else self.known(group, name)

    def known(self, group: str, name: str | None) -> str | None:
        """The phrase of this name; None where nobody wrote one."""
        return self._words.get(f"{group}.{name}")

    def named(self, group: str, name: str, otherwise: str | None = None) -> str:
        """The phrase for a value, such as a state; `otherwise`, or the value itself, where nobody wrote one."""
        return self._words.get(f"{group}.{name}", otherwise or name.replace("_", " "))


@cache
def wording(language: str) -> Wording:
    """The words of this language."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return Wording(language, dict(_flat(tomllib.load(file))))


@cache
def _errors(language: str) -> Mapping[str, ToldOfError]:
    """By the class of an error, what is said of it."""
    if language == WRITTEN_IN:
        return {}
    with (_FOLDER / f"errors.{language}.toml").open("rb") as file:
        return {name: ToldOfError(*told) for name, told in tomllib.load(file).items()}


def language_of(request: Request) -> str:
    """The language that the address asks for, else the one asked for before, else what the browser prefers."""
    asked = (request.query_params.get("lang"), request.cookies.get("lang"))
    return next((one for one in asked if one in LANGUAGES), None) or _preferred(
        request.headers.get("accept-language", "")
    )


def _preferred(header: str) -> str:
    """Of the languages of an Accept-Language header, the first by weight that the pages are written in."""
    weighed: list[tuple[float, str]] = []
    for one in header[:500].split(","):
        tag, _, weight = one.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag[:2].lower()))
        except ValueError:
            continue
    return next((tag for weight, tag in sorted(weighed, key=lambda one: one[0]) if tag in LANGUAGES and weight), "en")


def _flat(words: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in words.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((before + name, str(value)))
    return found
