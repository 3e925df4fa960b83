"""Answers of Wikidata's action API, as items of ours; what is not as documented is as good as not said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ragtime_assets.adapters.web.http_answers import retry_after
from ragtime_assets.domain.linking.identifiers import mbid, qid
from ragtime_assets.domain.linking.items import Item
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import InvalidContent, SourceUnavailable

MBID_PROPERTIES = {
    "artist": "P434",
    "work": "P435",
    "release_group": "P436",
    "label": "P966",
    "area": "P982",
    "place": "P1004",
    "instrument": "P1330",
    "series": "P1407",
    "event": "P6423",
    "genre": "P8052",
}
"""By table of MusicBrainz, the property that holds its ids."""
_INSTANCE_OF, _OCCUPATION, _SUBCLASS_OF = "P31", "P106", "P279"
_BEGINS, _ENDS = ("P569", "P571", "P577"), ("P570", "P576")
_NOT_NOW = frozenset(
    {"maxlag", "ratelimited", "readonly", "blocked", "autoblocked", "permissiondenied", "readapidenied"}
)
"""Errors that are about us or the service, not about a question."""
_MAXLAG_WAIT = 5.0

Part = Mapping[str, Any]


def accept(body: bytes, headers: Mapping[str, str]) -> None:
    """Raise SourceUnavailable where the service has no time, or something else answered in its place."""
    error = part(document(body), "error")
    if not error:
        return
    code, info = str(error.get("code"))[:40], one_line(str(error.get("info")), 200)
    if code in _NOT_NOW or code.startswith("internal_api_error"):
        wait = retry_after(headers.get("retry-after"))
        raise SourceUnavailable(f"Wikidata asks for patience ({code}: {info})", retry_after=wait or _MAXLAG_WAIT)
    raise InvalidContent(f"Wikidata refused a question ({code}: {info})")


def document(body: bytes) -> Part:
    """The JSON object of an answer; raises SourceUnavailable for anything else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceUnavailable("Wikidata answered with something that is not JSON") from error
    if not isinstance(answer, dict):
        raise SourceUnavailable("Wikidata answered with JSON that is no object")
    return answer


def searched(answer: Part, *path: str) -> list[str]:
    """The ids in an answer to a search, in its order; `path` leads to the list, its last word to the id."""
    *lists, field = path
    found: Any = answer
    for name in lists:
        found = found.get(name) if isinstance(found, Mapping) else None
    rows = found if isinstance(found, list) else []
    ids = (qid(row.get(field)) for row in rows if isinstance(row, Mapping))
    return list(dict.fromkeys(filter(None, ids)))


def items(answer: Part) -> dict[str, Item]:
    """The items of an answer, by the id that was asked for: what was merged is asked for by its old one."""
    return {asked: item for asked, entity in part(answer, "entities").items() if (item := _item(entity)) is not None}


def part(of: Part, name: str) -> Part:
    """A part that is an object; an empty one where there is none."""
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def _item(entity: Any) -> Item | None:
    own = qid(entity.get("id")) if isinstance(entity, Mapping) else None
    if own is None or "missing" in entity:
        return None
    claims = part(entity, "claims")
    return Item(
        qid=own,
        names=tuple(dict.fromkeys(filter(None, _names(entity)))),
        classes=_ids(claims, _INSTANCE_OF),
        occupations=_ids(claims, _OCCUPATION),
        wider=_ids(claims, _SUBCLASS_OF),
        mbids=tuple(filter(None, (mbid(one) for name in MBID_PROPERTIES.values() for one in _values(claims, name)))),
        begin=_year(claims, _BEGINS),
        end=_year(claims, _ENDS),
    )


def _names(entity: Part) -> Iterator[str]:
    for label in part(entity, "labels").values():
        yield _text(label)
    for aliases in part(entity, "aliases").values():
        for alias in aliases if isinstance(aliases, list) else ():
            yield _text(alias)


def _text(value: Any) -> str:
    text = value.get("value") if isinstance(value, Mapping) else None
    return one_line(text) if isinstance(text, str) else ""


def _values(claims: Part, name: str) -> Iterator[Any]:
    """The values of a property, without those that Wikidata keeps as wrong."""
    statements = claims.get(name)
    for statement in statements if isinstance(statements, list) else ():
        if isinstance(statement, Mapping) and statement.get("rank") != "deprecated":
            yield part(part(statement, "mainsnak"), "datavalue").get("value")


def _ids(claims: Part, name: str) -> tuple[str, ...]:
    values = (value.get("id") for value in _values(claims, name) if isinstance(value, Mapping))
    return tuple(dict.fromkeys(filter(None, map(qid, values))))


def _year(claims: Part, names: Iterable[str]) -> int | None:
    for name in names:
        for value in _values(claims, name):
            time = value.get("time") if isinstance(value, Mapping) else None
            match = re.match(r"\+0*(\d{1,4})-", time) if isinstance(time, str) else None
            if match and int(match.group(1)):
                return int(match.group(1))
    return None
