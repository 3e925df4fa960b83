"""What every engine that embeds has in common: text that it can take, in batches, and vectors of length one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

BATCH = 64


def clean(text: str) -> str:
    """`text` as any engine can take it: some end at a NUL, and half a surrogate pair is no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def in_batches(texts: Sequence[str], dimension: int, embed: Callable[[list[str]], Any]) -> Vectors:
    """One row of length one per text."""
    import numpy as np

    rows = np.empty((len(texts), dimension), dtype=np.float32)
    for first in range(0, len(texts), BATCH):
        rows[first : first + BATCH] = embed([clean(text) for text in texts[first : first + BATCH]])
    return unit(rows)


def unit(vectors: Any) -> Vectors:
    """These vectors with the length one."""
    import numpy as np

    rows = np.asarray(vectors, dtype=np.float32)
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return (rows / np.maximum(length, np.finfo(np.float32).tiny)).astype(np.float32)
