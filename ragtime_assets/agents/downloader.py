"""The download agent: the last way to an episode's audio, a model that looks at the page and presses its buttons.

It ends at the first address that gives audio. What it may visit is guarded by the browser; that what it takes is audio
is decided by the bytes, here and again by the phase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from ragtime_assets.agents.desk.fences import fenced
from ragtime_assets.agents.desk.sound import Written
from ragtime_assets.agents.desk.spec import AgentSpec
from ragtime_assets.domain.artifacts.audio_file import Tier
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.episode.fetched import AudioLink
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode, Match
from ragtime_assets.domain.episode.media import HEAD, is_audio
from ragtime_assets.domain.episode.trace import Trace
from ragtime_assets.errors import AudioNotFound, RagtimeError
from ragtime_assets.ports import Blobs, Fetcher

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller


class PageInBrowser(Protocol):
    """One page in a browser, for an agent that looks and presses; every address it visits is guarded."""

    def open(self, url: str) -> str:
        """Open a page; where that was in the end."""
        ...

    def text(self) -> str:
        """Title, headings and visible text."""
        ...

    def addresses(self) -> tuple[str, ...]:
        """Addresses of audio that the page named or fetched, the most likely first."""
        ...

    def press(self, name: str) -> bool:
        """Press the first control of this name; whether there was one."""
        ...

    def press_at(self, x: float, y: float) -> None:
        """Press a point of the screenshot."""
        ...

    def screenshot(self) -> bytes:
        """What the page shows, as JPEG."""
        ...

    def headers_for(self, url: str) -> dict[str, str]:
        """What the browser would send along to `url`."""
        ...


OpenBrowser = Callable[[str | None], AbstractContextManager[PageInBrowser]]
"""A browser for a page in this language."""
Labels = Callable[[str | None], Sequence[str]]
"""What play and download buttons are called in a language."""

BestMatch = Callable[[EpisodeDetails, Trace], tuple[IndexedEpisode, Match] | None]
"""The episode that fits best of all that the podcast indexes find."""

DONE = "verified: this is audio. You are done; answer now."


class Ending(Written):
    """How the agent ended, in its own words."""

    report: str


@dataclass(frozen=True)
class AgentAudioFinder:
    """Lets a model look for the audio; an `AudioFinder`."""

    caller: ModelCaller
    fetcher: Fetcher
    open_browser: OpenBrowser
    labels: Labels
    best_match: BestMatch
    blobs: Blobs | None = None
    requests: int = 30

    @property
    def tier(self) -> Tier:
        """The agent's."""
        return "agent"

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        """The address that the agent verified; raises AudioNotFound with its reasons when there is none."""
        if details.own_page is None:
            trace.note("download agent", "not asked: the episode has no page of its own", url=details.page_url)
            return
        with self.open_browser(details.language) as page:
            hands = Hands(self, details, page, trace)
            spec = replace(DOWNLOADER.bound_to(hands), requests=self.requests)
            report = self._report(spec, hands)
        if hands.taken is None:
            raise AudioNotFound(f"the download agent found no audio: {report[:500]}")
        yield hands.taken

    def _report(self, spec: AgentSpec[Ending], hands: Hands) -> str:
        """How the agent ended in its own words; an end without any takes nothing from audio that it verified."""
        try:
            return self.caller.call(spec, f"The episode:\n{_described(hands.details)}").report
        except RagtimeError as error:
            if hands.taken is None:
                raise
            hands.trace.note("download agent", f"{type(error).__name__} after it had found the audio: {error.message}")
            return ""


@dataclass
class Hands:
    """What the agent can do, on one page of one episode."""

    finder: AgentAudioFinder
    details: EpisodeDetails
    page: PageInBrowser
    trace: Trace
    taken: AudioLink | None = field(default=None)

    def open_page(self, url: str) -> str:
        """Open a page in the browser: the episode's own, or one that it leads to."""
        return DONE if self.taken else fenced("opened", self.page.open(url))

    def read_page(self) -> str:
        """The title, headings and visible text of the page."""
        return DONE if self.taken else fenced("page", self.page.text())

    def find_audio(self) -> str:
        """Addresses of audio that the page has named, or has fetched since it was opened."""
        return DONE if self.taken else fenced("addresses", "\n".join(self.page.addresses()) or "none so far")

    def press(self, name: str) -> str:
        """Press the first button or link whose name contains this."""
        if self.taken:
            return DONE
        return f"pressed; {len(self.page.addresses())} audio addresses" if self.page.press(name) else "no such control"

    def press_at(self, x: float, y: float) -> str:
        """Press a point of the screenshot, in pixels from its upper left corner."""
        if self.taken:
            return DONE
        self.page.press_at(x, y)
        return f"pressed; {len(self.page.addresses())} audio addresses"

    def look(self) -> Any:
        """A screenshot of the page."""
        if self.taken:
            return DONE
        from pydantic_ai import BinaryContent

        picture = self.page.screenshot()
        if self.finder.blobs:
            with self.trace.step("screenshot") as step:
                step.screenshot = self.finder.blobs.put_bytes(picture)
        return BinaryContent(picture, media_type="image/jpeg")

    def button_names(self, language: str) -> str:
        """What play and download buttons are called in a language such as de."""
        return ", ".join(self.finder.labels(language))

    def search_indexes(self) -> str:
        """Look for this very episode in the podcast indexes."""
        if self.taken:
            return DONE
        found = self.finder.best_match(self.details, self.trace)
        return fenced("index", found[0].model_dump_json(exclude_none=True)) if found else "no index knows it"

    def take(self, url: str) -> str:
        """Verify that an address gives audio, with the browser's cookies; the first that does ends the search."""
        if self.taken:
            return DONE
        headers = self.page.headers_for(url)
        document = self.finder.fetcher.fetch(url, headers)
        if not is_audio(document.media_type, document.body[:HEAD]):
            return f"no audio\n{fenced('answer', f'{document.media_type}: {document.body[:60]!r}')}"
        self.taken = AudioLink(url, headers)
        return DONE


DOWNLOADER = AgentSpec(
    name="downloader",
    output=Ending,
    instructions="""\
You find the audio file of one podcast episode. Every simple way failed: the known addresses, the feed, the \
podcast indexes, a browser that presses play by rule. Open the episode's page, read it, look at a screenshot \
of it, press what a person would press to hear or download this episode, and see which audio addresses turn \
up. When one may be the episode, verify it with take. Stop at the first that is verified. If you are sure that \
there is none, say why in report.

Only this episode counts: not a trailer, not an advertisement, not another episode of the show.""",
    tools=(
        Hands.open_page,
        Hands.read_page,
        Hands.find_audio,
        Hands.press,
        Hands.press_at,
        Hands.look,
        Hands.button_names,
        Hands.search_indexes,
        Hands.take,
    ),
    requests=30,
    output_tokens=1_000,
)


def _described(details: EpisodeDetails) -> str:
    told = {
        "page": details.page_url,
        "title": details.title,
        "show": details.show,
        "published": details.published,
        "seconds": details.duration,
        "known addresses": ", ".join(audio.url for audio in details.audio),
    }
    return fenced("episode", "\n".join(f"{name}: {value}" for name, value in told.items() if value))
