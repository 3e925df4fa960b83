"""The answerer: a model that looks for passages and answers from them alone.

What it may do is decided in its tools: it only reads, and never past the filters of whoever asked. What it says is
decided in `domain/answering/checking.py`: an answer goes back once when nothing was looked up, and once for the
sentences that its passages do not say. What stands after that is for whoever asked to sort out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING

from pydantic import Field

from ragtime_assets.agents.desk.fences import fenced
from ragtime_assets.agents.desk.sound import Written
from ragtime_assets.agents.desk.spec import AgentSpec
from ragtime_assets.domain.answering.checking import AnswerCheck, Checked, complaint
from ragtime_assets.domain.answering.sources import Sources
from ragtime_assets.domain.artifacts.search_index import Passage
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.language.tags import SURE, reads_alike
from ragtime_assets.domain.points import Filters
from ragtime_assets.domain.searching.days import first_day, last_day
from ragtime_assets.domain.text.lines import one_line, several_lines
from ragtime_assets.ports import CorpusGuide, PassageFinder

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller

FOUND = 8
"""Passages that one search shows."""
FURTHEST = 5
"""Neighbours on each side of a passage."""
LISTED = 20
_LONGEST_QUERY = 500
_LONGEST_ANSWER = 20_000
_LANGUAGE_TELLS = 40
"""Characters from which on the language of a text can be told."""


class WrittenAnswer(Written):
    """The answer, each sentence with the numbers of the passages that say it, as in `... [2].`; empty if none does."""

    answer: str = Field(max_length=_LONGEST_ANSWER)


def _nobody(_: str) -> None:
    """Hears why an answer went back, and tells nobody."""


@dataclass
class Research:
    """What was looked up for one question, and the tools that look further."""

    question: str
    finder: PassageFinder
    guide: CorpusGuide
    check: AnswerCheck
    sources: Sources
    filters: Filters = field(default_factory=Filters)
    tells: Callable[[str], None] = _nobody
    """Hears of each fault for which an answer goes back."""
    has_searched: bool = False
    was_sent_to_search: bool = False
    was_repaired: bool = False
    _one_at_a_time: RLock = field(default_factory=RLock)

    def search_passages(
        self, query: str, show: str = "", since: str = "", until: str = "", speaker: str = "", episode: str = ""
    ) -> str:
        """Find the passages of transcripts that fit a query: words, a name or a question, in any language.

        Narrow it, if you must, by a show's name, by days of publication as 2024-05-31, by a speaker's name, or by the
        key of an episode from list_episodes. Each passage comes with the number by which you cite it.
        """
        if (since and first_day(since) is None) or (until and last_day(until) is None):
            return "refused: since and until have to be days like 2024-05-31"
        if not query.strip():
            return "refused: say what to search for"
        narrowed = _narrowed(self.filters, show=show, since=since, until=until, speaker=speaker, episode=episode)
        with self._one_at_a_time:
            found = self.finder.search(query[:_LONGEST_QUERY], FOUND, narrowed)
            self.has_searched = True
            return self._shown(found) or "no passage fits"

    def get_passage_window(self, number: int, around: int = 2) -> str:
        """Read what is said before and after the passage with this number, so many passages on each side."""
        with self._one_at_a_time:
            passage = self.sources.get(number)
            if passage is None:
                return f"refused: no passage has the number {number}; use search_passages first"
            return self._shown(self.finder.window(passage, min(max(around, 1), FURTHEST)))

    def list_episodes(self, words: str = "") -> str:
        """List episodes with key, title, show and day, the newest first; those with these words in title or show."""
        with self._one_at_a_time:
            found = self.guide.episodes(words[:_LONGEST_QUERY], LISTED)
        lines = (f"{one.key}: {one_line(one.title)} ({one.show or '?'}, {one.published or '?'})" for one in found)
        return fenced("episodes", "\n".join(lines) or "none")

    def find_entity(self, name: str) -> str:
        """Find out how people, bands, works and places of this name are called in the corpus."""
        with self._one_at_a_time:
            found = self.guide.entities(name[:_LONGEST_QUERY], LISTED)
        lines = (
            f"{one_line(one.name)} ({one.type}; {one_line(one.disambiguation) or '-'}; in {one.episodes} episodes)"
            for one in found
        )
        return fenced("entities", "\n".join(lines) or "none")

    def checked(self, written: WrittenAnswer) -> Checked:
        """What of an answer stands."""
        return self.check.check(several_lines(written.answer), self.sources, self.question)

    def wish(self, written: WrittenAnswer, _unit: str) -> str | None:
        """Why an answer goes back: nothing was looked up, or its passages do not say it; each once."""
        if not self.has_searched:
            return self._sent_to_search()
        if self.was_repaired or not written.answer.strip():
            return None
        faults = self.checked(written).faults
        tongue = self._tongue_fault(written.answer)
        self.was_repaired = bool(faults or tongue)
        if not self.was_repaired:
            return None
        beside = [tongue] if tongue else []
        for fault in (*map(str, faults), *beside):
            self.tells(fault)
        return "\n".join([*([complaint(faults)] if faults else []), *beside])

    def _sent_to_search(self) -> str | None:
        if self.was_sent_to_search:
            return None
        self.was_sent_to_search = True
        self.tells("the answer was written before anything was looked up")
        return "use search_passages before you answer: only what a passage says may be answered"

    def _tongue_fault(self, answer: str) -> str | None:
        if min(len(answer), len(self.question)) < _LANGUAGE_TELLS:
            return None
        (asked, sure), (told, certain) = self.check.detect(self.question), self.check.detect(answer)
        if min(sure, certain) < SURE or reads_alike(asked, told):
            return None
        return f"the answer is in the language {told}, the question in {asked}: answer in the question's"

    def _shown(self, passages: Sequence[Passage]) -> str:
        return "\n\n".join(
            f"[{self.sources.number(passage)}]\n{fenced('passage', _described(passage))}" for passage in passages
        )


ANSWERER = AgentSpec(
    name="answerer",
    output=WrittenAnswer,
    instructions="""\
You answer a question from the transcripts of podcast episodes, and from nothing else. Look for passages with \
search_passages first, in other words and in other languages too when the first search brings little; read on with \
get_passage_window. What you know yourself is no source: if no passage says it, it is not in your answer.

- Answer in the language of the question, in a few plain sentences.
- Each sentence cites the passages that say it, by their numbers, before its full stop: ... in 1934 [2].
- Every name, number and date of a sentence stands in the passages that it cites. Do not calculate, complete no name.
- What stands in quotation marks is word for word what the passage says, in its language.
- If no passage answers the question, the answer is empty.""",
    tools=(
        Research.search_passages,
        Research.get_passage_window,
        Research.list_episodes,
        Research.find_entity,
    ),
    requests=12,
    output_tokens=2_000,
    repairs=2,
)


@dataclass(frozen=True)
class ModelAnswerer:
    """Answers by a model."""

    caller: ModelCaller

    @property
    def engine(self) -> str:
        """The model."""
        return self.caller.engine

    def answer(self, research: Research, before: Sequence[tuple[str, str]] = ()) -> Checked:
        """What stands of the model's answer; `before` are the questions and answers of the conversation so far."""
        spec = replace(ANSWERER.bound_to(research), wishes=(research.wish,))
        return research.checked(self.caller.call(spec, prompt_of(research.question, before), ANSWERER.name))


def prompt_of(question: str, before: Sequence[tuple[str, str]]) -> str:
    """The question, after what was said before it, which quotes strangers."""
    said = "\n\n".join(f"Question: {asked}\nAnswer: {answer}" for asked, answer in before)
    earlier = f"This was said before; its numbers still stand.\n{fenced('conversation', said)}\n\n" if said else ""
    return f"{earlier}Question: {question}"


def _described(passage: Passage) -> str:
    known = (
        one_line(passage.episode_title),
        one_line(passage.show or ""),
        passage.published or "",
        f"{clock(passage.start)}-{clock(passage.end)}",
        ", ".join(map(one_line, passage.speakers)),
        one_line(passage.chapter or ""),
    )
    return f"{' | '.join(filter(None, known))}\n{passage.text}"


def _narrowed(filters: Filters, **wanted: str) -> Filters:
    """The filters of whoever asked, narrowed further; what they chose stays chosen."""
    given = {name: value.strip() for name, value in wanted.items() if value.strip() and not getattr(filters, name)}
    if filters.since and (since := first_day(wanted["since"])):
        given["since"] = max(filters.since, since)
    if filters.until and (until := last_day(wanted["until"])):
        given["until"] = min(filters.until, until)
    return replace(filters, **given)
