"""What people narrow a search by, as they say it, once for the command line and for agents.

What belongs here: which narrowings there are, and how each is told. What does not: what the words mean in a corpus
(`studio/narrowing.py`), and what a search does with that (`domain/points.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, asdict, dataclass, field, fields
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any

OPTION = "option"
TOLD = "told"


def _said(told: str, option: str) -> Any:
    return field(default=None, metadata={TOLD: told, OPTION: option})


@dataclass(frozen=True)
class Narrowing:
    """In the words of whoever searches; None narrows nothing."""

    show: str | None = _said("Only this show: its name or a part of it.", "--show")
    since: str | None = _said(
        "Only what was published on this day or later, as in 2026-01-31, 2026-01 or 2026.", "--since"
    )
    until: str | None = _said("Only what was published on this day or earlier.", "--until")
    entity: str | None = _said("Only where this is named: a name, an id, an MBID or a QID.", "--entity")
    entity_type: str | None = _said("Only where something of this type is named, as in musician.", "--type")
    speaker: str | None = _said("Only where this person speaks.", "--speaker")
    language: str | None = _said("Only this language, as in en or de.", "--lang")
    episode: str | None = _said("Only this episode: its key or its title, or a part of either.", "--episode")

    @property
    def said(self) -> dict[str, str]:
        """The narrowings that were given, by what they are called."""
        return {name: value for name, value in asdict(self).items() if value}


EVERYWHERE = Narrowing()
NARROWINGS = tuple(one.name for one in fields(Narrowing))
"""What each is called, in the order in which they are told."""
OPTIONS = {str(one.metadata[OPTION]): one.name for one in fields(Narrowing)}
"""The narrowing of each option of a command."""


def narrowed(note: Callable[[Field[Any]], Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """For a function with a parameter `narrowing`: callers give its fields, each an argument of its own.

    Command lines and protocols read what a function takes off its signature; `note` is what they read of a field.
    """

    def spread(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def taking(*args: Any, **kwargs: Any) -> Any:
            said = {one.name: kwargs.pop(one.name, None) for one in fields(Narrowing)}
            return function(*args, narrowing=Narrowing(**said), **kwargs)

        own = signature(function, eval_str=True)
        taken = [
            Parameter(one.name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, note(one)])
            for one in fields(Narrowing)
        ]
        others = [one for one in own.parameters.values() if one.name != "narrowing"]
        taking.__signature__ = own.replace(parameters=[*others, *taken])  # type: ignore[attr-defined]
        taking.__annotations__ = {one.name: one.annotation for one in [*others, *taken]}
        return taking

    return spread
