"""A model that chooses whom a name means, among the candidates that rules could not tell apart: one prompt an episode.

What belongs here: what the model is told, and when an answer is sent back. What does not: who the candidates are
(`domain/linking/`), and when a model is asked at all (`phases/linking/choosing.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from ragtime_assets.agents.desk.fences import fenced
from ragtime_assets.agents.desk.sound import Written, only_sound
from ragtime_assets.agents.desk.spec import AgentSpec
from ragtime_assets.domain.linking.choice import MOST_RELATED, Choice, Question
from ragtime_assets.domain.linking.decision import Name
from ragtime_assets.domain.linking.known_entity import KnownEntity
from ragtime_assets.domain.text.lines import one_line

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller

MOST = 40
"""So many names are asked about; an episode that leaves more open has other troubles."""
NONE = 0
LONGEST_FACT = 120


class ChosenLink(Written):
    """For the number of a name, the number of the candidate that is meant, or 0."""

    name: int
    candidate: int


class ChosenLinks(Written):
    """One choice for each name."""

    choices: tuple[ChosenLink, ...] = Field(max_length=MOST)
    unsound: SkipJsonSchema[int] = 0
    """How many choices were none, or one too many: they do not cost the others."""

    @model_validator(mode="before")
    @classmethod
    def _without_the_unsound(cls, said: Any) -> Any:
        return only_sound(said, "choices", ChosenLink, MOST)


LINKER = AgentSpec(
    name="linker",
    output=ChosenLinks,
    instructions="""
You are given names from the transcript of one podcast episode, each with the sentences in which it is said and a
numbered list of candidates whom or what it may mean. For each name choose the number of the candidate that is meant.

- Decide by what is said in the sentences, by the other names of the episode, and by when the candidates lived.
- Choose 0 when none of the candidates is meant, or when the sentences do not tell: a wrong choice is worse than none.
- Choose only numbers that are listed under that name. How famous somebody is proves nothing.
""",
    output_tokens=2_000,
)


@dataclass(frozen=True)
class ModelLinkChooser:
    """Chooses by a model."""

    caller: ModelCaller

    @property
    def engine(self) -> str:
        """The model."""
        return self.caller.engine

    def choose(self, questions: Sequence[Question]) -> dict[Name, Choice]:
        """What the model chose of the first questions; a choice that is not among the candidates is none at all."""
        asked = questions[:MOST]
        spec = replace(LINKER, wishes=(_is_listed(asked),))
        answer = self.caller.call(spec, prompt_of(asked), LINKER.name)
        return dict(_choices(answer, asked))


def prompt_of(questions: Sequence[Question]) -> str:
    """The names and their candidates, as material of strangers."""
    return fenced("names", "\n\n".join(_asked(number, one) for number, one in enumerate(questions, 1)))


def _asked(number: int, question: Question) -> str:
    said = "\n".join(f"   said: {context}" for context in question.contexts)
    candidates = "\n".join(f"   {at}. {_described(one)}" for at, one in enumerate(question.candidates, 1))
    return f"{number}. {one_line(question.name.name, LONGEST_FACT)} ({question.name.type})\n{said}\n{candidates}"


def _described(entity: KnownEntity) -> str:
    life = f"{entity.begin or '?'}-{entity.end or ''}" if entity.begin or entity.end else ""
    related = (
        f"with {', '.join(one_line(name, 60) for name in entity.related[:MOST_RELATED])}" if entity.related else ""
    )
    facts = (entity.type, one_line(entity.disambiguation, LONGEST_FACT), life, entity.area or "", related)
    return "; ".join(filter(None, (one_line(entity.name, LONGEST_FACT), *facts)))


def _choices(answer: ChosenLinks, asked: Sequence[Question]) -> Iterator[tuple[Name, Choice]]:
    for one in answer.choices:
        if _is_sound(one, asked):
            question = asked[one.name - 1]
            meant = question.candidates[one.candidate - 1] if one.candidate != NONE else None
            yield question.name, Choice(entity=meant)


def _is_sound(one: ChosenLink, asked: Sequence[Question]) -> bool:
    return 1 <= one.name <= len(asked) and NONE <= one.candidate <= len(asked[one.name - 1].candidates)


def _is_listed(asked: Sequence[Question]) -> Callable[[ChosenLinks, str], str | None]:
    """Whether every choice is one of those listed."""
    most: Mapping[int, int] = {number: len(one.candidates) for number, one in enumerate(asked, 1)}

    def check(answer: ChosenLinks, _unit: str) -> str | None:
        for one in answer.choices:
            if one.name not in most:
                return f"there is no name {one.name}; the names are 1 to {len(asked)}"
            if not NONE <= one.candidate <= most[one.name]:
                return f"name {one.name} has no candidate {one.candidate}; it has 1 to {most[one.name]}, and 0 is none"
        return None

    return check
