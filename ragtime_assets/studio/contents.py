"""What there is of an episode, read from its artifacts: for commands, exports and other faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from ragtime_assets.domain.artifact import Artifact
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.graph import PHASES, upstream
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.errors import InputMissing

if TYPE_CHECKING:
    from ragtime_assets.adapters.storage.artifact_store import Shortens
    from ragtime_assets.studio.kept import Kept

A = TypeVar("A", bound=Artifact)

RENDERED = (EpisodeDetails, Transcript, AudioFile, Summary, Chunks, Entities, EntityLinks)
"""The artifacts of which `Contents` is made."""


def contents_of(kept: Kept, key: str) -> Contents:
    """All that can be rendered of an episode; raises InputMissing before it was listened to."""
    return Contents(
        key=key,
        details=needed(kept, key, EpisodeDetails),
        transcript=needed(kept, key, Transcript),
        audio=found(kept, key, AudioFile),
        summary=found(kept, key, Summary),
        chunks=found(kept, key, Chunks),
        entities=found(kept, key, Entities),
        links=found(kept, key, EntityLinks),
    )


@dataclass(frozen=True)
class ToRead:
    """An episode opened for a page: without its chunks, and the words of its transcript not read yet."""

    contents: Contents
    words: Sequence[Sequence[Mapping[str, Any]]]
    """Of each segment, as they are kept."""


WordsAsKept = Sequence[Sequence[Mapping[str, Any]]]
"""By segment, the words as the artifact has them."""


def to_read(kept: Kept, key: str) -> ToRead:
    """As `contents_of`, in a fraction of the time: most of a transcript is words, and a page shows those of a part."""
    transcript, words = transcript_to_read(kept, key)
    contents = Contents(
        key=key,
        details=needed(kept, key, EpisodeDetails),
        transcript=transcript,
        audio=found(kept, key, AudioFile),
        summary=found(kept, key, Summary),
        entities=found(kept, key, Entities),
        links=found(kept, key, EntityLinks),
    )
    return ToRead(contents, words)


def transcript_to_read(kept: Kept, key: str) -> tuple[Transcript, WordsAsKept]:
    """The transcript without its words, and they as they are kept: to check each takes longer than all the rest."""
    words: list[Sequence[Mapping[str, Any]]] = []

    def without_words(payload: dict[str, Any]) -> dict[str, Any]:
        words.extend(one.get("words", ()) for one in payload["segments"])
        return {**payload, "segments": [{**one, "words": ()} for one in payload["segments"]]}

    return needed(kept, key, Transcript, without_words), words


def found(kept: Kept, key: str, kind: type[A], shortened: Shortens | None = None) -> A | None:
    """The artifact; None where it was not made yet."""
    from ragtime_assets.adapters.storage.artifact_store import opened

    envelope = kept.store.envelope(kind.asset, key)
    return None if envelope is None else opened(kind, envelope, shortened)


def needed(kept: Kept, key: str, kind: type[A], shortened: Shortens | None = None) -> A:
    """The artifact; where it was not made yet, an error that names the first phase that is missing."""
    artifact = found(kept, key, kind, shortened)
    if artifact is not None:
        return artifact
    first = _first_missing(kept, key, kind.asset)
    before = "" if first == kind.asset else f", nor is {first}, which comes before it"
    raise InputMissing(
        f"{kind.asset} of {key} is not there yet{before}",
        remedy=f"`ragtime status {key}` tells where the episode stands; `ragtime retry {key}` makes what is missing.",
        phase=first,
    )


def _first_missing(kept: Kept, key: str, asset: str) -> str:
    above, waiting = {asset}, [asset]
    while waiting:
        new = set(upstream(waiting.pop())) - above
        above |= new
        waiting += new
    return next(one for one in PHASES if one in above and not kept.store.holds(one, key))
