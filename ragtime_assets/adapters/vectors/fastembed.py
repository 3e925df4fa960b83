"""Vectors from a model of fastembed's, which the extra `fastembed` installs.

fastembed fetches a model's files when it is first used, or takes them from a folder: then nothing is fetched.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragtime_assets.adapters.vectors.shaping import clean, in_batches, unit
from ragtime_assets.errors import ConfigurationError, EngineUnavailable

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

_REMEDY = "Install it: pip install 'ragtime-assets[fastembed]', or set RAGTIME_EMBEDDER to another engine."


@dataclass(frozen=True)
class FastembedEmbedder:
    """Turns text into vectors; safe to share between threads."""

    model: str
    folder: Path | None = None
    """Where the files of the model are; None has fastembed fetch them."""
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def engine(self) -> str:
        """Name and model."""
        return f"fastembed {self.model}"

    @property
    def dimension(self) -> int:
        """What fastembed says of the model."""
        known = {str(one["model"]).lower(): int(one["dim"]) for one in _package().TextEmbedding.list_supported_models()}
        if self.model.lower() not in known:
            raise ConfigurationError(
                f"fastembed knows no model {self.model!r}",
                remedy=f"Set RAGTIME_EMBEDDER to fastembed:MODEL with one of: {', '.join(sorted(known))}.",
            )
        return known[self.model.lower()]

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row per passage."""
        return in_batches(texts, self.dimension, self._passages)

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        with self._one_at_a_time:
            return unit(next(iter(self._loaded.query_embed(clean(text)))))

    def queries(self, texts: Sequence[str]) -> Vectors:
        """One row per question."""
        import numpy as np

        return np.stack([self.query(text) for text in texts])

    def _passages(self, texts: list[str]) -> Any:
        with self._one_at_a_time:
            return list(self._loaded.passage_embed(texts))

    @cached_property
    def _loaded(self) -> Any:
        of_folder = {"specific_model_path": str(self.folder), "local_files_only": True} if self.folder else {}
        _ = self.dimension
        try:
            return _package().TextEmbedding(self.model, **of_folder)
        except Exception as error:  # of onnxruntime, of the model hub, of the file system
            raise EngineUnavailable(
                f"fastembed cannot load {self.model}: {type(error).__name__}: {error}",
                remedy="Set RAGTIME_EMBEDDER=fastembed:MODEL@FOLDER, the model's files in FOLDER, or go online once.",
            ) from error


def _package() -> Any:
    try:
        import fastembed
    except ImportError as error:
        raise EngineUnavailable(f"fastembed cannot be imported: {error}", remedy=_REMEDY) from error
    return fastembed
