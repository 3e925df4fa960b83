"""What the phases need from outside, each as small as it can be.

A port is named for its role and speaks domain types. Adapters and the corpus implement them; tests use the
in-memory fakes in `ragtime_assets_tests/fakes.py`. Whatever an implementation raises is in `errors.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ragtime_assets.domain.answering.listed import ListedEntity, ListedEpisode
from ragtime_assets.domain.artifacts.audio_file import AudioFacts, Tier
from ragtime_assets.domain.artifacts.chunks import Chunks
from ragtime_assets.domain.artifacts.entities import Candidate, Mention
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.artifacts.summary import Summary
from ragtime_assets.domain.artifacts.transcript import Paragraph, Segment, Transcript, Word
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.fetched import AudioLink, Document, Download, PageFacts
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.linking.choice import Choice, Question
from ragtime_assets.domain.linking.decision import Decision, Found, Name
from ragtime_assets.domain.linking.items import Item
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.money.spending import Payer, PlannedCall, SettledCall
from ragtime_assets.domain.notices import Message
from ragtime_assets.domain.points import Filters, Hit, PointName, Points
from ragtime_assets.domain.vocabulary.vocabulary import Vocabulary

if TYPE_CHECKING:
    from ragtime_assets.domain.points import Vectors


@dataclass(frozen=True)
class Hints:
    """What is known about the speech before it is heard."""

    language: str | None = None
    names: tuple[str, ...] = ()


class Progress(Protocol):
    """Hears how far a long step is; shows it to people at most every 5 % or 5 seconds."""

    def __call__(self, done: float, total: float | None, doing: str) -> None:
        """`done` of `total` (None when nobody knows) of what `doing` says."""
        ...


class Fetcher(Protocol):
    """The web, through the one guarded HTTP module."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Document:
        """The document at `url`; of audio and video only the beginning. `headers` go to its own host only."""
        ...

    def download(self, url: str, to: Path, progress: Progress, headers: Mapping[str, str] | None = None) -> Download:
        """Stream the file at `url` to the path `to`."""
        ...


class AudioFinder(Protocol):
    """One tier of ways to an episode's audio."""

    @property
    def tier(self) -> Tier:
        """Which tier it is."""
        ...

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        """Addresses to try, the most likely first, each looked for only when those before it failed."""
        ...


class PodcastIndex(Protocol):
    """A public index of podcasts: Apple, fyyd, podcastindex.org."""

    @property
    def name(self) -> str:
        """What it is called in settings and traces."""
        ...

    def search(self, wanted: EpisodeDetails) -> list[IndexedEpisode]:
        """Episodes that may be the wanted one; how well they fit is not the index's to say."""
        ...

    def lookup(self, url: str) -> IndexedEpisode | None:
        """The episode of one of the index's own pages; None when `url` is none."""
        ...


class Journal(Protocol):
    """Finished work of one phase of one episode that was paid for, in money or time: replayed after a crash.

    A `unit` is a part of the work such as a chunk's digest; `request` the digest of what was asked; `nth` tells
    apart the same request made several times for a unit.
    """

    def find(self, unit: str, request: str, nth: int = 0) -> str | None:
        """The answer that an unfinished attempt already got; None when there is none."""
        ...

    def keep(self, unit: str, request: str, answer: str, nth: int = 0) -> None:
        """Keep an answer before it is used."""
        ...

    def reject(self, unit: str, request: str, nth: int = 0) -> None:
        """Never replay this answer: it proved to be no good."""
        ...


class Ledger(Protocol):
    """The book of every call that may cost money."""

    def open(self, call: PlannedCall) -> int:
        """Write a call down before it is made; its number. Raises BudgetSpent when it must not be made."""
        ...

    def settle(self, number: int, settled: SettledCall) -> None:
        """Write down what came of a call."""
        ...

    def reject(self, number: int) -> None:
        """Note that the answer of a settled call proved to be no good."""
        ...


@dataclass(frozen=True)
class Account:
    """Who pays for the calls of a phase, and the book that they are written down in."""

    ledger: Ledger
    payer: Payer


class FeedReader(Protocol):
    """Reads RSS and Atom."""

    def item(self, feed: Document, guid: str | None = None) -> EpisodeDetails:
        """The details of the item with this guid, or of the only one; NotAnEpisode when there is none, or a choice."""
        ...

    def next_page(self, feed: Document) -> str | None:
        """Where the older items of a feed in several pages are; None on its last page."""
        ...

    def matching(
        self, feed: Document, page: Document, titles: Collection[str] = (), published: datetime | None = None
    ) -> EpisodeDetails | None:
        """The details of the item that this page, which is called by `titles` and of that day, is about."""
        ...


class PageReader(Protocol):
    """Reads episode pages: JSON-LD, OpenGraph, media elements, links to feeds."""

    def read(self, page: Document) -> PageFacts:
        """What the page says of its episode."""
        ...

    def text(self, page: Document) -> str:
        """The page for somebody who reads: JSON-LD, text and links, at most 30,000 characters."""
        ...


class PageRenderer(Protocol):
    """Shows pages as a browser does, when their scripts have run."""

    def render(self, url: str) -> Document:
        """The page at `url` as HTML."""
        ...


class Investigator(Protocol):
    """Finds out about an episode what rules cannot read: a model with tools."""

    def investigate(self, url: str, read: EpisodeDetails | None, trace: Trace) -> EpisodeDetails:
        """The details of the episode at `url`, of which the rules read `read`; raises NotAnEpisode."""
        ...


class AudioProbe(Protocol):
    """Looks into audio files."""

    def probe(self, path: Path) -> AudioFacts:
        """The facts of the file, after decoding its beginning; raises InvalidAudio."""
        ...


class Blobs(Protocol):
    """Content-addressed files."""

    def put(self, path: Path, digest: str) -> None:
        """Keep the file at `path` under its sha256 `digest`."""
        ...

    def put_bytes(self, content: bytes) -> str:
        """Keep `content`; its sha256."""
        ...

    def local_copy(self, digest: str) -> AbstractContextManager[Path]:
        """The blob as a local file while the context is open; raises ArtifactCorrupt when it is not there."""
        ...


class CaptionReader(Protocol):
    """Reads publishers' captions."""

    def read(self, captions: Document, media_type: str) -> tuple[Segment, ...]:
        """The cues as segments, speakers kept, words interpolated; raises InvalidCaptions."""
        ...

    def paragraphs(self, captions: Document) -> tuple[Paragraph, ...]:
        """The words of a text or page, whatever times it has, speakers kept; none where there are none."""
        ...


class Transcriber(Protocol):
    """Listens."""

    @property
    def engine(self) -> str:
        """Name and model, as people read them."""
        ...

    @property
    def place(self) -> str | None:
        """The place that listening takes, of which a machine has one; None when it takes none."""
        ...

    def transcribe(
        self,
        audio: Path,
        facts: AudioFacts,
        hints: Hints,
        progress: Progress,
        journal: Journal | None = None,
        account: Account | None = None,
    ) -> Transcript:
        """The speech in `audio`; raises NoSpeech. What `journal` has is not heard, or paid, again."""
        ...


class SpotListener(Protocol):
    """Listens to a few short stretches, to check what somebody else says is said there."""

    def words_at(
        self, audio: Path, starts: Sequence[float], seconds: float, language: str | None
    ) -> Sequence[Sequence[Word]]:
        """The words in the `seconds` after each start, in times of the whole file; raises EngineUnavailable."""
        ...


class LanguageDetector(Protocol):
    """Tells languages apart by text."""

    def detect(self, text: str) -> tuple[str, float]:
        """Two-letter code and probability."""
        ...


class SentenceSplitter(Protocol):
    """Cuts text into sentences."""

    def split(self, text: str) -> list[str]:
        """The sentences of `text`, in order, nothing lost but white space between them."""
        ...


class Embedder(Protocol):
    """Turns text into vectors of length one."""

    @property
    def engine(self) -> str:
        """Name and model; vectors of different engines never meet in one collection."""
        ...

    @property
    def dimension(self) -> int:
        """How long its vectors are."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row per passage."""
        ...

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        ...

    def queries(self, texts: Sequence[str]) -> Vectors:
        """One row per question."""
        ...


class EntityCandidates(Protocol):
    """Who may be meant by names."""

    def candidates(self, key: str, wanted: Mapping[Name, Collection[str]]) -> Mapping[Name, Found]:
        """What is there for each name of episode `key`, among entities of the types that the name may be of."""
        ...


class EntityRegistry(EntityCandidates, Protocol):
    """The canonical entities of the corpus."""

    def commit(self, key: str, mentions: Iterable[Mention], decisions: Sequence[Decision]) -> Sequence[Decision]:
        """Write what was decided of episode `key`, instead of what was before; entities as the registry has them."""
        ...

    def forget(self, key: str) -> None:
        """Drop what is noted of one episode; the entities stay."""
        ...


class MusicDatabase(Protocol):
    """MusicBrainz, over its web service or a database of one's own."""

    def search(self, kind: str, name: str) -> tuple[KnownEntity, ...]:
        """At most 10 entities of our type `kind` that may be called `name`; raises SourceUnavailable and the like."""
        ...

    def look_up(self, kind: str, mbid: str) -> KnownEntity | None:
        """The entity with names, life span, relations and QID; a merged MBID's is what it became; None when gone."""
        ...


class ItemDatabase(Protocol):
    """Wikidata. Where it does not answer it raises SourceUnavailable or TimedOut, where it refuses InvalidContent."""

    def search(self, name: str, language: str) -> tuple[str, ...]:
        """The ids of items that may be called `name` in this language."""
        ...

    def with_mbids(self, table: str, mbids: Collection[str]) -> tuple[str, ...]:
        """The ids of items that name one of these ids of a table of MusicBrainz."""
        ...

    def items(self, qids: Iterable[str]) -> dict[str, Item]:
        """What these items are, by the id that was asked for; those that are gone are left out."""
        ...


class ServiceTurns(Protocol):
    """Who may ask a public service when: one pace for all processes."""

    def take(self, service: str, seconds: float, deadline: Deadline) -> None:
        """Wait for a turn, of which there is one every so many `seconds`; raises TimedOut where it comes too late."""
        ...

    def hold_off(self, service: str, seconds: float) -> None:
        """Let nobody ask for so many seconds: the service wants to be left alone."""
        ...


class LinkChooser(Protocol):
    """Chooses whom names mean that rules could not tell: a model."""

    @property
    def engine(self) -> str:
        """Its name, as people read it."""
        ...

    def choose(self, questions: Sequence[Question]) -> Mapping[Name, Choice]:
        """By name, which of its candidates is meant; names that it says nothing of are missing."""
        ...


class VectorReader(Protocol):
    """Nearest chunks by vector, and how near chunks are."""

    def nearest(
        self, vector: Vectors, limit: int, filters: Filters, among: Collection[PointName] | None = None
    ) -> list[Hit]:
        """The closest chunks that the filters let through, best first; of those named in `among`, if it is given."""
        ...

    def cosines(self, names: Collection[PointName], vectors: Vectors) -> dict[PointName, tuple[float, ...]]:
        """How near these chunks are to each of these vectors, of those that are there."""
        ...


class VectorIndex(VectorReader, Protocol):
    """Vectors of chunks, which are published and read."""

    @property
    def engine(self) -> str:
        """What kind of index it is, as people read it."""
        ...

    @property
    def collection(self) -> str:
        """What the points are kept under: engine and dimension are part of the name."""
        ...

    def publish(self, episodes: Mapping[str, Points]) -> str:
        """Replace all points of these episodes together; names what readers see from now on."""
        ...

    def forget(self, keys: Collection[str]) -> str:
        """Remove all points of these episodes; names what readers see from now on."""
        ...


class PassageTable(Protocol):
    """The search tables: passages, and words in passages."""

    def add(self, key: str, passages: Sequence[Passage]) -> None:
        """Make these passages of an episode readable, beside those it already has."""
        ...

    def keep_only(self, key: str, chunk_digests: frozenset[str]) -> None:
        """Drop the episode's other passages."""
        ...


class LockTaken(Exception):  # noqa: N818 - it is an answer, not an error
    """Somebody else holds the lock, and who, if that is known."""

    def __init__(self, name: str, holder: str | None) -> None:
        """Keep both names."""
        super().__init__(name, holder)
        self.name = name
        self.holder = holder


class Locks(Protocol):
    """Locks that die with their holder."""

    def hold(self, name: str, holder: str) -> AbstractContextManager[None]:
        """Hold `name` while the context is open; raises LockTaken at once when somebody has it."""
        ...

    def is_held(self, name: str) -> bool:
        """Whether somebody holds `name` now."""
        ...

    def sweep(self) -> int:
        """Remove what holders that were killed left; how many things that was."""
        ...


class Notifier(Protocol):
    """A way to tell people of failures."""

    def tell(self, message: Message) -> None:
        """Tell; raises a RagtimeError where it did not get through."""
        ...


class SummaryWriter(Protocol):
    """Writes summaries in words of its own: a model."""

    def write(self, transcript: Transcript) -> Summary:
        """The summary of the whole transcript; raises OutputInvalid."""
        ...


class EntityReader(Protocol):
    """Reads who and what is mentioned: a model."""

    @property
    def engine(self) -> str:
        """Its name, as people read it."""
        ...

    def read(self, chunks: Chunks, vocabulary: Vocabulary) -> Iterable[Candidate]:
        """What it says is mentioned in the chunks, whether it stands there or not; raises OutputInvalid."""
        ...


class PassageFinder(Protocol):
    """Passages, for somebody who answers questions from them."""

    def search(self, query: str, limit: int, filters: Filters) -> Sequence[Passage]:
        """The passages that fit best, best first; raises InvalidSubmission for a filter that means nothing."""
        ...

    def window(self, passage: Passage, around: int) -> Sequence[Passage]:
        """A passage with so many of its neighbours on each side, in order."""
        ...


class CorpusGuide(Protocol):
    """What there is in the corpus."""

    def episodes(self, words: str, limit: int) -> Sequence[ListedEpisode]:
        """The episodes whose title or show has these words, the newest first; all of them without words."""
        ...

    def entities(self, name: str, limit: int) -> Sequence[ListedEntity]:
        """Who and what is called so, or nearly so."""
        ...
