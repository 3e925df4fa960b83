"""Data in a page's scripts: JSON and JavaScript's object literals, read without running anything.

What belongs here: finding and parsing. What does not: which of it is an episode (`player_json.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

_OPENING = re.compile(r"(?:[=(,\[:]|return|^)\s*(?=\{)")
_STRING = r'"(?:[^"\\\n]|\\.)*"?|\'(?:[^\'\\\n]|\\.)*\'?|`(?:[^`\\]|\\.)*`?'
"""One that is not closed ends somewhere all the same, so that nothing is read twice."""
_TOKENS = re.compile(rf"{_STRING}|/\*(?:.*?\*/|.*\Z)|(?<![:\\])//[^\n]*|[{{}}\[\]()]", re.DOTALL)
_VALUES = re.compile(rf"{_STRING}|(:\s*)([A-Za-z_$][\w$.]*)(?=\s*[,}}])", re.DOTALL)
_AUDIO = re.compile(r"audio|enclosure|\.(?:mp3|m4a|aac|ogg|opus)\b|mp3", re.IGNORECASE)
_FUNCTION = re.compile(r"\(function\(([\w$,\s]{0,20000})\)\s*\{.{0,200}?return\s*(?=\{)", re.DOTALL)
_PARSED = re.compile(r"""JSON\.parse\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_FLIGHT = re.compile(r"""self\.__next_f\.push\(\[1,\s*("(?:[^"\\]|\\.)*")\]\)""")
_ROW = re.compile(r"^[0-9a-f]{1,6}:(?=[\[{])", re.MULTILINE)
_CODE = re.compile(r"\bfunction\b|=>")
"""A literal with functions in it is looked into: they may be what calls the player with data."""
_LITERALS = frozenset({"true", "false", "null"})
_MOST_TRIES = 60
_MOST_TOKENS = 200_000
_DEEPEST = 40
_DEEPEST_LITERAL = 100
_LAST_TYPE = 11
"""Of the kinds of values that Astro tells apart."""
_LONGEST_SCRIPT = 4_000_000


def documents(scripts: Iterable[str]) -> Iterator[Any]:
    """Every object that a script is, assigns, calls with, parses, or streams to the browser piece by piece."""
    streamed: list[str] = []
    for script in (whole[:_LONGEST_SCRIPT] for whole in scripts):
        pieces = _FLIGHT.findall(script)
        streamed += (text for text in map(_loaded, pieces) if isinstance(text, str))
        if not pieces and _AUDIO.search(script):
            yield from _written(script)
    for row in islice(_ROW.split("".join(streamed)), 1, None):
        yield from _written(row.partition("\n")[0])


def _written(script: str) -> Iterator[Any]:
    """What stands in one script."""
    whole = _loaded(script)
    if isinstance(whole, list | dict):
        yield _revived(whole)
        return
    for quoted in islice(_PARSED.findall(script), _MOST_TRIES):
        text = _literal(quoted)
        if isinstance(text, str):
            yield _loaded(text)
    called = _FUNCTION.search(script)
    if called:
        yield _called(script, called)
    yield from _objects(script)


def _objects(script: str) -> Iterator[Any]:
    decoder, at, steps = json.JSONDecoder(strict=False), 0, iter(range(_MOST_TOKENS))
    for _ in range(_MOST_TRIES):
        opening = _OPENING.search(script, at)
        if opening is None:
            return
        try:
            found, at = decoder.raw_decode(script, opening.end())
        except (ValueError, RecursionError):
            end = _end(script, opening.end(), steps)
            is_worth_it = end is not None and _AUDIO.search(script, opening.end(), end)
            found = _literal(_with_values(script[opening.end() : end], {})) if is_worth_it else None
            is_data = found is not None and not _CODE.search(script, opening.end(), end or -1)
            at = end if end and is_data else opening.end() + 1
        if found is not None:
            yield found


def _called(script: str, call: re.Match[str]) -> Any:
    """The object that a function returns which is called at once: its names stand for the values it is called with."""
    steps = iter(range(_MOST_TOKENS))
    end = _end(script, call.end(), steps)
    begin = script.find("(", end) if end else -1
    close = _end(script, begin, steps) if begin >= 0 else None
    if not end or not close:
        return None
    values = _literal(f"[{script[begin + 1 : close - 1]}]")
    names = [name.strip() for name in call[1].split(",")]
    known = dict(zip(names, values, strict=False)) if isinstance(values, list) else {}
    return _literal(_with_values(script[call.end() : end], known))


def _end(script: str, begin: int, steps: Iterator[int]) -> int | None:
    """Where the bracket that opens at `begin` is closed; None when it is not, or takes more than the `steps` left."""
    depth = 0
    for token, _ in zip(_TOKENS.finditer(script, begin), steps, strict=False):
        depth += {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
        if depth > _DEEPEST_LITERAL:
            return None
    return None


def _with_values(literal: str, known: Mapping[str, Any]) -> str:
    """A literal with the values of its names; a name that nobody knows has none."""

    def value(found: re.Match[str]) -> str:
        before, name = found.groups()
        return found[0] if name is None or name in _LITERALS else f"{before}{json.dumps(known.get(name))}"

    return _VALUES.sub(value, literal)


def _literal(text: str) -> Any:
    import chompjs

    try:
        return chompjs.parse_js_object(f"[{text}]")[0]
    except (ValueError, RecursionError, IndexError):
        return None


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def unwrapped(document: Any) -> Any:
    """A document whose every value stands behind a number for its type, as in an Astro island's properties, without."""
    if not (isinstance(document, dict) and document and all(map(_is_typed, document.values()))):
        return document
    return {name: _untyped(value, 0) for name, value in document.items()}


def _is_typed(value: Any) -> bool:
    return isinstance(value, list) and len(value) in (1, 2) and type(value[0]) is int and 0 <= value[0] <= _LAST_TYPE


def _untyped(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        return None
    if _is_typed(value):
        return _untyped(value[1], depth + 1) if len(value) > 1 else None
    if isinstance(value, dict):
        return {name: _untyped(one, depth + 1) for name, one in value.items()}
    return [_untyped(one, depth + 1) for one in value] if isinstance(value, list) else value


def _revived(document: Any) -> Any:
    """A document whose values are numbers of other entries (Nuxt 3), put together; any other as it is."""
    if not (isinstance(document, list) and len(document) > 1 and _refers(document[0])):
        return document
    known: dict[int, Any] = {}

    def entry(number: Any, depth: int) -> Any:
        if type(number) is not int or not 0 <= number < len(document) or depth > _DEEPEST:
            return None
        if number not in known:
            known[number] = None  # what holds itself ends here
            known[number] = put_together(document[number], depth)
        return known[number]

    def put_together(value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return {key: entry(one, depth + 1) for key, one in value.items()}
        if not isinstance(value, list):
            return value
        if value and isinstance(value[0], str):  # a wrapper and what it wraps, as in ["Reactive", 1]
            return entry(value[1], depth + 1) if len(value) == 2 else None
        return [entry(one, depth + 1) for one in value]

    return entry(0, 0)


def _refers(first: Any) -> bool:
    if isinstance(first, dict):
        return bool(first) and all(type(one) is int for one in first.values())
    return isinstance(first, list) and len(first) == 2 and isinstance(first[0], str) and type(first[1]) is int
