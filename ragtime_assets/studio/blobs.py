"""Which blobs the artifacts name: audio, vectors, and the screenshots of what was tried."""

from __future__ import annotations

from ragtime_assets.adapters.storage.artifact_store import DIGEST
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.episode.trace import TRACE_SUFFIX

_NAMING = (AudioFile.asset, Embeddings.asset)


def names_blobs(file: str) -> bool:
    """Whether a file of the store, by its name there, may name blobs."""
    asset, name = file.split("/")[1:]
    return name.endswith(f".{TRACE_SUFFIX}") or (asset in _NAMING and name.count(".") == 1)


def is_of_audio(file: str) -> bool:
    """Whether what it names is the audio of its episode."""
    return file.split("/")[1] == AudioFile.asset and file.count(".") == 1


def named_in(content: bytes) -> frozenset[str]:
    """Everything in it that may be the digest of a blob: a file that is torn, or of a newer version, keeps its own."""
    return frozenset(DIGEST.findall(content.decode("utf-8", "replace")))


def key_of(file: str) -> str:
    """The episode that a file of the store is of: no key has a dot."""
    return file.rpartition("/")[2].partition(".")[0]
