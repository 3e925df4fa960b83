"""What is sound in an answer that is nearly right: one wrong item of a list does not cost the others."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ragtime_assets.domain.artifact import Record


class Written(Record):
    """What a model writes: it is told to add nothing, and what it adds is passed over."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"additionalProperties": False})


def only_sound(said: Any, name: str, kind: type[BaseModel], most: int) -> Any:
    """An answer with the sound items of its list `name` only, at most so many; `unsound` counts the others."""
    if not isinstance(said, dict) or name not in said:
        return said
    items = [] if said[name] is None else said[name]
    if not isinstance(items, list | tuple):
        return said
    sound = [item for item in items if _is(kind, item)][:most]
    return {**said, name: sound, "unsound": len(items) - len(sound)}


def _is(kind: type[BaseModel], item: Any) -> bool:
    try:
        kind.model_validate(item)
    except ValidationError:
        return False
    return True
