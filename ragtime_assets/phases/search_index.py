"""Episodes become searchable: passages in the search tables, points in the vector index.

The order makes it safe to die between any two steps: new rows, then points, then the old rows go. An episode
that was findable stays so, and a repeat ends in the same state. What belongs here: what a passage and a point
hold, and that order. What does not: SQL (`corpus/`), Qdrant (`adapters/qdrant_*.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLinks
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.search_index import Passage, SearchIndex, collection_name
from ragtime_assets.domain.points import Points
from ragtime_assets.domain.text.links import moment_url
from ragtime_assets.errors import InputMissing
from ragtime_assets.phases.embeddings import read_vectors
from ragtime_assets.ports import Blobs, PassageTable, VectorIndex


@dataclass(frozen=True)
class Inputs:
    """What one episode is made searchable from."""

    details: EpisodeDetails
    chunks: Chunks
    entities: Entities
    links: EntityLinks
    embeddings: Embeddings


def make_search_index(
    episodes: Mapping[str, Inputs], index: VectorIndex, table: PassageTable, blobs: Blobs
) -> dict[str, SearchIndex]:
    """Publish these episodes together, as one generation; nothing is written if one of them cannot be."""
    for key, inputs in episodes.items():
        check_inputs(key, inputs, index)
    passages = {key: passages_of(key, inputs) for key, inputs in episodes.items()}
    points = {key: _points(key, inputs, blobs) for key, inputs in episodes.items()}
    for key, rows in passages.items():
        table.add(key, rows)
    generation = index.publish(points)
    for key, rows in passages.items():
        table.keep_only(key, frozenset(passage.chunk_digest for passage in rows))
    return {
        key: SearchIndex(
            engine=index.engine,
            collection=index.collection,
            generation=generation,
            points=len(points[key].chunk_digests),
            passages=len(passages[key]),
        )
        for key in episodes
    }


def passages_of(key: str, inputs: Inputs) -> tuple[Passage, ...]:
    """The rows of one episode: each chunk with what a hit shows of it."""
    details, chunks = inputs.details, inputs.chunks
    named = _named(inputs.entities, inputs.links)
    return tuple(
        Passage(
            chunk_digest=chunk.digest,
            episode_key=key,
            index=chunk.index,
            text=chunk.text,
            start=chunk.start,
            end=chunk.end,
            language=chunks.language,
            episode_title=details.title,
            show=details.show,
            published=_date(details),
            url=moment_url(details.page_url, chunk.start),
            speakers=chunk.speakers,
            chapter=chunk.chapter,
            entities=named.get(chunk.index, ()),
        )
        for chunk in chunks.chunks
    )


def check_inputs(key: str, inputs: Inputs, index: VectorIndex) -> None:
    """Refuse vectors of other chunks or of another engine: they would answer other questions than those asked."""
    embeddings = inputs.embeddings
    if embeddings.chunk_digests != tuple(chunk.digest for chunk in inputs.chunks.chunks):
        raise InputMissing(
            f"the embeddings of {key} were made from other chunks than it has now",
            remedy=f"ragtime redo {key} --from embeddings",
        )
    if collection_name(embeddings.engine, embeddings.dimension) != index.collection:
        raise InputMissing(
            f"the embeddings of {key} were made with {embeddings.engine}; the index in use is {index.collection}",
            remedy=f"ragtime redo {key} --from embeddings, or set RAGTIME_EMBEDDER to the engine of before.",
        )


def _points(key: str, inputs: Inputs, blobs: Blobs) -> Points:
    payload = {
        "episode_key": key,
        "show": inputs.details.show or "",
        "language": inputs.chunks.language,
        "published": _date(inputs.details) or "",
    }
    digests = inputs.embeddings.chunk_digests
    return Points(digests, read_vectors(inputs.embeddings, blobs), (payload,) * len(digests))


def _date(details: EpisodeDetails) -> str | None:
    """The day of publication where it was published, as 2024-05-31."""
    return details.published.date().isoformat() if details.published else None


def _named(entities: Entities, links: EntityLinks) -> dict[int, tuple[str, ...]]:
    """By chunk, the canonical names of what is mentioned in it, in the order in which it is said.

    The mentions say where; to look for the names again would miss each that is said in another form.
    """
    canonical = {(link.type, link.name): link.canonical_name for link in links.links}
    named: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for mention in entities.mentions:
        name = canonical.get((mention.type, mention.name))
        if name is not None:
            named[mention.chunk][name] = None
    return {chunk: tuple(names) for chunk, names in named.items()}
