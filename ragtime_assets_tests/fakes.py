"""One in-memory fake per port, for tests of phases and orchestration: small, deterministic, never a mock.

A fake keeps what it was given where the test can look at it, and does as little else as its port allows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ragtime_assets import errors
from ragtime_assets.domain.answering.listed import ListedEntity, ListedEpisode
from ragtime_assets.domain.artifacts.audio_file import AudioFacts, Tier
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.entities import Candidate, Mention
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, EpisodeDetails, Source
from ragtime_assets.domain.artifacts.search_index import Passage, collection_name
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Paragraph, Segment, Transcript, Word
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.fetched import AudioLink, Document, Download, PageFacts
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.linking.choice import Choice, Question
from ragtime_assets.domain.linking.decision import Decision, Found, Name, Verdict
from ragtime_assets.domain.linking.items import Item
from ragtime_assets.domain.linking.keys import key as name_key
from ragtime_assets.domain.linking.keys import loose_keys
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.money.spending import PlannedCall, SettledCall
from ragtime_assets.domain.notices import Message
from ragtime_assets.domain.points import Filters, Hit, PointName, Points
from ragtime_assets.domain.searching.traits import Traits
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary
from ragtime_assets.ports import Account, Hints, Journal, LockTaken, Progress

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors

DIMENSION = 384
FACTS = AudioFacts(container="mp3", codec="mp3", duration=60.0, sample_rate=44_100, channels=1)


def details_of(url: str = "https://show.example/one", **changes: object) -> EpisodeDetails:
    """An episode as a decent publisher describes it, with `changes`."""
    fields: dict[str, object] = {
        "audio": (AudioCandidate(url=f"{url}.mp3", origin="enclosure"),),
        "source": Source(kind="canonical"),
    }
    plain = {"engine": "fake", "url": url, "title": "The first episode", "show": "The show", "language": "en"}
    return EpisodeDetails.model_validate(plain | fields | {"outcome": "ok", "confidence": 1.0} | changes)


def silent(_done: float, _total: float | None, _doing: str) -> None:
    """Progress that nobody watches."""


class FakeProgress(list[tuple[float, "float | None", str]]):
    """The list of what it was told."""

    def __call__(self, done: float, total: float | None, doing: str) -> None:
        self.append((done, total, doing))


class FakeFetcher:
    """A web of a few documents; an error in place of one is raised, whatever is not there is gone."""

    def __init__(self, documents: Mapping[str, Document | bytes | errors.RagtimeError] | None = None) -> None:
        self.documents = dict(documents or {})
        self.asked: list[str] = []

    def until(self, deadline: Deadline) -> FakeFetcher:
        return self

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Document:
        self.asked.append(url)
        found = self.documents.get(url, errors.SourceGone(f"404 for {url}"))
        if isinstance(found, errors.RagtimeError):
            raise found
        return found if isinstance(found, Document) else Document(url, found, "application/octet-stream")

    def download(self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None) -> Download:
        document = self.fetch(url)
        to.write_bytes(document.body)
        progress(len(document.body), len(document.body), "downloading")
        return Download(document.url, to, len(document.body), hashlib.sha256(document.body).hexdigest())


class FakeAudioFinder:
    """Knows some addresses, and may fail after them."""

    tier: Tier = "index"

    def __init__(self, tier: Tier, *links: AudioLink, failure: errors.RagtimeError | None = None) -> None:
        self.tier = tier
        self.found = links
        self.failure = failure
        self.asked = 0

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        self.asked += 1
        yield from self.found
        if self.failure:
            raise self.failure


class FakePageRenderer:
    """Shows every page as the same document, or fails."""

    def __init__(self, shows: Document | errors.RagtimeError) -> None:
        self.shows = shows
        self.asked: list[str] = []

    def render(self, url: str) -> Document:
        self.asked.append(url)
        if isinstance(self.shows, errors.RagtimeError):
            raise self.shows
        return self.shows


class FakeInvestigator:
    """Knows better than the rules, whatever they read; keeps what it was told."""

    def __init__(self, knows: EpisodeDetails) -> None:
        self.knows = knows
        self.told: list[EpisodeDetails | None] = []

    def investigate(self, url: str, read: EpisodeDetails | None, trace: Trace) -> EpisodeDetails:
        self.told.append(read)
        trace.note("fetch_url", "an article", url=url)
        return self.knows


class FakePodcastIndex:
    """Finds the same for everybody, or fails as it is told; knows its own pages by their URL."""

    name = "fake"

    def __init__(
        self,
        found: Sequence[IndexedEpisode] | errors.RagtimeError = (),
        pages: Mapping[str, IndexedEpisode] | None = None,
        name: str = "fake",
    ) -> None:
        self.found = found
        self.pages = dict(pages or {})
        self.name = name
        self.wanted: list[EpisodeDetails] = []

    def search(self, wanted: EpisodeDetails) -> list[IndexedEpisode]:
        self.wanted.append(wanted)
        if isinstance(self.found, errors.RagtimeError):
            raise self.found
        return list(self.found)

    def lookup(self, url: str) -> IndexedEpisode | None:
        return self.pages.get(url)


class FakeFeedReader:
    """Knows the items of feeds by the feed's URL."""

    def __init__(self, items: Mapping[str, Sequence[EpisodeDetails]] | None = None) -> None:
        self.items = dict(items or {})

    def item(self, feed: Document, guid: str | None = None) -> EpisodeDetails:
        items = [item for item in self.items.get(feed.url, ()) if guid in (None, item.guid)]
        if len(items) != 1:
            raise errors.NotAnEpisode(f"{feed.url} has {len(items)} items {guid or ''}")
        return items[0]

    def next_page(self, feed: Document) -> str | None:
        return None

    def matching(
        self, feed: Document, page: Document, titles: Collection[str] = (), published: datetime | None = None
    ) -> EpisodeDetails | None:
        return next((item for item in self.items.get(feed.url, ()) if item.title in titles), None)


class FakePageReader:
    """Knows what pages say by their URL."""

    def __init__(self, facts: Mapping[str, PageFacts] | None = None) -> None:
        self.facts = dict(facts or {})

    def read(self, page: Document) -> PageFacts:
        return self.facts.get(page.url, PageFacts(None))

    def text(self, page: Document) -> str:
        return page.body.decode()


class FakeAudioProbe:
    """Says the same of every file, and refuses those that begin like a web page."""

    def __init__(self, facts: AudioFacts = FACTS) -> None:
        self.facts = facts

    def probe(self, path: Path) -> AudioFacts:
        if path.read_bytes()[:1] == b"<":
            raise errors.InvalidAudio(f"{path.name} is not audio")
        return self.facts


class FakeBlobs:
    """Blobs in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, path: Path, digest: str) -> None:
        path.replace(self.folder / digest)

    def put_bytes(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        (self.folder / digest).write_bytes(content)
        return digest

    @contextmanager
    def local_copy(self, digest: str) -> Iterator[Path]:
        if not (self.folder / digest).exists():
            raise errors.ArtifactCorrupt(f"the blob {digest} is not in the store")
        yield self.folder / digest


class FakeCaptionReader:
    """One segment of four seconds per line of the document."""

    def read(self, captions: Document, media_type: str) -> tuple[Segment, ...]:
        lines = [line for line in captions.body.decode().splitlines() if line.strip()]
        if not lines:
            raise errors.InvalidCaptions(f"{captions.url} holds no captions")
        return segments_of(lines)

    def paragraphs(self, captions: Document) -> tuple[Paragraph, ...]:
        return tuple(Paragraph(text=line) for line in captions.body.decode().splitlines() if line.strip())


class FakeTranscriber:
    """Hears the same sentences in every file."""

    engine = "fake ears"
    place: str | None = None

    def __init__(self, sentences: Sequence[str] = ("Django played in Paris.",), language: str = "en") -> None:
        self.sentences = sentences
        self.language = language
        self.heard: list[Hints] = []

    def transcribe(
        self,
        audio: Path,
        facts: AudioFacts,
        hints: Hints,
        progress: Progress,
        journal: Journal | None = None,
        account: Account | None = None,
    ) -> Transcript:
        self.heard.append(hints)
        progress(facts.duration, facts.duration, "listening")
        if not self.sentences:
            raise errors.NoSpeech(f"no words in {audio.name}")
        language, segments = hints.language or self.language, segments_of(self.sentences)
        return Transcript(
            engine=self.engine, language=language, duration=facts.duration, timing_source="audio", segments=segments
        )


class FakeSpotListener:
    """Hears these words at their times, whatever the file; deaf when there are none."""

    def __init__(self, segments: Sequence[Segment] = ()) -> None:
        self.words = [word for segment in segments for word in segment.words]
        self.asked: list[tuple[Path, Sequence[float], str | None]] = []

    def words_at(
        self, audio: Path, starts: Sequence[float], seconds: float, language: str | None
    ) -> list[tuple[Word, ...]]:
        self.asked.append((audio, starts, language))
        if not self.words:
            raise errors.EngineUnavailable("no ears are installed")
        return [tuple(word for word in self.words if at <= word.start < at + seconds) for at in starts]


class FakeLanguageDetector:
    """Always of one opinion."""

    def __init__(self, language: str = "en", probability: float = 0.99) -> None:
        self.answer = (language, probability)

    def detect(self, text: str) -> tuple[str, float]:
        return self.answer


class FakeSentenceSplitter:
    """A sentence ends with its mark."""

    def split(self, text: str) -> list[str]:
        return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


class FakeSummaryWriter:
    """Writes the same of everything."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.given: list[Transcript] = []

    def write(self, transcript: Transcript) -> Summary:
        self.given.append(transcript)
        return self.summary


class FakeEntityReader:
    """Says the same of every chunk."""

    engine = "fake reader"

    def __init__(self, candidates: Sequence[Candidate] = ()) -> None:
        self.candidates = candidates

    def read(self, chunks: Chunks, vocabulary: Vocabulary) -> Iterable[Candidate]:
        return self.candidates


class FakeEmbedder:
    """Unit vectors of word hashes: texts that share words are near each other."""

    engine = f"fake {DIMENSION}"
    dimension = DIMENSION

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, DIMENSION), np.float32)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self.passages(texts)

    def query(self, text: str) -> Vectors:
        vector = np.zeros(DIMENSION, np.float32)
        for word in re.findall(r"\w+", text.casefold()) or [""]:
            vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % DIMENSION] += 1
        return vector / np.linalg.norm(vector)


class FakeTraitReader:
    """Each word is a trait."""

    def traits(self, text: str) -> Traits:
        return dict.fromkeys((hash(word.strip(".?")) for word in text.split()), 1.0)


class FakeEntityCandidates:
    """Knows the entities that it is given, each by the keys of all its names."""

    def __init__(self, *known: KnownEntity) -> None:
        self.known = list(known)
        self.verdicts: dict[Name, Verdict] = {}

    def candidates(self, key: str, wanted: Mapping[Name, Collection[str]]) -> dict[Name, Found]:
        return {name: self._found(name, types) for name, types in wanted.items()}

    def _found(self, name: Name, types: Collection[str]) -> Found:
        keys = {name_key(name.name), *loose_keys(name.name)}
        some = [one for one in self.known if one.type in types and keys & set(map(name_key, (one.name, *one.aliases)))]
        return Found(candidates=tuple(some[:10]), verdict=self.verdicts.get(name))


class FakeEntityRegistry(FakeEntityCandidates):
    """Keeps what was decided, too."""

    def __init__(self, *known: KnownEntity) -> None:
        super().__init__(*known)
        self.decided: dict[str, list[Decision]] = {}

    def commit(self, key: str, mentions: Iterable[Mention], decisions: Sequence[Decision]) -> list[Decision]:
        self.decided[key] = [one.model_copy(update={"entity": self._kept(one.entity)}) for one in decisions]
        return self.decided[key]

    def forget(self, key: str) -> None:
        self.decided.pop(key, None)

    def _kept(self, entity: KnownEntity | None) -> KnownEntity | None:
        if entity is None or entity.entity_id:
            return entity
        made = entity.model_copy(update={"entity_id": f"e{len(self.known)}"})
        self.known.append(made)
        return made


class FakeMusicDatabase:
    """Answers from what it is given, and remembers what it was asked."""

    def __init__(self, *known: KnownEntity) -> None:
        self.known = known
        self.asked: list[str] = []
        self.error: errors.RagtimeError | None = None

    def search(self, kind: str, name: str) -> tuple[KnownEntity, ...]:
        self.asked.append(name)
        if self.error:
            raise self.error
        keys = {name_key(name), *loose_keys(name)}
        return tuple(
            one for one in self.known if one.type == kind and keys & set(map(name_key, (one.name, *one.aliases)))
        )

    def look_up(self, kind: str, mbid: str) -> KnownEntity | None:
        self.asked.append(mbid)
        if self.error:
            raise self.error
        return next((one for one in self.known if (one.type, one.mbid) == (kind, mbid)), None)


class FakeLinkChooser:
    """Chooses the candidate with this MBID wherever it is offered, and none elsewhere."""

    engine = "fake chooser"

    def __init__(self, mbid: str | None = None) -> None:
        self.mbid = mbid
        self.asked: list[Question] = []

    def choose(self, questions: Sequence[Question]) -> dict[Name, Choice]:
        self.asked += questions
        return {one.name: Choice(entity=self._chosen(one)) for one in questions}

    def _chosen(self, question: Question) -> KnownEntity | None:
        return next((one for one in question.candidates if one.mbid == self.mbid), None) if self.mbid else None


class FakeVectorReader:
    """All points in a dict; nearest by cosine."""

    def __init__(self) -> None:
        self.points: dict[str, Points] = {}

    def nearest(
        self, vector: Vectors, limit: int, filters: Filters, among: Collection[PointName] | None = None
    ) -> list[Hit]:
        hits = [
            Hit(name, float(row @ vector))
            for key, points in self.points.items()
            for digest, row, payload in zip(points.chunk_digests, points.vectors, points.payloads, strict=True)
            if _fits({"episode_key": key, **payload}, filters)
            if (name := PointName(key, digest)) and (among is None or name in among)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_digest))[:limit]

    def cosines(self, names: Collection[PointName], vectors: Vectors) -> dict[PointName, tuple[float, ...]]:
        return {
            name: tuple(map(float, vectors @ row))
            for key, points in self.points.items()
            for digest, row in zip(points.chunk_digests, points.vectors, strict=True)
            if (name := PointName(key, digest)) in names
        }


class FakeVectorIndex(FakeVectorReader):
    """The same, and publishes into it."""

    engine = "fake index"
    collection = collection_name(FakeEmbedder.engine, DIMENSION)

    def __init__(self) -> None:
        super().__init__()
        self.generation = 0

    def publish(self, episodes: Mapping[str, Points]) -> str:
        self.points |= episodes
        self.generation += 1
        return str(self.generation)

    def forget(self, keys: Collection[str]) -> str:
        return self.publish({key: Points((), np.empty((0, DIMENSION), np.float32), ()) for key in keys})


def _fits(payload: Mapping[str, Any], filters: Filters) -> bool:
    """What an index does with payloads, in plain words."""
    day = payload.get("published") or ""
    wanted = {
        "episode_key": filters.episode,
        "show": filters.show,
        "language": filters.language,
        "entities": filters.entity,
        "entity_types": filters.entity_type,
        "speakers": filters.speaker,
    }
    is_in_time = not (filters.since or filters.until) or (filters.since or "0") <= day <= (filters.until or "9")
    return is_in_time and all(value in (None, *_values(payload.get(name))) for name, value in wanted.items())


def _values(value: str | float | Sequence[str] | None) -> Sequence[object]:
    return [value] if value is None or isinstance(value, str | float | int) else value


class FakePassageTable:
    """Rows by episode and chunk digest."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Passage]] = {}

    def add(self, key: str, passages: Sequence[Passage]) -> None:
        self.rows.setdefault(key, {}).update({passage.chunk_digest: passage for passage in passages})

    def keep_only(self, key: str, chunk_digests: frozenset[str]) -> None:
        self.rows[key] = {one: row for one, row in self.rows.get(key, {}).items() if one in chunk_digests}


class FakeLocks:
    """Locks that only this process sees."""

    def __init__(self) -> None:
        self.holders: dict[str, str] = {}

    @contextmanager
    def hold(self, name: str, holder: str) -> Iterator[None]:
        if name in self.holders:
            raise LockTaken(name, self.holders[name])
        self.holders[name] = holder
        try:
            yield
        finally:
            del self.holders[name]

    def is_held(self, name: str) -> bool:
        return name in self.holders

    def sweep(self) -> int:
        return 0


class FakePassageFinder:
    """Finds the passages that share a word with the query, in their order."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = passages
        self.asked: list[str] = []

    def search(self, query: str, limit: int, filters: Filters) -> list[Passage]:
        self.asked.append(query)
        words = set(query.lower().split())
        return [one for one in self.passages if words & set(one.text.lower().split())][:limit]

    def window(self, passage: Passage, around: int) -> list[Passage]:
        near = range(passage.index - around, passage.index + around + 1)
        return [one for one in self.passages if one.episode_key == passage.episode_key and one.index in near]


class FakeCorpusGuide:
    """Lists what it is given."""

    def __init__(self, episodes: Sequence[ListedEpisode] = (), entities: Sequence[ListedEntity] = ()) -> None:
        self.listed = (episodes, entities)

    def episodes(self, words: str, limit: int) -> list[ListedEpisode]:
        return [one for one in self.listed[0] if words.lower() in one.title.lower()][:limit]

    def entities(self, name: str, limit: int) -> list[ListedEntity]:
        return [one for one in self.listed[1] if name.lower() in one.name.lower()][:limit]


class FakeItemDatabase:
    """Knows these items; raises what it is told to when one of `refused` is asked for, or always."""

    def __init__(self, *known: Item, raises: Exception | None = None, refused: Collection[str] = ()) -> None:
        self.known = {item.qid: item for item in known}
        self.raises = raises
        self.refused = refused
        self.asked: list[str] = []

    def search(self, name: str, language: str) -> tuple[str, ...]:
        self._hear(name)
        return tuple(qid for qid, item in self.known.items() if name in item.names)

    def with_mbids(self, table: str, mbids: Collection[str]) -> tuple[str, ...]:
        self._hear(*mbids)
        return tuple(qid for qid, item in self.known.items() if not set(mbids).isdisjoint(item.mbids))

    def items(self, qids: Iterable[str]) -> dict[str, Item]:
        return {qid: self.known[qid] for qid in qids if qid in self.known}

    def _hear(self, *what: str) -> None:
        self.asked += what
        if self.raises and (not self.refused or not set(what).isdisjoint(self.refused)):
            raise self.raises


class FakeServiceTurns:
    """Gives every turn at once, and remembers who took one and who is to be left alone."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.held_off: list[tuple[str, float]] = []

    def take(self, service: str, seconds: float, deadline: Deadline) -> None:
        if deadline.left() <= 0:
            raise errors.TimedOut(f"{service} was not asked")
        self.taken.append(service)

    def hold_off(self, service: str, seconds: float) -> None:
        self.held_off.append((service, seconds))


class FakeJournal:
    """Keeps answers, and remembers which of them were rejected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, int], str] = {}
        self.rejected: list[str] = []

    def find(self, unit: str, request: str, nth: int = 0) -> str | None:
        return self.kept.get((unit, request, nth))

    def keep(self, unit: str, request: str, answer: str, nth: int = 0) -> None:
        self.kept[unit, request, nth] = answer

    def reject(self, unit: str, request: str, nth: int = 0) -> None:
        del self.kept[unit, request, nth]
        self.rejected.append(unit)


class FakeNotifier:
    """Keeps what it is to tell, or does not answer."""

    def __init__(self, raises: Exception | None = None) -> None:
        self.messages: list[Message] = []
        self.raises = raises

    def tell(self, message: Message) -> None:
        if self.raises is not None:
            raise self.raises
        self.messages.append(message)


class FakeLedger:
    """Remembers calls and what came of them."""

    def __init__(self) -> None:
        self.opened: list[PlannedCall] = []
        self.settled: dict[int, SettledCall] = {}
        self.rejected: list[int] = []

    def open(self, call: PlannedCall) -> int:
        self.opened.append(call)
        return len(self.opened)

    def settle(self, number: int, settled: SettledCall) -> None:
        self.settled[number] = settled

    def reject(self, number: int) -> None:
        self.rejected.append(number)


def segments_of(sentences: Sequence[str]) -> tuple[Segment, ...]:
    """A segment of four seconds per sentence, its words spread evenly."""
    return tuple(
        Segment(start=at * 4.0, end=at * 4.0 + 4.0, text=text, words=_words(text, at * 4.0))
        for at, text in enumerate(sentences)
    )


def _words(text: str, start: float) -> tuple[Word, ...]:
    words = text.split()
    step = 4.0 / max(len(words), 1)
    return tuple(Word(start=start + i * step, end=start + (i + 1) * step, text=word) for i, word in enumerate(words))
