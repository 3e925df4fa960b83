"""What is known about an episode before its audio is touched.

Deterministic first: the pages of podcast indexes are looked up by id, then the page is read and the feed's item that
it is about; a page that shows somebody else's episode, or no audio, is looked for in the indexes. A page that tells of
no episode is read again as a browser shows it, then looked for in the indexes by its title. Only then, and only where
a model is set, an investigator is asked. How feeds, pages and indexes are read is behind the ports.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ragtime_assets.domain.artifacts.episode_details import FILE_ENGINE, AudioCandidate, EpisodeDetails, Source
from ragtime_assets.domain.episode.corrections import Corrections
from ragtime_assets.domain.episode.fetched import Document, PageFacts
from ragtime_assets.domain.episode.identity import Submission
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.media import HEAD, is_audio, is_feed
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import same_page
from ragtime_assets.domain.text.titles import comparable
from ragtime_assets.errors import (
    EngineUnavailable,
    ExtractionFailed,
    NotAnEpisode,
    PermanentError,
    RagtimeError,
    SourceUnavailable,
    TransientError,
)
from ragtime_assets.phases.details.index_search import best_match_or_fault, look_up
from ragtime_assets.phases.feeds.older_items import item_about, item_called
from ragtime_assets.ports import FeedReader, Fetcher, Investigator, PageReader, PageRenderer, PodcastIndex

MOST_FEEDS = 3
"""How many of a page's feeds are looked into."""
_MOST_HOPS = 3
"""So many pages send on to another, each by a tag, before it is enough."""

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
    renderer: PageRenderer | None = None


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
        self._renderer = readers.renderer
        self._trace = trace
        self._passing: TransientError | None = None
        """What may have shown the episode, had it answered."""
        self._no_browser: EngineUnavailable | None = None
        self._named: PageFacts | None = None
        """Of a page that was read, and tells of no episode by rule."""

    def details_of(self, submission: Submission) -> EpisodeDetails:
        if submission.feed_url and submission.guid:
            return self._item(submission.feed_url, submission.guid)
        known = self._looked_up(submission.url)
        if known is not None:
            return self._of_index(known, submission.url)
        return self._from_page(self._fetch(submission.url))

    def _from_page(self, page: Document, hops: int = _MOST_HOPS) -> EpisodeDetails:
        head = page.body[:HEAD]
        if is_audio(page.media_type, head):
            self._trace.note("take audio file", page.media_type, url=page.url)
            return _direct(page)
        if is_feed(head):
            return self._noted("read sole item", page.url, lambda: self._feeds.item(page))
        found = self._read(page)
        sent = self._named.sends_to if found is None and self._named else None
        if sent and hops:
            return self._from_page(self._fetch(sent), hops - 1)
        if found is None and (rendered := self._rendered(page.url)):
            found = self._read(rendered)
        return found or self._by_name(page.url) or self._unread(page.url)

    def _read(self, page: Document) -> EpisodeDetails | None:
        """What page, feed and indexes tell; None when they know of no episode."""
        facts = self._pages.read(page)
        said = facts.details
        self._trace.note("read page", _title(said) or "no audio and no marks of an episode", url=page.url)
        item = self._matching_item(page, facts)
        if item is not None and (item.audio or said is not None):
            return self._agreed(page, item, said)
        if said is None:
            self._named = facts
            return None
        if said.audio and said.source.kind != "aggregator":
            return said
        return self._known(page.url, said, facts.site) or said

    def _rendered(self, url: str) -> Document | None:
        """The page as a browser shows it, once its scripts ran; None where there is no browser, or it fails."""
        if self._renderer is None or not url.startswith(("http://", "https://")):
            return None
        try:
            with self._trace.step("render page", url=url) as step:
                page = self._renderer.render(url)
                step.output = f"{len(page.body)} bytes"
                return page
        except EngineUnavailable as error:
            self._no_browser = error
            return None
        except PermanentError:
            return None
        except TransientError as error:
            self._passing = error
            return None

    def _unread(self, url: str) -> EpisodeDetails:
        """What somebody who looks closer finds on a page that tells nothing by rule."""
        try:
            if self._investigator is not None:
                return self._investigator.investigate(url, None, self._trace)
            raise self._no_episode(url)
        except NotAnEpisode:
            if self._passing is None:
                raise
        raise SourceUnavailable(
            f"{url} tells of no episode, and what may know of one did not answer: {self._passing.message}"
        ) from self._passing

    def _no_episode(self, url: str) -> NotAnEpisode:
        """What is said of a page that tells nothing by rule; without a browser it may only have needed its scripts."""
        said = f"{url} was read and holds no podcast episode: no audio, no marks of one, no feed with it"
        if self._no_browser is None:
            return NotAnEpisode(said)
        return NotAnEpisode(
            f"{said}; what its scripts would show was not looked at: {self._no_browser.message}",
            remedy=f"{NotAnEpisode.remedy} If scripts show the episode: {self._no_browser.remedy}",
        )

    def _agreed(self, page: Document, item: EpisodeDetails, said: EpisodeDetails | None) -> EpisodeDetails:
        """The item of the page, unless the two tell of different episodes and somebody can look who is right."""
        merged = _merged(item, said, "page+rss")
        if said is None or self._investigator is None or not _contradict(item, said):
            return merged
        return self._investigator.investigate(page.url, merged, self._trace)

    def _by_name(self, url: str) -> EpisodeDetails | None:
        """What the indexes know of an episode that is called like a page which tells nothing else of it."""
        facts = self._named
        if facts is None or not facts.titles or comparable(facts.titles[0]) == comparable(facts.site or ""):
            return None  # the front page of a site is no episode that is called like it
        named = EpisodeDetails(
            engine="page",
            url=url,
            title=facts.titles[0],
            published=facts.published,
            source=Source(kind="unknown"),
            outcome="partial",
            confidence=_DIRECT_CONFIDENCE,
        )
        return self._known(url, named, facts.site)

    def _known(self, url: str, said: EpisodeDetails, site: str | None) -> EpisodeDetails | None:
        """What the indexes surely know of an episode whose page gives no audio, or shows somebody else's.

        Where the page names no show, its site may be called like it.
        """
        for show in dict.fromkeys([said.show] if said.show else [None, site]):
            wanted = said.model_copy(update={"show": show})
            found, fault = best_match_or_fault(wanted, self._indexes, self._trace)
            self._passing = self._passing or fault
            if found is not None and found[1].sure:
                return _merged(self._of_index(found[0], url), said, "page+index")
        return None

    def _looked_up(self, url: str) -> IndexedEpisode | None:
        try:
            return look_up(url, self._indexes, self._trace)
        except TransientError as error:
            self._passing = error
        except PermanentError:
            pass  # the page itself may tell as much
        return None

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
                return item_called(known.guid, feed, self._feeds, self._fetch)
            except NotAnEpisode:
                self._trace.note("read item", "the feed has no such guid", guid=known.guid)
        page = Document(known.page_url or feed_url, (known.audio_url or "").encode(), "text/plain")
        return self._feeds.matching(feed, page, [known.title], known.published)

    def _item(self, feed_url: str, guid: str) -> EpisodeDetails:
        feed = self._fetch(feed_url)
        return self._noted("read item", guid, lambda: item_called(guid, feed, self._feeds, self._fetch))

    def _matching_item(self, page: Document, facts: PageFacts) -> EpisodeDetails | None:
        titles = [*([facts.details.title] if facts.details else []), *facts.titles]
        for url in facts.feed_urls[:MOST_FEEDS]:
            try:
                item = self._item_of(self._fetch(url), page, facts, titles)
            except RagtimeError as error:
                # The page was read; a feed that fails takes nothing from that.
                self._trace.note("look into feed", f"{type(error).__name__}: {error.message}", url=url)
                if isinstance(error, TransientError):
                    self._passing = error
                continue
            self._trace.note("look into feed", f"item {item.guid}" if item else "no item is this page's", url=url)
            if item is not None:
                return item
        return None

    def _item_of(
        self, feed: Document, page: Document, facts: PageFacts, titles: Collection[str]
    ) -> EpisodeDetails | None:
        def about(items: Document) -> EpisodeDetails | None:
            published = (facts.details and facts.details.published) or facts.published
            return self._feeds.matching(items, page, titles, published)

        if facts.guid:
            with suppress(NotAnEpisode):
                return item_called(facts.guid, feed, self._feeds, self._fetch)
        if facts.details is None or facts.details.audio:
            return about(feed)  # it may be no episode at all, or can do without the feed
        return item_about(about, feed, self._feeds, self._fetch)

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
        engine=FILE_ENGINE,
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
    if same_page(gaps.get("canonical_url"), item.show_url):
        del gaps["canonical_url"]  # a page that calls itself the show's
    known = {candidate.url for candidate in item.audio}
    audio = item.audio + tuple(candidate for candidate in page.audio if candidate.url not in known)
    source = page.source if page.source.kind == "aggregator" else item.source
    return item.model_copy(update={**gaps, "audio": audio, "source": source, "engine": engine})
