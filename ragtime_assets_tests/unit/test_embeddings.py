"""Chunks to vectors and back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.errors import ArtifactCorrupt, OutputInvalid
from ragtime_assets.phases.embeddings import make_embeddings, read_vectors
from ragtime_assets_tests.fakes import FakeBlobs

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors


class LetterEmbedder:
    """The first letters of a text as numbers."""

    engine = "letters 1"
    dimension = 4

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[ord(letter) for letter in text[:4]] for text in texts], dtype=np.float32).reshape(-1, 4)

    def query(self, text: str) -> Vectors:
        return self.passages([text])[0]

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self.passages(texts)


class FixedEmbedder(LetterEmbedder):
    """Always the same answer."""

    def __init__(self, answer: Vectors) -> None:
        self.answer = answer

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self.answer


def chunks(*texts: str) -> Chunks:
    return Chunks(
        engine="test",
        language="en",
        chunks=tuple(
            Chunk(
                index=place,
                digest=f"digest-{text}",
                text=text,
                start=place * 10,
                end=place * 10 + 9,
                first_segment=place,
                last_segment=place,
                words=1,
            )
            for place, text in enumerate(texts)
        ),
    )


@pytest.fixture
def blobs(tmp_path: Path) -> FakeBlobs:
    return FakeBlobs(tmp_path)


def test_vectors_come_back_in_the_order_of_the_chunks(blobs: FakeBlobs) -> None:
    embeddings = make_embeddings(chunks("jazz", "song"), LetterEmbedder(), blobs)
    assert embeddings.engine == "letters 1"
    assert embeddings.dimension == 4
    assert embeddings.chunk_digests == ("digest-jazz", "digest-song")
    vectors = read_vectors(embeddings, blobs)
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [[ord(letter) for letter in word] for word in ("jazz", "song")]


def test_the_same_vectors_make_the_same_blob(blobs: FakeBlobs) -> None:
    once = make_embeddings(chunks("jazz", "song"), LetterEmbedder(), blobs)
    row_by_column = np.asfortranarray(LetterEmbedder().passages(["jazz", "song"])).astype(np.float64)
    again = make_embeddings(chunks("jazz", "song"), FixedEmbedder(row_by_column), blobs)
    assert once == again
    assert once.digest() == again.digest()


def test_vectors_that_were_kept_more_finely_are_read_as_all_others(blobs: FakeBlobs) -> None:
    content = io.BytesIO()
    np.save(content, np.ones((1, 4), dtype=np.float64))
    kept = make_embeddings(chunks("jazz"), LetterEmbedder(), blobs)
    fine = kept.model_copy(update={"vectors": blobs.put_bytes(content.getvalue())})
    assert read_vectors(fine, blobs).dtype == np.float32


def test_no_chunks_make_an_empty_matrix(blobs: FakeBlobs) -> None:
    assert read_vectors(make_embeddings(chunks(), LetterEmbedder(), blobs), blobs).shape == (0, 4)


@pytest.mark.parametrize(
    "answer",
    [
        np.ones((1, 4), dtype=np.float32),
        np.ones(4, dtype=np.float32),
        np.full((2, 4), np.nan, dtype=np.float32),
    ],
    ids=["a row too few", "no rows", "not numbers"],
)
def test_an_engine_that_answers_nonsense_fails_the_phase(blobs: FakeBlobs, answer: Vectors) -> None:
    with pytest.raises(OutputInvalid, match="letters 1"):
        make_embeddings(chunks("jazz", "song"), FixedEmbedder(answer), blobs)


def test_a_blob_that_changed_is_corrupt(blobs: FakeBlobs) -> None:
    embeddings = make_embeddings(chunks("jazz"), LetterEmbedder(), blobs)
    path = blobs.folder / embeddings.vectors
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(ArtifactCorrupt, match="not what its digest says") as corrupt:
        read_vectors(embeddings, blobs)
    assert corrupt.value.remedy == "ragtime redo KEY --from embeddings"


def test_a_blob_that_is_no_matrix_is_corrupt(blobs: FakeBlobs) -> None:
    embeddings = make_embeddings(chunks("jazz"), LetterEmbedder(), blobs)
    for content in (b"no numbers", b""):
        with pytest.raises(ArtifactCorrupt, match="no matrix"):
            read_vectors(embeddings.model_copy(update={"vectors": blobs.put_bytes(content)}), blobs)


def test_a_matrix_of_another_shape_is_corrupt(blobs: FakeBlobs) -> None:
    embeddings = make_embeddings(chunks("jazz", "song"), LetterEmbedder(), blobs)
    for change in ({"dimension": 5}, {"chunk_digests": ("digest-jazz",)}):
        with pytest.raises(ArtifactCorrupt, match="shape"):
            read_vectors(embeddings.model_copy(update=change), blobs)
