"""Chunks become vectors, one file per episode.

What belongs here: making that file and reading it back, checked. What does not: engines (`adapters/`), and
publishing the vectors (`phases/search_index.py`).
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.errors import ArtifactCorrupt, OutputInvalid
from ragtime_assets.ports import Blobs, Embedder

if TYPE_CHECKING:
    from pathlib import Path

    from ragtime_assets.domain.points import Vectors

_REMEDY = "ragtime redo KEY --from embeddings"


def make_embeddings(chunks: Chunks, embedder: Embedder, blobs: Blobs) -> Embeddings:
    """One vector per chunk, kept as a blob; the same vectors always make the same blob."""
    vectors = _checked(embedder.passages([chunk.text for chunk in chunks.chunks]), len(chunks.chunks), embedder.engine)
    return Embeddings(
        engine=embedder.engine,
        dimension=vectors.shape[1],
        chunk_digests=tuple(chunk.digest for chunk in chunks.chunks),
        vectors=blobs.put_bytes(_npy(vectors)),
    )


def read_vectors(embeddings: Embeddings, blobs: Blobs) -> Vectors:
    """The vectors, in the order of `embeddings.chunk_digests`."""
    try:
        with blobs.local_copy(embeddings.vectors) as path:
            vectors = _from_npy(path, embeddings.vectors)
    except ArtifactCorrupt as error:
        raise ArtifactCorrupt(f"the vectors cannot be read: {error.message}", remedy=_REMEDY) from error
    expected = (len(embeddings.chunk_digests), embeddings.dimension)
    if vectors.shape != expected:
        raise ArtifactCorrupt(
            f"the vectors in blob {embeddings.vectors} have the shape {vectors.shape}, not {expected}", remedy=_REMEDY
        )
    return vectors


def _checked(vectors: Vectors, chunks: int, engine: str) -> Vectors:
    import numpy as np

    if vectors.ndim != 2 or len(vectors) != chunks:
        raise OutputInvalid(f"{engine} made vectors of shape {vectors.shape} for {chunks} chunks")
    if not np.isfinite(vectors).all():
        raise OutputInvalid(f"{engine} made vectors that are not numbers")
    return vectors.astype("<f4")


def _npy(vectors: Vectors) -> bytes:
    import numpy as np

    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(vectors), version=(1, 0), allow_pickle=False)
    return file.getvalue()


def _from_npy(path: Path, digest: str) -> Vectors:
    import numpy as np

    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ArtifactCorrupt(f"blob {digest} is not what its digest says")
    try:
        vectors = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ArtifactCorrupt(f"blob {digest} is no matrix of vectors: {error}") from error
    return np.asarray(vectors, dtype=np.float32)
