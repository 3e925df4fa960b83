"""A passage and an envelope to be written down, with changes."""

from __future__ import annotations

from datetime import UTC, datetime

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.passages import SqlPassages
from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.graph import upstream

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def passage(digest: str, text: str, key: str = "one", **changes: object) -> Passage:
    """A passage of an episode."""
    fields: dict[str, object] = {
        "chunk_digest": digest,
        "episode_key": key,
        "index": 0,
        "text": text,
        "start": 1.5,
        "end": 61.25,
        "language": "en",
        "episode_title": "Gypsy swing",
        "show": "Blue notes",
        "published": "2026-03-01",
        "url": "https://show.example/one#t=1",
        "speakers": ("Ann",),
        "chapter": None,
        "entities": ("Django Reinhardt", "Café Society"),
    }
    return Passage.model_validate(fields | changes)


def envelope(key: str, asset: str, digest: str | None = None, **changes: object) -> Envelope:
    """An envelope as a run seals it; each asset's digest is its name."""
    fields: dict[str, object] = {
        "schema_version": 1,
        "key": key,
        "asset": asset,
        "digest": digest or asset,
        "inputs": {name: name for name in upstream(asset)},
        "code_version": "1",
        "engine": "fake",
        "run_id": "run",
        "created_at": NOW,
        "seconds": 1.5,
        "payload": {"title": "A title", "show": None, "text": "long"},
    }
    return Envelope.model_validate(fields | changes)


def have_passages(database: Database, *keys: str) -> None:
    """As a publish leaves them: each of two passages."""
    for key in keys:
        rows = [
            Passage(
                chunk_digest=f"{key}-{at}", episode_key=key, index=at, text="words", start=0, end=1, language="en",
                episode_title="A title", show=None, published=None, url="https://show.example",
            )
            for at in range(2)
        ]  # fmt: skip
        SqlPassages(database).add(key, rows)
