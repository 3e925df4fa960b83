"""How a question is answered, whoever asks: by a model where there is one, by the closest passages otherwise.

The command, the MCP server and the web page call this one room, so that all of them check an answer in the same way.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ragtime_assets.domain.answering.answer import KEYLESS, Answer, AnswerEvent, Citation, Hears, at_second
from ragtime_assets.domain.answering.marks import joined, numbers_of
from ragtime_assets.domain.answering.phrases import phrases
from ragtime_assets.domain.answering.quoting import LONGEST_QUOTE, quote_for, second_in
from ragtime_assets.domain.answering.refusing import refusal, refusal_within
from ragtime_assets.domain.answering.sources import Conversation
from ragtime_assets.domain.artifacts.audio_file import AudioFile
from ragtime_assets.domain.artifacts.search_index import SearchIndex
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.episode.trace import Trace, TraceStep
from ragtime_assets.domain.language.words import count_words, says_something
from ragtime_assets.domain.money.spending import Payer
from ragtime_assets.domain.points import Filters
from ragtime_assets.domain.searching.narrowing import EVERYWHERE, Narrowing
from ragtime_assets.domain.searching.query_words import asked_in
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import InputMissing, InvalidReceipt, InvalidSubmission, TooLong
from ragtime_assets.studio.asked import asked
from ragtime_assets.studio.narrowing import filters_of

if TYPE_CHECKING:
    from decimal import Decimal

    from ragtime_assets.agents.desk.calling import ModelCaller
    from ragtime_assets.corpus.guide import SqlCorpusGuide
    from ragtime_assets.domain.answering.checking import AnswerCheck, Checked
    from ragtime_assets.domain.answering.receipts import Receipt
    from ragtime_assets.domain.answering.verifying import Verdict
    from ragtime_assets.domain.artifacts.search_index import Passage
    from ragtime_assets.domain.artifacts.transcript import Segment
    from ragtime_assets.studio.index import Index
    from ragtime_assets.studio.kept import Kept
    from ragtime_assets.studio.models import Models
    from ragtime_assets.studio.reading import Reading

LONGEST_QUESTION = 2_000
CLOSEST = 3
"""Passages that are quoted without a model."""
_ENOUGH_WORDS = 3
"""Fewer tell no language."""
_ALL = 1_000_000
"""More passages than an episode has."""


def _nobody(_: AnswerEvent) -> None:
    """Hears of events, and tells nobody."""


class _Asking(NamedTuple):
    """What is asked."""

    question: str
    narrowing: Narrowing
    """In the words of whoever asks,"""
    filters: Filters
    """and what is meant by them."""
    language: str | None


class _Told(NamedTuple):
    """What the artifacts of an episode tell beside its passages."""

    segments: Sequence[Segment]
    audio_sha256: str | None
    generation: str | None


class Answering:
    """Answers questions, and holds answers against the corpus later."""

    def __init__(self, kept: Kept, models: Models, index: Index, reading: Reading) -> None:
        """Answer from what is kept."""
        self._kept = kept
        self._models = models
        self._index = index
        self._reading = reading

    def answer(
        self,
        question: str,
        narrowing: Narrowing = EVERYWHERE,
        hears: Hears = _nobody,
        *,
        limit: int = CLOSEST,
        max_cost: Decimal | None = None,
        conversation: Conversation | None = None,
    ) -> Answer:
        """The answer to a question; raises InvalidSubmission for a narrowing that means nothing.

        `hears` is told each sentence once it is checked. `limit` passages are quoted where there is no model.
        `conversation` is what was asked before, and is continued.
        """
        _check(question)
        asking = _Asking(question, narrowing, filters_of(self._kept, narrowing), self.answered_in(question))
        trace = Trace(lambda step: _tell(step, hears))
        caller = self._models.caller(Payer(None, "ask", f"ask-{uuid.uuid4().hex[:16]}"), trace)
        with asked():
            if caller is None:
                return self._closest(asking, limit)
            return self._written(asking, hears, caller, max_cost, conversation or Conversation())

    def verify(self, receipt: Receipt) -> list[Verdict]:
        """What became of each citation; raises InvalidReceipt when the corpus never had any of its episodes."""
        from ragtime_assets.domain.answering.verifying import Cited, verdict

        keys = {citation.episode_key for citation in receipt.citations}
        standing = self.guide.standing(keys)
        if keys and not standing:
            raise InvalidReceipt(
                "the receipt is of another corpus: this one never had any of the episodes that it cites",
                remedy="Set RAGTIME_HOME or RAGTIME_DATABASE_URL to the corpus that gave the answer.",
            )
        found: dict[str, Cited] = {}
        for key in keys:
            told = self._told(key) if standing.get(key) else _Told((), None, None)
            passages = self._kept.passages.window(key, 0, _ALL) if standing.get(key) else ()
            found[key] = Cited(
                is_known=key in standing,
                is_forgotten=not standing.get(key, True),
                passages=passages,
                segments=told.segments,
                audio_sha256=told.audio_sha256,
            )
        words = phrases(self.answered_in(receipt.question))
        return [verdict(citation, found[citation.episode_key], words) for citation in receipt.citations]

    def language_of(self, question: str) -> str | None:
        """The language of a question; of a few words that may be in any, None."""
        likely = asked_in(question, self._reading.languages.detect)
        return likely[0] if len(likely) == 1 else None

    @cached_property
    def guide(self) -> SqlCorpusGuide:
        """What there is in the corpus."""
        from ragtime_assets.corpus.guide import SqlCorpusGuide

        return SqlCorpusGuide(self._kept.database, self._kept.entities)

    @cached_property
    def check(self) -> AnswerCheck:
        """What holds answers against passages."""
        from ragtime_assets.domain.answering.checking import AnswerCheck
        from ragtime_assets.domain.answering.proper_names import NameSense

        reading = self._reading
        return AnswerCheck(NameSense(reading.vocabulary), reading.splitter.split, reading.languages.detect)

    def answered_in(self, question: str) -> str | None:
        """The language of what is said to a question; a word or two are in that of the corpus, if it has but one."""
        if count_words(question) >= _ENOUGH_WORDS:
            return self.language_of(question)
        spoken = self._kept.passages.languages()
        return spoken[0] if len(spoken) == 1 else None

    def _closest(self, asking: _Asking, limit: int) -> Answer:
        """The closest passages, each quoted from the sentence that is closest; nothing is generated."""
        started = time.monotonic()
        found = self._index.search.closest(asking.question, limit, asking.filters)
        if lost := self._index.missing_from(found, "hybrid"):
            raise lost
        hits = found.passages if found.is_close else ()
        told = self._told_of(hit.passage.episode_key for hit in hits)
        quotes = [one_line(hit.sentence, LONGEST_QUOTE) for hit in hits]
        return Answer(
            question=asking.question,
            text="" if found.is_close else self._refusal(asking),
            citations=tuple(
                _citation(hit.rank, hit.passage, quote, told[hit.passage.episode_key])
                for hit, quote in zip(hits, quotes, strict=True)
            ),
            supported=found.is_close,
            engine=KEYLESS,
            closest=hits,
            is_weak=found.closeness.is_weak,
            seconds=time.monotonic() - started,
            language=asking.language,
        )

    def _written(
        self,
        asking: _Asking,
        hears: Hears,
        caller: ModelCaller,
        max_cost: Decimal | None,
        conversation: Conversation,
    ) -> Answer:
        from ragtime_assets.agents.answerer import ModelAnswerer, Research
        from ragtime_assets.agents.desk.account import Account

        started = time.monotonic()
        account = Account(caller.desk.ledger, max_cost)
        research = Research(
            asking.question,
            _Finder(self._kept, self._index),
            self.guide,
            self.check,
            conversation.sources,
            asking.filters,
            lambda fault: hears(AnswerEvent("repair", one_line(fault))),
        )
        answerer = ModelAnswerer(replace(caller, desk=replace(caller.desk, ledger=account)))
        checked = answerer.answer(research, conversation.turns)
        text = self._told_to(hears, checked, asking)
        conversation.turns.append((asking.question, text))
        sentences = [one.text for one in checked.kept] if checked.is_supported else []
        numbers = list(dict.fromkeys(number for one in sentences for number in numbers_of(one)))
        cited = [(number, passage) for number in numbers if (passage := conversation.sources.get(number))]
        told = self._told_of(passage.episode_key for _, passage in cited)
        split = self._reading.splitter.split
        citations = (
            _citation(number, passage, quote_for(passage.text, citing, split), told[passage.episode_key])
            for number, passage in cited
            if (citing := [one for one in sentences if number in numbers_of(one)])
        )
        return Answer(
            question=asking.question,
            text=text,
            citations=tuple(citations),
            supported=checked.is_supported,
            engine=answerer.engine,
            tokens=account.tokens,
            cost=account.cost,
            seconds=time.monotonic() - started,
            language=asking.language,
            dropped=tuple(map(str, checked.faults)),
        )

    def _told_to(self, hears: Hears, checked: Checked, asking: _Asking) -> str:
        """The text that stands, told sentence by sentence; the refusal when nothing does."""
        for fault in checked.faults:
            hears(AnswerEvent("dropped", str(fault)))
        if not checked.is_supported:
            return self._refusal(asking)
        for sentence in checked.kept:
            hears(AnswerEvent("sentence", sentence.text))
        return joined(list(checked.kept))

    def _refusal(self, asking: _Asking) -> str:
        """That there is no answer; where only a part was looked through, which, and whether the rest has any."""
        if not self._kept.passages.count():
            return f"{refusal(asking.language)} {phrases(asking.language).no_episodes}"
        if asking.filters.is_empty:
            return refusal(asking.language)
        is_close_beyond = self._index.search.closest(asking.question, 1).is_close
        return refusal_within(asking.language, asking.narrowing.said, is_close_beyond=is_close_beyond)

    def _told_of(self, keys: Iterable[str]) -> Mapping[str, _Told]:
        """What the artifacts of each episode tell."""
        return {key: self._told(key) for key in set(keys)}

    def _told(self, key: str) -> _Told:
        """What the episode's artifacts tell; nothing of those that are not there."""
        store = self._kept.store
        segments: Sequence[Segment] = ()
        audio = generation = None
        with suppress(InputMissing):
            segments = store.load(Transcript, key)[0].segments
        with suppress(InputMissing):
            audio = store.load(AudioFile, key)[0].sha256
        with suppress(InputMissing):
            generation = store.load(SearchIndex, key)[0].generation
        return _Told(segments, audio, generation)


def _citation(number: int, passage: Passage, quote: str, told: _Told) -> Citation:
    """A quote of a passage, and when it is said."""
    said_at = second_in(passage, quote, told.segments)
    return Citation(
        number=number,
        quote=quote,
        episode_key=passage.episode_key,
        episode_title=passage.episode_title,
        show=passage.show,
        published=passage.published,
        second=said_at,
        url=at_second(passage.url, said_at),
        language=passage.language,
        passage_digest=passage.chunk_digest,
        passage_start=passage.start,
        passage_end=passage.end,
        audio_sha256=told.audio_sha256,
        index_generation=told.generation,
    )


class _Finder:
    """`ports.PassageFinder` over the search of the corpus."""

    def __init__(self, kept: Kept, index: Index) -> None:
        self._kept = kept
        self._index = index

    def search(self, query: str, limit: int, filters: Filters) -> Sequence[Passage]:
        found = self._index.search.look(query, limit, filters_of(self._kept, Narrowing(**asdict(filters))))
        if lost := self._index.missing_from(found, "hybrid"):
            raise lost
        return [hit.passage for hit in found.passages]

    def window(self, passage: Passage, around: int) -> Sequence[Passage]:
        return self._kept.passages.window(passage.episode_key, passage.index, around)


def _check(question: str) -> None:
    if not says_something(question):
        raise InvalidSubmission("nothing was asked", remedy='ragtime ask "QUESTION"')
    if len(question) > LONGEST_QUESTION:
        raise TooLong(
            f"the question has {len(question):,} characters; {LONGEST_QUESTION:,} are the most",
            remedy="Ask it in fewer words.",
        )


def _tell(step: TraceStep, hears: Hears) -> None:
    if step.outcome == "started":
        hears(AnswerEvent("tool", one_line(f"{step.tool}: {', '.join(filter(None, step.arguments.values()))}")))
