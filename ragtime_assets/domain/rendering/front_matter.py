"""YAML at the head of a note: every text is quoted as JSON quotes it, so that none can end its line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ragtime_assets.domain.text.lines import one_line

Value = str | int | float | Sequence[str] | None


def front_matter(fields: Mapping[str, Value]) -> str:
    """The block, with its fences; fields without a value are left out."""
    lines = (f"{name}: {_shown(value)}" for name, value in fields.items() if value not in (None, "", (), []))
    return "\n".join(("---", *lines, "---"))


def _shown(value: Value) -> str:
    if isinstance(value, str):
        return json.dumps(one_line(value), ensure_ascii=False)
    if isinstance(value, int | float) or value is None:
        return json.dumps(value)
    return f"[{', '.join(map(_shown, value))}]"
