"""A real embedder that computes each text once in a process: the same few episodes go through most graph runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ragtime_assets.ports import Embedder

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

_rows: dict[tuple[str, str, str], Vectors] = {}


class RememberingEmbedder:
    """What stands behind it is asked only for what is new."""

    def __init__(self, asked: Embedder) -> None:
        """Ask `asked`."""
        self.engine = asked.engine
        self.dimension = asked.dimension
        self._asked = asked

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._remembered("passage", texts, self._asked.passages)

    def query(self, text: str) -> Vectors:
        return self.queries([text])[0]

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._remembered("query", texts, self._asked.queries)

    def _remembered(self, kind: str, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if (self.engine, kind, text) not in _rows]
        if new:
            _rows.update(zip([(self.engine, kind, text) for text in new], embed(new), strict=True))
        rows = [_rows[self.engine, kind, text] for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), dtype=np.float32)
