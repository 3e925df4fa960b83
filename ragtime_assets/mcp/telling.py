"""What the corpus found, as tools answer it."""

from __future__ import annotations

from dataclasses import dataclass

from ragtime_assets.domain.answering.answer import Answer, at_second
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.searching.excerpts import Heard, excerpt_of
from ragtime_assets.domain.searching.found import RankedPassage, Stretch
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.mcp.answers import Answered, Cited, Passage
from ragtime_assets.mcp.reading import PassageId


def answered(answer: Answer) -> Answered:
    """An answer with its sources."""
    return Answered(
        question=answer.question,
        supported=answer.supported,
        weak=answer.is_weak,
        engine=answer.engine,
        text=answer.text,
        sources=[
            Cited(
                number=one.number,
                quote=one_line(one.quote, len(one.quote) + 1),
                episode_key=one.episode_key,
                title=one_line(one.episode_title),
                show=one.show,
                published=one.published,
                second=one.second,
                url=one.url,
            )
            for one in answer.citations
        ],
        cost_usd=None if answer.cost is None else float(answer.cost),
    )


@dataclass(frozen=True)
class Moment:
    """A hit, and the second at which the first word that was asked for is said."""

    hit: RankedPassage
    second: float

    @classmethod
    def of(cls, hit: RankedPassage, query: str, heard: Heard) -> Moment:
        """The second that the command line and the pages show too."""
        return cls(hit, excerpt_of(Stretch(hit, (hit.passage,)), query, heard).second)

    @property
    def id(self) -> PassageId:
        """What fetch takes."""
        return PassageId(self.hit.passage.episode_key, int(self.second))

    @property
    def title(self) -> str:
        """Show, episode and moment in one line."""
        passage = self.hit.passage
        named = " - ".join(filter(None, (one_line(passage.show), one_line(passage.episode_title))))
        return f"{named}, {clock(self.second)}"

    @property
    def url(self) -> str:
        """Where it is played."""
        return at_second(self.hit.passage.url, self.second)


def passage_of(moment: Moment) -> Passage:
    """A passage without signs that nobody sees."""
    hit, passage = moment.hit, moment.hit.passage
    return Passage(
        id=str(moment.id),
        rank=hit.rank,
        score=round(hit.score, 6),
        similarity=None if hit.similarity is None else round(hit.similarity, 4),
        episode_key=passage.episode_key,
        title=one_line(passage.episode_title),
        show=passage.show,
        published=passage.published,
        start=passage.start,
        end=passage.end,
        second=moment.second,
        speakers=list(passage.speakers),
        chapter=passage.chapter,
        entities=list(passage.entities),
        url=moment.url,
        text=one_line(passage.text, len(passage.text) + 1),
    )
