"""A model that writes summaries: the whole transcript at once, or notes on its parts first and the summary of those.

What belongs here: what the model is told, what its answers have to satisfy, who reads what. What does not: where a
transcript is cut (`domain/reading/transcript_parts.py`), what a fault of a summary is
(`domain/reading/summary_faults.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema

from ragtime_assets.agents.desk.fences import fenced
from ragtime_assets.agents.desk.sound import Written, only_sound
from ragtime_assets.agents.desk.spec import AgentSpec
from ragtime_assets.domain.artifacts.summary import KeyMoment, Sentence, Summary
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.figures import clock, plural
from ragtime_assets.domain.reading.summary_faults import (
    FEWEST_WORDS,
    MOST_WORDS,
    copy_fault,
    count_fault,
    language_fault,
    length_fault,
    moments_fault,
)
from ragtime_assets.domain.reading.transcript_parts import Part, packed, timed_lines
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.ports import LanguageDetector, Progress

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller

LONGEST_LINE, LONGEST_TITLE, LONGEST_NOTE, LONGEST_PARAGRAPH = 140, 100, 2_400, 6_000
FEWEST_PARAGRAPHS, MOST_PARAGRAPHS = 2, 4
FEWEST_MOMENTS, MOST_MOMENTS = 3, 6
NEARLY = 2
"""What is half as long as it should be, or twice, is sent back too, but kept when it comes again."""

Clock = Annotated[str, StringConstraints(pattern=r"^\d{1,4}(:[0-5]\d){1,2}$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NEARLY * LONGEST_TITLE)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PARAGRAPH)]


class WrittenMoment(Written):
    """A moment worth jumping to: a time as the transcript writes it, such as 12:34, and a short title."""

    at: Clock
    title: Title

    @property
    def moment(self) -> KeyMoment:
        """The same in seconds."""
        seconds = 0
        for part in self.at.split(":"):
            seconds = seconds * 60 + int(part)
        return KeyMoment(start=seconds, title=one_line(self.title))


class PartNotes(Written):
    """What one part of an episode says, and at most six of its moments, in order of time."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NEARLY * LONGEST_NOTE)]
    moments: tuple[WrittenMoment, ...] = Field(default=(), max_length=MOST_MOMENTS)
    unsound: SkipJsonSchema[int] = 0

    @model_validator(mode="before")
    @classmethod
    def _without_the_unsound(cls, said: Any) -> Any:
        return only_sound(said, "moments", WrittenMoment, MOST_MOMENTS)


class WrittenSummary(Written):
    """One line, two to four paragraphs, three to six key moments in order of time."""

    line: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NEARLY * LONGEST_LINE)]
    paragraphs: tuple[Paragraph, ...] = Field(min_length=1, max_length=NEARLY * MOST_PARAGRAPHS)
    key_moments: tuple[WrittenMoment, ...] = Field(max_length=NEARLY * MOST_MOMENTS)
    unsound: SkipJsonSchema[int] = 0
    """How many key moments have no time as the transcript writes it, or no title."""

    @model_validator(mode="before")
    @classmethod
    def _without_the_unsound(cls, said: Any) -> Any:
        return only_sound(said, "key_moments", WrittenMoment, NEARLY * MOST_MOMENTS)

    @property
    def text(self) -> str:
        """The paragraphs as one text."""
        return " ".join(self.paragraphs)

    @property
    def everything(self) -> str:
        """All that people will read, a line each."""
        return "\n".join((self.line, *self.paragraphs, *(one.title for one in self.key_moments)))

    @property
    def moments(self) -> list[KeyMoment]:
        """The key moments in seconds."""
        return [written.moment for written in self.key_moments]


NOTES = AgentSpec(
    name="summary_notes",
    output=PartNotes,
    instructions="""
You take notes on one part of a podcast episode; somebody else will write a summary of the whole from them. The part is
a transcript, or notes on several parts of it in a row; each line or note begins with its time in brackets.

Write 100 to 250 words in the language that the request names: what is talked about, who is named, what is claimed,
told or decided, from the beginning of the part to its end. Keep names, titles and numbers as they stand. Add nothing
that the part does not say. Name the moments that a listener may want to jump to, with the time of the line where each
begins, copied without its brackets. Leave out advertising and greetings.
""",
    output_tokens=2_000,
)

SUMMARY = AgentSpec(
    name="summary",
    output=WrittenSummary,
    instructions="""
You write the summary of a podcast episode for people who decide whether to listen. You get its whole transcript, or
notes on all of its parts in order; each line or note begins with its time in brackets.

Write everything, titles too, in the language that the request names.
- line: what the episode is about, one sentence of at most 140 characters.
- paragraphs: two to four, 120 to 300 words together, never more than 400. Say what is told, not that something is
  told, from the whole episode, its end as well as its beginning. Keep names, titles and numbers as they stand. Add
  nothing that is not in the material, and no opinion of yours. Plain text without headings, lists or times.
- key_moments: three to six moments to jump to, spread over the episode, in order of time. Each has the time of the
  line where it begins, copied without its brackets, and a title of a few words.
""",
    output_tokens=3_000,
)

INSTRUCTIONS = f"{SUMMARY.rules}\n\n{NOTES.rules}"
"""All that a model is told that writes a summary: none of it belongs into one."""


@dataclass(frozen=True)
class ModelSummaryWriter:
    """Writes summaries by a model."""

    caller: ModelCaller
    languages: LanguageDetector
    progress: Progress

    def write(self, transcript: Transcript) -> Summary:
        """The summary of the whole transcript, however long it is."""
        parts = packed(timed_lines(transcript))
        kind, notes = "transcript", ()
        if len(parts) > 1:
            notes = (f"read in {plural(len(parts), 'part')}",)
        while len(parts) > 1:
            parts, kind = packed(self._noted(parts, kind, transcript.language)), "notes"
        (whole,) = parts
        end = _end(transcript)
        spec = replace(SUMMARY, checks=_checks(transcript, self.languages), wishes=(_wish(end),))
        task = f"The episode lasts {clock(end)}. Write in {_language(transcript.language)}."
        written = self.caller.call_all(spec, {"summary": f"{task}\n\n{fenced(kind, whole.text)}"}, self.progress)
        return _summary(written["summary"], self.caller.engine, transcript.language, end, notes)

    def _noted(self, parts: Sequence[Part], kind: str, language: str) -> Iterable[Part]:
        """Notes on each part; they are shorter than what was noted, so that repeating this comes to an end."""
        units = {f"{kind} {n} of {len(parts)}": part for n, part in enumerate(parts, 1)}
        task = f"Write in {_language(language)}."
        prompts = {unit: f"{unit.capitalize()}. {task}\n\n{fenced(kind, part.text)}" for unit, part in units.items()}
        spec = replace(NOTES, wishes=(_inside(units),))
        answers = self.caller.call_all(spec, prompts, self.progress)
        return [_note(units[unit], answer) for unit, answer in answers.items()]


def _summary(written: WrittenSummary, engine: str, language: str, end: float, notes: tuple[str, ...]) -> Summary:
    """What was written, with what is not quite as it should be in its notes; no moment lies outside the episode."""
    inside = sorted((one for one in written.moments if one.start <= end), key=lambda moment: moment.start)
    faults = tuple(f"kept although {fault}" for fault in _faults(written, end))
    return Summary(
        engine=engine,
        language=language,
        line=one_line(written.line),
        paragraphs=tuple((Sentence(text=one_line(text, LONGEST_PARAGRAPH)),) for text in written.paragraphs),
        key_moments=tuple(inside),
        notes=notes + faults,
    )


def _note(part: Part, notes: PartNotes) -> Part:
    inside = (one for one in notes.moments if int(part.start) <= one.moment.start <= part.end)
    moments = "".join(f"\n[{moment.at}] {moment.title}" for moment in inside)
    return Part(part.start, part.end, f"[{clock(part.start)}] {notes.text[:LONGEST_NOTE]}{moments}\n")


def _end(transcript: Transcript) -> float:
    return max([transcript.duration, *(segment.end for segment in transcript.segments)])


def _checks(
    transcript: Transcript, languages: LanguageDetector
) -> tuple[Callable[[WrittenSummary, str], str | None], ...]:
    """What no summary may be: in another language, nothing to speak of, or what the model was told to do."""
    return (
        lambda written, _: language_fault(written.text, transcript, languages.detect),
        lambda written, _: length_fault(written.text, FEWEST_WORDS // NEARLY, MOST_WORDS * NEARLY),
        lambda written, _: copy_fault(written.everything, INSTRUCTIONS),
    )


def _wish(end: float) -> Callable[[WrittenSummary, str], str | None]:
    """What a summary should be; one that is nearly so is better than none."""
    return lambda written, _: next(_faults(written, end), None)


def _faults(written: WrittenSummary, end: float) -> Iterator[str]:
    said = (
        length_fault(written.text),
        count_fault(len(written.line), "characters in its line", 1, LONGEST_LINE),
        count_fault(len(written.paragraphs), "paragraphs", FEWEST_PARAGRAPHS, MOST_PARAGRAPHS),
        count_fault(len(written.key_moments), "key moments", FEWEST_MOMENTS, MOST_MOMENTS),
        count_fault(written.unsound, "key moments without a time like 12:34 and a short title", 0, 0),
        count_fault(
            max((len(one.title) for one in written.moments), default=0), "characters in a title", 0, LONGEST_TITLE
        ),
        moments_fault(written.moments, 0, end),
    )
    yield from filter(None, said)


def _inside(units: Mapping[str, Part]) -> Callable[[PartNotes, str], str | None]:
    """Notes are shorter than their part, and a moment of a part has to lie in it."""

    def fault(notes: PartNotes, unit: str) -> str | None:
        if len(notes.text) > LONGEST_NOTE:
            return f"the notes have {len(notes.text)} characters, {LONGEST_NOTE} are the most"
        return moments_fault([one.moment for one in notes.moments], units[unit].start, units[unit].end)

    return fault


def _language(code: str) -> str:
    """A language as a model reads it best: `German (de)`."""
    from babel import Locale

    name = Locale("en").languages.get(code)
    return f"{name} ({code})" if name and code != "und" else "the language of the transcript"
