"""What the corpus found, as tools answer it."""

from __future__ import annotations

from ragtime_assets.domain.answering.answer import Answer
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.searching.found import RankedPassage
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


def id_of(hit: RankedPassage) -> PassageId:
    """What fetch takes."""
    return PassageId(hit.passage.episode_key, int(hit.passage.start))


def title_of(hit: RankedPassage) -> str:
    """Show, episode and moment in one line."""
    passage = hit.passage
    named = " - ".join(filter(None, (one_line(passage.show), one_line(passage.episode_title))))
    return f"{named}, {clock(passage.start)}"


def passage_of(hit: RankedPassage) -> Passage:
    """A passage without signs that nobody sees."""
    passage = hit.passage
    return Passage(
        id=str(id_of(hit)),
        rank=hit.rank,
        score=round(hit.score, 6),
        similarity=None if hit.similarity is None else round(hit.similarity, 4),
        episode_key=passage.episode_key,
        title=one_line(passage.episode_title),
        show=passage.show,
        published=passage.published,
        start=passage.start,
        end=passage.end,
        speakers=list(passage.speakers),
        chapter=passage.chapter,
        entities=list(passage.entities),
        url=passage.url,
        text=one_line(passage.text, len(passage.text) + 1),
    )
