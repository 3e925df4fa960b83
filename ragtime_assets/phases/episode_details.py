"""What is known about an episode before its audio is touched.

Deterministic first: the pages of podcast indexes are looked up by id, then the page is read and the feed's item that
it is about; a page that shows somebody else's episode, or no audio, is looked for in the indexes. Only then, and only
where a model is set, an investigator is asked. How feeds, pages and indexes are read is behind the ports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, EpisodeDetails, Source
from ragtime_assets.domain.episode.corrections import Corrections
from ragtime_assets.domain.episode.fetched import Document
from ragtime_assets.domain.episode.identity import Submission
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.media import HEAD, is_audio, is_feed
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.titles import comparable
from ragtime_assets.errors import ExtractionFailed, NotAnEpisode, PermanentError, RagtimeError, TransientError
from ragtime_assets.phases.details.index_search import best_match, look_up
from ragtime_assets.ports import FeedReader, Fetcher, Investigator, PageReader, PodcastIndex

MOST_FEEDS = 3
"""How many of a page's feeds are looked into."""

_DIRECT_CONFIDENCE = 0.2
_INDEX_CONFIDENCE = 0.7
_FILLED_FROM_PAGE = (
    "show",
    "description",
    "canonical_url",
    "published",
    "language",
    "duration",
    "image",
    "season",
    "episode",
    "transcripts",
    "chapters",
    "chapters_url",
    "persons",
)


@dataclass(frozen=True)
class Readers:
    """Everything that details are read with."""

    fetcher: Fetcher
    feeds: FeedReader
    pages: PageReader
    indexes: Sequence[PodcastIndex] = ()
    investigator: Investigator | None = None


def make_episode_details(
    submission: Submission, readers: Readers, trace: Trace, corrections: Corrections | None = None
) -> EpisodeDetails:
    """The episode as its publisher describes it, and as people corrected it; raises NotAnEpisode when nothing does."""
    try:
        found = _Search(readers, trace).details_of(submission)
    except RagtimeError as error:
        error.details.setdefault("outcome", _outcome(error))
        error.details.setdefault("trace", [step.model_dump(mode="json") for step in trace.steps])
        raise
    outcome = "ok" if found.title and found.show and found.audio else "partial"
    whole = found.model_copy(update={"url": submission.url, "outcome": outcome, "trace": trace.steps})
    return corrections.applied_to(whole) if corrections else whole


class _Search:
    """One search for an episode's details."""

    def __init__(self, readers: Readers, trace: Trace) -> None:
        self._fetcher = readers.fetcher
        self._feeds = readers.feeds
        self._pages = readers.pages
        self._indexes = readers.indexes
        self._investigator = readers.investigator
        self._trace = trace

    def details_of(self, submission: Submission) -> EpisodeDetails:
        if submission.feed_url and submission.guid:
            return self._item(submission.feed_url, submission.guid)
        known = look_up(submission.url, self._indexes, self._trace)
        if known is not None:
            return self._of_index(known, submission.url)
        return self._from_page(self._fetch(submission.url))

    def _from_page(self, page: Document) -> EpisodeDetails:
        head = page.body[:HEAD]
        if is_audio(page.media_type, head):
            self._trace.note("take audio file", page.media_type, url=page.url)
            return _direct(page)
        if is_feed(head):
            return self._noted("read sole item", page.url, lambda: self._feeds.sole(page))
        facts = self._pages.read(page)
        said = facts.details
        self._trace.note("read page", _title(said) or "no audio and no marks of an episode", url=page.url)
        item = self._matching_item(page, facts.feed_urls, said.title if said else None)
        if item is not None and (item.audio or said is not None):
            return self._agreed(page, item, said)
        if said is not None and said.audio and said.source.kind != "aggregator":
            return said
        return self._beyond(page, said)

    def _agreed(self, page: Document, item: EpisodeDetails, said: EpisodeDetails | None) -> EpisodeDetails:
        """The item of the page, unless the two tell of different episodes and somebody can look who is right."""
        merged = _merged(item, said, "page+rss")
        if said is None or self._investigator is None or not _contradict(item, said):
            return merged
        return self._investigator.investigate(page.url, merged, self._trace)

    def _beyond(self, page: Document, said: EpisodeDetails | None) -> EpisodeDetails:
        """What others know of an episode whose page gives no audio, or shows somebody else's."""
        if said is not None:
            found = best_match(said, self._indexes, self._trace)
            if found is not None and found[1].sure:
                return _merged(self._of_index(found[0], page.url), said, "page+index")
            return said
        if self._investigator is not None:
            return self._investigator.investigate(page.url, None, self._trace)
        raise NotAnEpisode(
            f"{page.url} was read and holds no podcast episode: no audio, no marks of one, no feed with it"
        )

    def _of_index(self, known: IndexedEpisode, url: str) -> EpisodeDetails:
        """The item in the feed that an index names; where it cannot be read, what the index itself tells."""
        told = _told_by(known, url)
        if not known.feed_url:
            return told
        try:
            item = self._indexed_item(known, known.feed_url)
        except (PermanentError, TransientError) as error:
            self._trace.note("feed of index", f"{type(error).__name__}: {error.message}", url=known.feed_url)
            return told
        return told if item is None else _merged(item, told, "index+rss")

    def _indexed_item(self, known: IndexedEpisode, feed_url: str) -> EpisodeDetails | None:
        feed = self._fetch(feed_url)
        if known.guid:
            try:
                return self._feeds.item(feed, known.guid)
            except NotAnEpisode:
                self._trace.note("read item", "the feed has no such guid", guid=known.guid)
        page = Document(known.page_url or feed_url, (known.audio_url or "").encode(), "text/plain")
        return self._feeds.matching(feed, page, known.title)

    def _item(self, feed_url: str, guid: str) -> EpisodeDetails:
        feed = self._fetch(feed_url)
        return self._noted("read item", guid, lambda: self._feeds.item(feed, guid))

    def _matching_item(self, page: Document, feed_urls: Sequence[str], title: str | None) -> EpisodeDetails | None:
        for url in feed_urls[:MOST_FEEDS]:
            try:
                item = self._feeds.matching(self._fetch(url), page, title)
            except RagtimeError as error:
                # The page was read; a feed that fails takes nothing from that.
                self._trace.note("look into feed", f"{type(error).__name__}: {error.message}", url=url)
                continue
            self._trace.note("look into feed", f"item {item.guid}" if item else "no item is this page's", url=url)
            if item is not None:
                return item
        return None

    def _fetch(self, url: str) -> Document:
        with self._trace.step("fetch", url=url) as step:
            document = self._fetcher.fetch(url)
            step.output = f"{len(document.body)} bytes of {document.media_type or 'unnamed type'}"
        return document

    def _noted(self, tool: str, target: str, read: Callable[[], EpisodeDetails]) -> EpisodeDetails:
        with self._trace.step(tool, target=target) as step:
            details = read()
            step.output = _title(details)
        return details


def _outcome(error: RagtimeError) -> str:
    if isinstance(error, NotAnEpisode):
        return "not_a_podcast_episode"
    return "extraction_failed" if isinstance(error, ExtractionFailed) else "unreachable"


def _title(details: EpisodeDetails | None) -> str:
    return f"“{details.title}”" if details else ""


def _contradict(item: EpisodeDetails, page: EpisodeDetails) -> bool:
    """Whether neither title is part of the other."""
    one, other = comparable(item.title), comparable(page.title)
    return one not in other and other not in one


def _direct(page: Document) -> EpisodeDetails:
    """All that an audio file's address tells; its name is said to be a name, not taken for a title."""
    file_name = one_line(unquote(urlsplit(page.url).path).rsplit("/", 1)[-1], 200)
    return EpisodeDetails(
        engine="direct",
        url=page.url,
        title=f"Audio file {file_name}".rstrip(),
        audio=(AudioCandidate(url=page.url, origin="direct", media_type=page.media_type or None),),
        source=Source(kind="unknown"),
        outcome="partial",
        confidence=_DIRECT_CONFIDENCE,
    )


def _told_by(known: IndexedEpisode, address: str) -> EpisodeDetails:
    """What a podcast index tells of an episode."""
    audio = [AudioCandidate(url=url, origin="index", media_type=known.media_type) for url in [known.audio_url] if url]
    return EpisodeDetails(
        engine=f"index {known.index}",
        url=address,
        title=known.title,
        show=known.show,
        feed_url=known.feed_url,
        podcast_guid=known.podcast_guid,
        guid=known.guid,
        published=known.published,
        duration=known.duration,
        audio=tuple(audio),
        source=Source(kind="aggregator", provider=known.index),
        outcome="partial",
        confidence=_INDEX_CONFIDENCE,
    )


def _merged(item: EpisodeDetails, page: EpisodeDetails | None, engine: str) -> EpisodeDetails:
    """The item, with its gaps filled from the page, and the page's audio after its own."""
    if page is None:
        return item.model_copy(update={"engine": engine})
    gaps = {name: getattr(page, name) for name in _FILLED_FROM_PAGE if not getattr(item, name)}
    known = {candidate.url for candidate in item.audio}
    audio = item.audio + tuple(candidate for candidate in page.audio if candidate.url not in known)
    source = page.source if page.source.kind == "aggregator" else item.source
    return item.model_copy(update={**gaps, "audio": audio, "source": source, "engine": engine})
