"""An episode: what it is, what is said in it and when, who and what is named, and where it stands if it is not done."""

from __future__ import annotations

from collections.abc import Sequence

from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.episode_details import EpisodeDetails
from ragtime_assets.domain.artifacts.summary import Sentence, Summary, TimedSentence
from ragtime_assets.domain.language.tags import language_code
from ragtime_assets.domain.links import blob_url
from ragtime_assets.domain.rendering.contents import Contents
from ragtime_assets.domain.rendering.named import named_entities
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.text.links import web_url
from ragtime_assets.serve.page import View
from ragtime_assets.serve.views.spoken import InParts, Spoken
from ragtime_assets.serve.views.standing import Standing
from ragtime_assets.studio.contents import WordsAsKept

_MOST_NAMED = 60
_MOST_MOMENTS = 12


class Moment(View):
    """A place in the audio, and what is there."""

    second: float
    title: str


class Said(View):
    """A sentence of the summary; where it was said, if it was."""

    text: str
    second: float | None


class SummaryOfEpisode(View):
    """The summary."""

    line: str
    paragraphs: tuple[tuple[Said, ...], ...]
    engine: str


class Named(View):
    """Somebody or something that is named, and when; `times` is how often, also where not every moment is listed."""

    id: str | None
    name: str
    type: str
    times: int
    moments: tuple[float, ...]


class EpisodeView(View):
    """An episode."""

    key: str
    title: str
    show: str | None
    published: str | None
    language: str | None
    duration: float | None
    url: str | None
    """Its own page on the web."""
    description: str
    audio: str | None
    """Where its audio is read."""
    persons: tuple[str, ...]
    speakers: tuple[str, ...]
    summary: SummaryOfEpisode | None
    chapters: tuple[Moment, ...]
    key_moments: tuple[Moment, ...]
    entities: tuple[Named, ...]
    transcript: Spoken | None
    has_report: bool
    standing: Standing | None
    """Where it stands, unless everything is done."""


class OpenEpisode:
    """An episode that is read just now: what all its pages show is put together once."""

    def __init__(self, contents: Contents, words: WordsAsKept = ()) -> None:
        """`words` are those of the segments of its transcript, where they were not read yet."""
        self._view = _without_transcript(contents)
        self._transcript = InParts(contents.transcript, words)

    def view(
        self, part: int, second: float | None, *, has_report: bool, standing: Standing | None = None
    ) -> EpisodeView:
        """The episode with one part of its transcript."""
        shown = {"transcript": self._transcript.spoken(part, second), "has_report": has_report, "standing": standing}
        return self._view.model_copy(update=shown)


def _without_transcript(contents: Contents) -> EpisodeView:
    details, transcript = contents.details, contents.transcript
    return EpisodeView(
        key=contents.key,
        title=one_line(details.title) or contents.key,
        show=one_line(details.show) or None,
        published=contents.published,
        language=transcript.language,
        duration=transcript.duration,
        url=web_url("", details.own_page),
        description=_description(details),
        audio=_audio(contents.audio),
        persons=_persons(details),
        speakers=tuple(sorted({one_line(one.speaker) for one in transcript.segments if one.speaker})),
        summary=_summary(contents.summary) if contents.summary else None,
        chapters=tuple(Moment(second=one.start, title=one_line(one.title)) for one in contents.chapters),
        key_moments=_moments(contents.summary),
        entities=tuple(_named(contents)),
        transcript=None,
        has_report=False,
        standing=None,
    )


def unheard_view(
    standing: Standing,
    submitted: str,
    details: EpisodeDetails | None = None,
    audio: AudioFile | None = None,
    *,
    has_report: bool,
) -> EpisodeView:
    """An episode of which nothing was heard yet, `submitted` under this address: what is known of it so far."""
    return EpisodeView(
        key=standing.key,
        title=standing.title,
        show=standing.show,
        published=details.day if details else None,
        language=language_code(details.language) if details else None,
        duration=audio.facts.duration if audio else None,
        url=web_url("", (details and details.own_page) or submitted),
        description=_description(details) if details else "",
        audio=_audio(audio),
        persons=_persons(details) if details else (),
        speakers=(),
        summary=None,
        chapters=(),
        key_moments=(),
        entities=(),
        transcript=None,
        has_report=has_report,
        standing=standing,
    )


def _description(details: EpisodeDetails) -> str:
    return one_line(details.description, 1_200)


def _audio(audio: AudioFile | None) -> str | None:
    return blob_url("", audio.sha256) if audio else None


def _persons(details: EpisodeDetails) -> tuple[str, ...]:
    return tuple(one_line(one.name) for one in details.persons)


def _summary(summary: Summary) -> SummaryOfEpisode:
    return SummaryOfEpisode(
        line=one_line(summary.line),
        paragraphs=tuple(_sentences(one) for one in summary.paragraphs),
        engine=summary.engine,
    )


def _sentences(paragraph: Sequence[Sentence]) -> tuple[Said, ...]:
    return tuple(
        Said(text=one_line(one.text, 2_000), second=one.start if isinstance(one, TimedSentence) else None)
        for one in paragraph
    )


def _moments(summary: Summary | None) -> tuple[Moment, ...]:
    found = summary.key_moments if summary else ()
    return tuple(Moment(second=one.start, title=one_line(one.title)) for one in found)


def _named(contents: Contents) -> list[Named]:
    return [
        Named(
            id=one.entity_id,
            name=one_line(one.name),
            type=one.type,
            times=len(one.moments),
            moments=tuple(one.moments[:_MOST_MOMENTS]),
        )
        for one in named_entities(contents)[:_MOST_NAMED]
    ]
