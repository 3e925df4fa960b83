"""The investigator: finds out about an episode what rules cannot read.

What it may do is decided in its tools, not in its instructions: it visits only the submitted page and what that leads
to, asks no index before it has read an episode's page, and asks only with words that it has read. What it answers is
held against the same words, so nothing comes out of an address or of what a model remembers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from ragtime_assets.agents.desk.fences import fenced
from ragtime_assets.agents.desk.sound import Written
from ragtime_assets.agents.desk.spec import AgentSpec
from ragtime_assets.domain.artifacts.episode_details import AudioCandidate, EpisodeDetails, Source
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.reading.claims import copy_fault, date_fault, tongue_fault
from ragtime_assets.domain.text.dates import moment
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import web_url
from ragtime_assets.domain.text.titles import comparable, looks_like_host, speaks_of_podcasts
from ragtime_assets.errors import NotAnEpisode, RagtimeError
from ragtime_assets.ports import Fetcher, LanguageDetector, PageReader, PodcastIndex

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller

LONGEST_SUMMARY = 140
_CONFIDENCE = 0.6
_EXACT = ("audio_url", "feed_url", "page_url", "guid")
"""Fields that are copied sign by sign."""
_ADDRESS = re.compile(r"\b\w+://[^\s\"'<>]+")


def _cut(said: Any) -> Any:
    return one_line(said, LONGEST_SUMMARY) if isinstance(said, str) else said


class Finding(Written):
    """What the investigator found out; empty where nothing says it."""

    is_podcast_episode: bool
    title: str = ""
    show: str = ""
    description: str = ""
    published: str = ""
    language: str = ""
    page_url: str = ""
    audio_url: str = ""
    feed_url: str = ""
    guid: str = ""
    summary: Annotated[str, BeforeValidator(_cut), Field(max_length=LONGEST_SUMMARY)]
    report: str

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, said: Any) -> Any:
        return {name: one for name, one in said.items() if one is not None} if isinstance(said, dict) else said


@dataclass(frozen=True)
class ModelInvestigator:
    """Asks a model with tools; an `Investigator`."""

    caller: ModelCaller
    fetcher: Fetcher
    pages: PageReader
    languages: LanguageDetector
    indexes: Sequence[PodcastIndex] = ()

    def investigate(self, url: str, read: EpisodeDetails | None, trace: Trace) -> EpisodeDetails:
        """The details of the episode at `url`, of which the rules read `read`; raises NotAnEpisode."""
        reading = Reading(url, self.fetcher, self.pages, self.languages, self.indexes)
        spec = replace(INVESTIGATOR.bound_to(reading), checks=(reading.complaint,), wishes=(reading.wish,))
        known = f"\n\nThe rules read this, and are not sure of it:\n{_known(read)}" if read else ""
        finding = self.caller.call(spec, f"Which podcast episode is at this address?\n{fenced('address', url)}{known}")
        trace.note("investigator", finding.summary, report=finding.report)
        if not finding.is_podcast_episode:
            raise NotAnEpisode(f"{url} is no podcast episode: {finding.summary}", report=finding.report)
        unread = reading.unread_fields(finding)
        if unread:
            trace.note("investigator", f"left out what it never read: {', '.join(unread)}")
        page = finding.page_url if finding.page_url in reading.episode_pages else ""
        kept = finding.model_copy(update={"page_url": page, **dict.fromkeys(unread, "")})
        return _details(url, kept, read, self.caller.engine)


@dataclass
class Reading:
    """What was read so far, and the tools that read more."""

    start: str
    fetcher: Fetcher
    pages: PageReader
    languages: LanguageDetector
    indexes: Sequence[PodcastIndex] = ()
    text: str = ""
    words: set[str] = field(default_factory=set[str])
    """What stands in the pages themselves; an address is made of words that nobody wrote about the episode."""
    has_episode: bool = False
    episode_pages: set[str] = field(default_factory=set[str])
    """The pages that tell of one episode by rule: only such a page can be an episode's own."""

    def fetch_url(self, url: str) -> str:
        """Read the page at `url`: its text, its JSON-LD and its links. Only the start page and what it leads to."""
        if url != self.start and url not in self.text:
            return "refused: this address stands in nothing that was read; fetch the first one, then what it links to"
        page = self.fetcher.fetch(url)
        said = self.pages.text(page)
        self._learn(said)
        if self.pages.read(page).details is not None:
            self.episode_pages |= {url, page.url}
        self.has_episode = self.has_episode or bool(self.episode_pages) or speaks_of_podcasts(said)
        return fenced("page", said)

    def search_indexes(self, title: str, show: str = "") -> str:
        """Look an episode up in the podcast indexes, by words of its title and its show that were read on its page."""
        if not self.has_episode:
            return "refused: no page of an episode was read yet; use fetch_url first"
        if unread := self._unread(f"{title} {show}"):
            words = fenced("words", ", ".join(sorted(unread)))
            return f"refused: use words from the page; these stand in nothing that was read\n{words}"
        wanted = EpisodeDetails(
            engine="investigator",
            url=self.start,
            title=one_line(title),
            show=one_line(show) or None,
            source=Source(kind="unknown"),
            outcome="partial",
            confidence=0.0,
        )
        found = [one for index in self.indexes for one in _asked(index, wanted)]
        said = "\n".join(one.model_dump_json(exclude_none=True) for one in found[:10])
        self._learn(said)
        return fenced("index", said or "nothing")

    def complaint(self, finding: Finding, _unit: str) -> str | None:
        """Why the finding is none at all: nothing was read, or its title was not."""
        if not finding.is_podcast_episode:
            return None if self.text else "read the page with fetch_url before you judge it"
        if not finding.title.strip():
            return "an episode has a title; say is_podcast_episode=false if there is none"
        return self._name_fault("title", finding.title)

    def wish(self, finding: Finding, _unit: str) -> str | None:
        """What else the finding says that was never read; an episode is not lost by it."""
        return next(iter(self.unread_fields(finding).values()), None)

    def unread_fields(self, finding: Finding) -> dict[str, str]:
        """By field, what is wrong with what it says, in words."""
        if not finding.is_podcast_episode:
            return {}
        prose = _ADDRESS.sub(" ", self.text)
        faults = {
            "show": self._name_fault("show", finding.show),
            **{name: self._exact_fault(name, getattr(finding, name)) for name in _EXACT},
            "published": date_fault(finding.published, self.text),
            "description": copy_fault(finding.description, prose),
            "language": tongue_fault(finding.language, finding.description or prose, self.languages.detect),
        }
        return {name: fault for name, fault in faults.items() if fault}

    def _name_fault(self, name: str, said: str) -> str | None:
        unread = ", ".join(sorted(self._unread(said)))
        return f"the {name} must stand in what you read, but these words do not: {unread}" if unread else None

    def _exact_fault(self, name: str, said: str) -> str | None:
        if not said or said in self.text or said == self.start:
            return None
        return f"{name} {said!r} stands in nothing that you read; leave it empty if you did not see it"

    def _learn(self, said: str) -> None:
        self.text += f"\n{said}"
        self.words |= _words(_ADDRESS.sub(" ", said))

    def _unread(self, said: str) -> set[str]:
        return _words(said) - self.words


INVESTIGATOR = AgentSpec(
    name="investigator",
    output=Finding,
    instructions="""\
You find out which podcast episode a page is about. Read the page with fetch_url first. Follow links that it \
gives when they lead to the episode's own page, its player or its feed. Once you have read the page of an \
episode you may look for it with search_indexes, with words that you have read.

Report only what you have read: leave a field empty when nothing says it. The title is the episode's, the show \
is the broadcast's name and never a host name, audio_url is an address of an audio file that you have seen, \
published is the date that is given, as 2024-05-31, language is the code of the language in which the page tells of \
the episode, description is copied word for word. Say is_podcast_episode=false for anything that is not one \
episode of a podcast: a list, a show, an article, a login. summary says in at most 140 characters what you found; \
report says how, and what speaks for and against it.""",
    tools=(Reading.fetch_url, Reading.search_indexes),
    requests=12,
    output_tokens=2_000,
)


def _words(text: str) -> set[str]:
    return set(comparable(text, len(text)).split())


def _asked(index: PodcastIndex, wanted: EpisodeDetails) -> list[IndexedEpisode]:
    try:
        return index.search(wanted)
    except RagtimeError:
        return []  # one index that fails takes nothing from the others


def _known(read: EpisodeDetails) -> str:
    said = read.model_dump(mode="json", include={"title", "show", "published", "audio", "canonical_url"})
    return fenced("rules", "\n".join(f"{name}: {value}" for name, value in said.items()))


def _details(url: str, finding: Finding, read: EpisodeDetails | None, engine: str) -> EpisodeDetails:
    """What was found, over what the rules read."""
    audio_url = web_url(url, finding.audio_url)
    show = one_line(finding.show)
    known = read.audio if read else ()
    found = (AudioCandidate(url=audio_url, origin="agent"),) if audio_url else ()
    said = {
        "title": one_line(finding.title),
        "show": None if looks_like_host(show) else show or None,
        "description": finding.description.strip(),
        "published": moment(finding.published),
        "language": language_code(finding.language),
        "canonical_url": web_url(url, finding.page_url),
        "feed_url": web_url(url, finding.feed_url),
        "guid": finding.guid.strip() or None,
    }
    base = read or EpisodeDetails(
        engine=engine, url=url, title="", source=Source(kind="unknown"), outcome="partial", confidence=_CONFIDENCE
    )
    fresh = tuple(audio for audio in found if audio.url not in {one.url for one in known})
    update = {name: value for name, value in said.items() if value}
    return base.model_copy(update={**update, "audio": known + fresh, "engine": engine, "confidence": _CONFIDENCE})
