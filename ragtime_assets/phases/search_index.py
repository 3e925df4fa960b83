"""Episodes become searchable: passages in the search tables, points in the vector index.

The order makes it safe to die between any two steps: new rows, then points, then the old rows go. An episode
that was findable stays so, and a repeat ends in the same state. What belongs here: what a passage and a point
hold, and that order. What does not: SQL (`corpus/`), Qdrant (`adapters/qdrant_*.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities
from ragtime_assets.domain.artifacts.entity_links import EntityLink, EntityLinks, LinkDecision
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
    points = {key: points_of(key, inputs, blobs) for key, inputs in episodes.items()}
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


def by_engine(episodes: Mapping[str, Inputs]) -> dict[tuple[str, int], dict[str, Inputs]]:
    """These episodes by engine and dimension of their vectors: while the engine changes, there are two."""
    found: defaultdict[tuple[str, int], dict[str, Inputs]] = defaultdict(dict)
    for key, inputs in episodes.items():
        found[inputs.embeddings.engine, inputs.embeddings.dimension][key] = inputs
    return dict(found)


def passages_of(key: str, inputs: Inputs) -> tuple[Passage, ...]:
    """The rows of one episode: each chunk with what a hit shows of it."""
    details, chunks = inputs.details, inputs.chunks
    named = _named_in(inputs.entities, inputs.links)
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
            published=details.day,
            url=moment_url(details.page_url, chunk.start),
            speakers=chunk.speakers,
            chapter=chunk.chapter,
            entities=tuple(dict.fromkeys(link.canonical_name for link in named.get(chunk.index, ()))),
            entity_ids=tuple(_present(link.entity_id for link in named.get(chunk.index, ()))),
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


def points_of(key: str, inputs: Inputs, blobs: Blobs) -> Points:
    """The points of one episode: the vector of each chunk, and what it is found by."""
    named = _named_in(inputs.entities, inputs.links)
    known = {(one.type, one.name): one for one in inputs.links.decisions}
    payloads = tuple(
        {
            "episode_key": key,
            "show": inputs.details.show or "",
            "language": inputs.chunks.language,
            "published": inputs.details.day or "",
            "start": chunk.start,
            "end": chunk.end,
            "speakers": chunk.speakers,
            **_entities(named.get(chunk.index, ()), known),
        }
        for chunk in inputs.chunks.chunks
    )
    return Points(inputs.embeddings.chunk_digests, read_vectors(inputs.embeddings, blobs), payloads)


def _entities(links: Iterable[EntityLink], known: Mapping[tuple[str, str], LinkDecision]) -> dict[str, tuple[str, ...]]:
    """What a chunk's entities are found by."""
    linked = [link for link in links if link.entity_id is not None]
    decisions = [known[link.type, link.name] for link in linked if (link.type, link.name) in known]
    return {
        "entities": tuple(_present(link.entity_id for link in linked)),
        "entity_types": tuple(_present(link.type for link in linked)),
        "entity_mbids": tuple(_present(one.mbid for one in decisions)),
        "entity_qids": tuple(_present(one.qid for one in decisions)),
    }


def _present(values: Iterable[str | None]) -> dict[str, None]:
    """Each value that there is, once, in order."""
    return dict.fromkeys(value for value in values if value)


def _named_in(entities: Entities, links: EntityLinks) -> dict[int, tuple[EntityLink, ...]]:
    """By chunk, the links of what is mentioned in it, in the order in which it is said.

    The mentions say where; to look for the names again would miss each that is said in another form.
    """
    linked = {(link.type, link.name): link for link in links.links}
    named: defaultdict[int, dict[EntityLink, None]] = defaultdict(dict)
    for mention in entities.mentions:
        link = linked.get((mention.type, mention.name))
        if link is not None:
            named[mention.chunk][link] = None
    return {chunk: tuple(some) for chunk, some in named.items()}
