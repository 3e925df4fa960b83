"""The tier between feed and indexes: what yt-dlp knows of the episode's page.

What belongs here: what it is asked and how its answer is weighed. What does not: how its requests leave
(`guarded_handler.py`). It runs in this process, reads no configuration, no cookies and no plugins of the user's, starts
no program, downloads nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.episode.fetched import AudioLink
from ragtime_assets.domain.episode.indexed_episode import IndexedEpisode
from ragtime_assets.domain.episode.matching import FLOOR, match
from ragtime_assets.errors import EngineUnavailable, ExtractionFailed, RagtimeError

if TYPE_CHECKING:
    from ragtime_assets.adapters.web.address_guard import AddressGuard
    from ragtime_assets.domain.artifacts.audio_file import Tier
    from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
    from ragtime_assets.domain.episode.trace import Trace

NAME = "yt-dlp"
_SECONDS = 60
_MOST_ENTRIES = 5
_MOST_LINKS = 3
_STARTS_A_PROGRAM = ("-douyu.*", "-iq.*", "-pornhub.*")
"""The sites for which yt-dlp looks for PhantomJS."""


def installed_version() -> str:
    """Which yt-dlp is here; raises EngineUnavailable when none is."""
    try:
        from yt_dlp.version import __version__
    except ImportError as error:
        raise EngineUnavailable(
            "RAGTIME_YTDLP is on, and yt-dlp is not installed",
            remedy="pip install 'ragtime-assets[ytdlp]', or set RAGTIME_YTDLP=off.",
        ) from error
    return __version__


class YtDlpAudioFinder:
    """Asks yt-dlp for the files behind the episode's page; an `AudioFinder`."""

    tier: Tier = NAME

    def __init__(self, guard: AddressGuard, user_agent: str, deadline: Deadline | None = None) -> None:
        """`deadline` is that of the phase."""
        self._guard = guard
        self._user_agent = user_agent
        self._deadline = deadline

    def links(self, details: EpisodeDetails, trace: Trace) -> Iterator[AudioLink]:
        """The files that it names, each as sure as what it says of it fits the episode."""
        page = details.own_page
        if page is None:
            trace.note(NAME, "not asked: the episode has no page of its own", url=details.page_url)
            return
        with trace.step(NAME, url=page) as step:
            found = list(_offers(self._asked(page), details))
            step.output = "; ".join(f"{one.url}: {one.match.told}" for one in found if one.match) or "no audio file"
        yield from found[:_MOST_LINKS]

    def _asked(self, url: str) -> Mapping[str, Any]:
        installed_version()
        import yt_dlp.globals
        from yt_dlp.utils import YoutubeDLError

        from ragtime_assets.adapters.ytdlp.guarded_handler import GuardedYoutubeDL, WayOut

        yt_dlp.globals.plugin_dirs.value = []
        way_out = WayOut(self._guard, Deadline(_SECONDS, self._deadline), self._user_agent)
        try:
            with GuardedYoutubeDL(_params(), way_out) as downloader:
                return downloader.extract_info(url, download=False) or {}
        except YoutubeDLError as error:
            raise _reason(error, url) from error


def _params() -> dict[str, Any]:
    """Nothing of this machine: no proxy, cookies, netrc, cache, configuration or JavaScript runtime."""
    return {
        "logger": _Silence(),
        "quiet": True,
        "proxy": "",
        "cachedir": False,
        "js_runtimes": {},
        "geo_bypass": False,
        "allowed_extractors": ["default", *_STARTS_A_PROGRAM],
        "noplaylist": True,
        "playlistend": _MOST_ENTRIES,
        "ignore_no_formats_error": True,
        "check_formats": False,
        "format": "all",
        "retries": 0,
        "extractor_retries": 0,
    }


class _Silence:
    """yt-dlp's logger: what matters is in the trace."""

    def debug(self, *_: object, **__: object) -> None:
        """Say nothing."""

    info = warning = error = debug


def _offers(info: Mapping[str, Any], details: EpisodeDetails) -> Iterator[AudioLink]:
    """The best file of each entry that may be the episode."""
    for entry in info.get("entries") or [info]:
        best = _best(entry or {})
        if best is None:
            continue
        fits = match(details, _described(entry, str(best["url"])))
        if fits.score >= FLOOR:
            yield AudioLink(str(best["url"]), headers=_referer(best), match=fits)


def _best(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The file to download: audio alone before audio with pictures, the better one last in yt-dlp's order."""
    files = [one for one in entry.get("formats") or [entry] if _is_file(one)]
    alone = [one for one in files if one.get("vcodec") == "none"]
    return next(reversed(alone or files), None)


def _is_file(one: Mapping[str, Any]) -> bool:
    """Whether it is a file with sound, not a stream in pieces."""
    return bool(one.get("url")) and one.get("protocol") in {"http", "https"} and one.get("acodec") != "none"


def _described(entry: Mapping[str, Any], url: str) -> IndexedEpisode:
    at = entry.get("timestamp")
    return IndexedEpisode(
        index=NAME,
        title=str(entry.get("title") or ""),
        show=entry.get("series") or None,
        published=datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None,
        duration=entry.get("duration"),
        audio_url=url,
    )


def _referer(best: Mapping[str, Any]) -> dict[str, str]:
    referer = (best.get("http_headers") or {}).get("Referer")
    return {"Referer": str(referer)} if referer else {}


def _reason(error: BaseException, url: str) -> RagtimeError:
    """What stopped it: an error of ours if one is behind it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, RagtimeError):
            return cause
        inner = getattr(cause, "exc_info", None) or (None, None)
        cause = getattr(cause, "cause", None) or inner[1] or cause.__cause__ or cause.__context__
    told = str(error).partition("; please report")[0].removeprefix("ERROR: ")
    return ExtractionFailed(
        f"yt-dlp found nothing at {url}: {told[:300]}", remedy="`ragtime edit KEY --audio-url URL` names the audio."
    )
