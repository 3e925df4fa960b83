"""What is known about an episode before its audio is touched.

Asks the feed first and the page second, and keeps a trace of every step. How feeds and pages are read is behind
the ports.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from ragtime_assets.domain.episode_details import AudioCandidate, EpisodeDetails, Source, TraceStep
from ragtime_assets.domain.identity import Submission
from ragtime_assets.domain.media import HEAD, is_audio, is_feed
from ragtime_assets.domain.text import one_line
from ragtime_assets.errors import NotAnEpisode, RagtimeError
from ragtime_assets.ports import Document, FeedReader, Fetcher, PageReader

MOST_FEEDS = 3
"""How many of a page's feeds are looked into."""

_DIRECT_CONFIDENCE = 0.2
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


def make_episode_details(
    submission: Submission, fetcher: Fetcher, feeds: FeedReader, pages: PageReader
) -> EpisodeDetails:
    """The episode as its publisher describes it; raises NotAnEpisode when nothing does."""
    return _Search(fetcher, feeds, pages).details_of(submission)


class _Search:
    """One search for an episode's details, with the trace of it."""

    def __init__(self, fetcher: Fetcher, feeds: FeedReader, pages: PageReader) -> None:
        self._fetcher = fetcher
        self._feeds = feeds
        self._pages = pages
        self._trace: list[TraceStep] = []

    def details_of(self, submission: Submission) -> EpisodeDetails:
        if submission.feed_url and submission.guid:
            feed = self._fetch(submission.feed_url)
            found = self._noted("read item", submission.guid, self._feeds.item(feed, submission.guid))
        else:
            found = self._from_page(self._fetch(submission.url))
        outcome = "ok" if found.title and found.show and found.audio else "partial"
        return found.model_copy(update={"url": submission.url, "outcome": outcome, "trace": tuple(self._trace)})

    def _from_page(self, page: Document) -> EpisodeDetails:
        head = page.body[:HEAD]
        if is_audio(page.media_type, head):
            return self._noted("take audio file", page.url, _direct(page))
        if is_feed(head):
            return self._noted("read feed's only item", page.url, self._feeds.sole(page))
        facts = self._pages.read(page)
        said = facts.details
        self._note("read page", page.url, f"“{said.title}”" if said else "no audio and no marks of an episode")
        item = self._matching_item(page, facts.feed_urls, said.title if said else None)
        if item is not None and (item.audio or said is not None):
            return _merged(item, said)
        if said is not None:
            return said
        raise NotAnEpisode(
            f"{page.url} was read and holds no podcast episode: no audio, no marks of one, no feed with it",
            trace=[step.model_dump() for step in self._trace],
        )

    def _matching_item(self, page: Document, feed_urls: Sequence[str], title: str | None) -> EpisodeDetails | None:
        for url in feed_urls[:MOST_FEEDS]:
            try:
                item = self._feeds.matching(self._fetch(url), page, title)
            except RagtimeError as error:
                # The page was read; a feed that fails takes nothing from that.
                self._note("look into feed", url, f"{type(error).__name__}: {error.message}")
                continue
            self._note("look into feed", url, f"item {item.guid}" if item else "no item is this page's")
            if item is not None:
                return item
        return None

    def _fetch(self, url: str) -> Document:
        document = self._fetcher.fetch(url)
        self._note("fetch", url, f"{len(document.body)} bytes of {document.media_type or 'unnamed type'}")
        return document

    def _noted(self, action: str, target: str, details: EpisodeDetails) -> EpisodeDetails:
        self._note(action, target, f"“{details.title}”")
        return details

    def _note(self, action: str, target: str, outcome: str) -> None:
        self._trace.append(TraceStep(action=action, target=one_line(target), outcome=one_line(outcome)))


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


def _merged(item: EpisodeDetails, page: EpisodeDetails | None) -> EpisodeDetails:
    """The item, with its gaps filled from the page, and the page's audio after its own."""
    if page is None:
        return item.model_copy(update={"engine": "page+rss"})
    gaps = {name: getattr(page, name) for name in _FILLED_FROM_PAGE if not getattr(item, name)}
    known = {candidate.url for candidate in item.audio}
    audio = item.audio + tuple(candidate for candidate in page.audio if candidate.url not in known)
    source = page.source if page.source.kind == "aggregator" else item.source
    return item.model_copy(update={**gaps, "audio": audio, "source": source, "engine": "page+rss"})
