"""The vector index on a Qdrant server, through qdrant-client.

An episode's new points are written before its old ones go, so it is findable at every instant. What belongs
here: requests and the mapping of their errors. What does not: what a point looks like (`points.py`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING

from ragtime_assets.adapters.vectors.points import (
    CHUNK,
    DAY,
    EPISODE,
    LATER,
    NUMBERS,
    SPARE,
    START,
    WORDS,
    Narrowing,
    best,
    check_query,
    check_shapes,
    narrowing,
    point_id,
    rows,
    side_by_side,
)
from ragtime_assets.domain.artifacts.search_index import collection_name
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.masking import masked
from ragtime_assets.domain.points import Filters, Hit, PointName, Points
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import ConfigurationError, PermanentError, StoreUnavailable

if TYPE_CHECKING:
    from qdrant_client import QdrantClient
    from qdrant_client.models import CollectionConfig, Condition, Filter

    from ragtime_assets.domain.points import Vectors

_BATCH = 256
_SECONDS = 30
_LONGEST = 300
ENGINE = "ragtime_engine"
"""What the metadata of a collection call its engine, on servers that keep any."""
NEEDED = (1, 10)
"""The version of Qdrant that brought the way in which we search."""
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


class ServerVectorIndex:
    """Nearest chunks by vector, on a server that any number of machines share."""

    def __init__(
        self,
        url: str,
        engine: str,
        dimension: int,
        *,
        api_key: str | None = None,
        collection: str | None = None,
        seconds: int = _SECONDS,
        client: QdrantClient | None = None,
    ) -> None:
        """Keep the points of one engine on the server at `url`, or wherever `client` leads; nothing is sent yet."""
        self._url = url
        self._shown_url = masked(url)
        self._api_key = api_key
        self._collection = collection or collection_name(engine, dimension)
        self._engine = engine
        self._dimension = dimension
        self._seconds = seconds
        self._client_is_ours = client is None
        self._client = client
        self._is_there = False
        self._is_prepared = False
        self._connecting = threading.Lock()

    @property
    def engine(self) -> str:
        """What kind of index it is."""
        return "qdrant server"

    @property
    def collection(self) -> str:
        """The collection of this engine and dimension."""
        return self._collection

    def publish(self, episodes: Mapping[str, Points]) -> str:
        """Replace the points of these episodes; a server has no generations, so it names the collection."""
        from qdrant_client import models

        check_shapes(episodes, self._dimension)
        with self._told("publish"):
            points = [
                models.PointStruct(id=row.id, vector=row.vector.tolist(), payload=dict(row.payload))
                for key, points in episodes.items()
                for row in rows(key, points)
            ]
            client = self._prepared()
            for first in range(0, len(points), _BATCH):
                client.upsert(self._collection, points[first : first + _BATCH], wait=True)
            for key, kept in episodes.items():
                old = _but([key], [point_id(key, digest) for digest in kept.chunk_digests])
                client.delete(self._collection, models.FilterSelector(filter=old), wait=True)
        return self._collection

    def nearest(
        self, vector: Vectors, limit: int, filters: Filters, among: Collection[PointName] | None = None
    ) -> list[Hit]:
        """The closest chunks, best first."""
        check_query(vector, self._dimension)
        with self._told("search"):
            client = self._connected()
            if not self._there(client):
                return []
            response = client.query_points(
                self._collection,
                query=vector.tolist(),
                query_filter=_filter(narrowing(filters, among)),
                limit=limit + SPARE,
                with_payload=[EPISODE, CHUNK],
            )
        named = ((PointName(p.payload[EPISODE], p.payload[CHUNK]), p.score) for p in response.points if p.payload)
        return best((Hit(name, score) for name, score in named), limit)

    def cosines(self, names: Collection[PointName], vectors: Vectors) -> dict[PointName, tuple[float, ...]]:
        """How near these chunks are to each of these vectors."""
        from qdrant_client import models

        for vector in vectors:
            check_query(vector, self._dimension)
        wanted = {point_id(*name): name for name in names}
        with self._told("search"):
            client = self._connected()
            if not wanted or not self._there(client):
                return {}
            among = models.Filter(must=[models.HasIdCondition(has_id=list(wanted))])
            requests = [
                models.QueryRequest(query=vector.tolist(), filter=among, limit=len(wanted)) for vector in vectors
            ]
            found = client.query_batch_points(self._collection, requests)
        told = side_by_side({str(point.id): point.score for point in one.points} for one in found)
        return {wanted[one]: cosines for one, cosines in told.items()}

    def forget(self, keys: Collection[str]) -> str:
        """Remove these episodes."""
        from qdrant_client import models

        with self._told("forget"):
            theirs = models.FilterSelector(filter=_but(sorted(keys), []))
            self._prepared().delete(self._collection, theirs, wait=True)
        return self._collection

    def size(self) -> str:
        """How many points it has."""
        with self._told("look"):
            client = self._connected()
            points = client.count(self._collection, exact=False).count if self._there(client) else 0
        return plural(points, "point")

    def drop(self) -> None:
        """Remove the collection."""
        with self._told("remove what is"):
            self._connected().delete_collection(self._collection)
        self._is_there = self._is_prepared = False

    def close(self) -> None:
        """Close the connection, unless it was handed in."""
        with self._connecting:
            if self._client is not None and self._client_is_ours:
                self._client.close()
                self._client = None

    def _connected(self) -> QdrantClient:
        from qdrant_client import QdrantClient

        with self._connecting:
            if self._client is None:
                self._client = QdrantClient(
                    url=self._url, api_key=self._api_key, timeout=self._seconds, check_compatibility=False
                )
            return self._client

    def _there(self, client: QdrantClient) -> bool:
        """Whether the collection is there; asked until it is."""
        if not self._is_there and client.collection_exists(self._collection):
            self._check_fit(client.get_collection(self._collection).config)
            self._is_there = True
        return self._is_there

    def _check_fit(self, config: CollectionConfig) -> None:
        """Refuse a collection of this name that holds other vectors."""
        vectors = config.params.vectors
        dimension = getattr(vectors, "size", "several")
        engine = (config.metadata or {}).get(ENGINE, self._engine)
        if (dimension, engine) != (self._dimension, self._engine):
            raise ConfigurationError(
                f"the collection {self._collection} at {self._shown_url} holds vectors of {engine} with {dimension} "
                f"dimensions; {self._engine} makes vectors of {self._dimension}",
                remedy="Set RAGTIME_QDRANT_URL to a server of this corpus alone, or remove that collection if nobody "
                "needs it; then `ragtime reindex --vectors` fills one anew.",
            )

    def _prepared(self) -> QdrantClient:
        """The client, after making what is missing of the collection and its field indexes, once."""
        from qdrant_client import models

        client = self._connected()
        if not self._is_prepared:
            if not self._there(client):
                self._create(client)
            kinds = models.PayloadSchemaType
            indexed = [*((name, kinds.KEYWORD) for name in WORDS), *((name, kinds.FLOAT) for name in NUMBERS)]
            for name, kind in (*indexed, (DAY, kinds.DATETIME)):
                client.create_payload_index(self._collection, name, kind, wait=True)
            self._is_prepared = True
        return client

    def _create(self, client: QdrantClient) -> None:
        from qdrant_client import models
        from qdrant_client.http.exceptions import UnexpectedResponse

        vectors = models.VectorParams(size=self._dimension, distance=models.Distance.COSINE)
        try:
            client.create_collection(self._collection, vectors_config=vectors, metadata={ENGINE: self._engine})
        except UnexpectedResponse as error:
            if error.status_code != 409:  # another process was faster
                raise

    def _version(self) -> str | None:
        """What the server says that it is; None when it does not."""
        from qdrant_client.http.exceptions import ApiException

        with suppress(ApiException, ValueError, OSError):  # the error that made us ask is the one to tell
            return self._connected().info().version
        return None

    def _told(self, doing: str) -> AbstractContextManager[None]:
        """Says in our errors what the server or the way to it did."""
        return _errors_named(f"{doing} in {self._collection} at {self._shown_url}", self._version)


def check_server(url: str, api_key: str | None = None, seconds: int = _SECONDS) -> str:
    """The version of the server there, once it is seen that it lets us in and that we can speak to it."""
    from importlib.metadata import version

    from qdrant_client import QdrantClient

    tried, found = f"look at the server of RAGTIME_QDRANT_URL, {masked(url)}", ""
    client = QdrantClient(url=url, api_key=api_key, timeout=seconds, check_compatibility=False)
    try:
        with _errors_named(tried, lambda: found):
            found = client.info().version
            ours = version("qdrant-client")
            if not NEEDED <= _numbers(found) < (_numbers(ours)[0] + 1,):
                raise ConfigurationError(
                    f"{tried}: it is Qdrant {found}, and qdrant-client {ours} is what is installed here",
                    remedy=f"Run a Qdrant from {NEEDED[0]}.{NEEDED[1]} on, of that client's first number; "
                    "best is one within a minor version of it.",
                )
            client.get_collections()
    finally:
        client.close()
    return found


@contextmanager
def _errors_named(tried: str, version: Callable[[], str | None]) -> Iterator[None]:
    """What the client raises, as errors of ours."""
    from qdrant_client.common.client_exceptions import QdrantException
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

    try:
        yield
    except UnexpectedResponse as error:
        raise _refused(tried, error.status_code, one_line(str(error), _LONGEST), version()) from error
    except (ResponseHandlingException, QdrantException, ValueError, OSError) as error:
        reason = error.source if isinstance(error, ResponseHandlingException) else error
        raise _unanswered(tried, reason) from error


def _numbers(version: str | None) -> tuple[int, ...]:
    """The two numbers of a version that say what it can do."""
    return tuple(map(int, re.findall(r"\d+", version or "")[:2]))


def _unanswered(tried: str, reason: Exception) -> StoreUnavailable | PermanentError:
    """What it means that no answer of Qdrant's came."""
    if isinstance(reason, ValueError):
        return PermanentError(
            f"{tried}: what answers is no Qdrant server: {one_line(str(reason), _LONGEST)}",
            remedy="Check that RAGTIME_QDRANT_URL names a Qdrant server, then `ragtime retry KEY`.",
        )
    return StoreUnavailable(
        f"{tried}: the Qdrant server does not answer: {reason}",
        remedy="Start the server that RAGTIME_QDRANT_URL names, then `ragtime retry KEY`.",
    )


def _refused(
    tried: str, status: int | None, answer: str, version: str | None
) -> ConfigurationError | StoreUnavailable | PermanentError:
    numbers = _numbers(version)
    if numbers and numbers < NEEDED:
        return ConfigurationError(
            f"{tried}: the server is Qdrant {version}: {answer}",
            remedy=f"Upgrade it to {NEEDED[0]}.{NEEDED[1]} or later; RAGTIME_QDRANT_URL names it.",
        )
    if status in (401, 403):
        return ConfigurationError(
            f"{tried}: the Qdrant server refuses the key ({status})",
            remedy="Set RAGTIME_QDRANT_API_KEY to a key that may read and write this collection.",
        )
    if status in _BUSY:
        return StoreUnavailable(f"{tried}: {answer}")
    return PermanentError(
        f"{tried}: {f'Qdrant {version}' if version else 'the server'} answers: {answer}",
        remedy="Check that RAGTIME_QDRANT_URL names a Qdrant server, then `ragtime retry KEY`.",
    )


def _but(keys: list[str], ids: list[str]) -> Filter:
    """All points of these episodes, but those with these ids."""
    from qdrant_client import models

    return models.Filter(
        must=[models.FieldCondition(key=EPISODE, match=models.MatchAny(any=keys))],
        must_not=[models.HasIdCondition(has_id=list(ids))] if ids else None,
    )


def _filter(narrowed: Narrowing) -> Filter | None:
    from qdrant_client import models

    conditions: list[Condition] = []
    for name, value in narrowed.equal.items():
        fits = models.FieldCondition(key=name, match=models.MatchValue(value=value))
        lacks = models.IsEmptyCondition(is_empty=models.PayloadField(key=START))
        conditions.append(models.Filter(should=[fits, lacks]) if name in LATER else fits)
    if narrowed.is_by_day:
        days = models.DatetimeRange.model_validate({"gte": narrowed.since, "lte": narrowed.until})
        conditions.append(models.FieldCondition(key=DAY, range=days))
    if narrowed.names is not None:
        conditions.append(models.HasIdCondition(has_id=sorted(narrowed.names)))
    return models.Filter(must=conditions) if conditions else None
