"""A model that reads who and what is mentioned, one chunk at a time, all chunks together.

What belongs here: what the model is told, and when an answer is sent back. What does not: what becomes of a name that
is not in the text, and the second it is said (`phases/reading/names/grounding.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema

from ragtime_assets.agents.desk.fences import fenced
from ragtime_assets.agents.desk.sound import Written, only_sound
from ragtime_assets.agents.desk.spec import AgentSpec
from ragtime_assets.domain.artifacts.chunks import Chunk, Chunks
from ragtime_assets.domain.artifacts.entities import Candidate
from ragtime_assets.domain.figures import clock
from ragtime_assets.domain.reading.standing import ChunkText
from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.domain.vocabulary.vocabulary import EntityType, Vocabulary
from ragtime_assets.ports import Progress

if TYPE_CHECKING:
    from ragtime_assets.agents.desk.calling import ModelCaller

MOST = 150
"""Nothing that is said in one passage has so many names."""
FIRST_WORDS = 6
"""So many words of a passage say which one it is."""
MANY = 3
"""An answer with fewer names is not sent back when none of them is in the text: they are dropped."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ReadMention(Written):
    """One entity: the key of its type, the words of the passage that name it, its full usual name."""

    type: Words
    surface: Words
    name: Words


class PassageEntities(Written):
    """What is mentioned in one passage."""

    mentions: tuple[ReadMention, ...] = Field(max_length=MOST)
    unsound: SkipJsonSchema[int] = 0
    """How many mentions were no mentions, or one too many: they do not cost the others."""

    @model_validator(mode="before")
    @classmethod
    def _without_the_unsound(cls, said: Any) -> Any:
        return only_sound(said, "mentions", ReadMention, MOST)


ENTITIES = AgentSpec(
    name="entities",
    output=PassageEntities,
    instructions="""
You list who and what is mentioned in one passage of the transcript of a podcast episode, as far as it is of one of
the types below. A passage that mentions none gets an empty list.

- surface: the words that name it, copied letter by letter from the passage, without articles or a possessive 's. Give
  each surface once.
- name: its full usual name, as an encyclopaedia has it: "Miles Davis" for "Davis". When the passage does not tell
  whom or what a short name means, repeat the surface.
- type: the key of the one type that fits best. What fits none is left out, and so are pronouns and mere descriptions.
""",
    output_tokens=4_000,
)


@dataclass(frozen=True)
class ModelEntityReader:
    """Reads by a model."""

    caller: ModelCaller
    progress: Progress

    @property
    def engine(self) -> str:
        """The model."""
        return self.caller.engine

    def read(self, chunks: Chunks, vocabulary: Vocabulary) -> Iterator[Candidate]:
        """What the model names, chunk by chunk; a chunk without letters is not sent."""
        asked = {chunk.digest: chunk for chunk in chunks.chunks if any(map(str.isalpha, chunk.text))}
        prompts = {unit: fenced("transcript", chunk.text) for unit, chunk in asked.items()}
        spec = spec_of(vocabulary, {unit: chunk.text for unit, chunk in asked.items()})
        spec = replace(spec, places={unit: _place(chunk) for unit, chunk in asked.items()})
        answers = self.caller.call_all(spec, prompts, self.progress)
        for unit, answer in answers.items():
            once = {(mention.type, mention.surface): mention for mention in answer.mentions}
            for mention in once.values():
                yield Candidate(mention.type, one_line(mention.name), mention.surface, asked[unit].index)
            for _ in range(answer.unsound):
                yield Candidate("", "", "", asked[unit].index)  # stands nowhere: it is dropped, and counted


def spec_of(vocabulary: Vocabulary, texts: Mapping[str, str]) -> AgentSpec[PassageEntities]:
    """The agent for the active types, and for these passages by unit: as long for one passage as for thousands."""
    types = "\n".join(map(_described, vocabulary.active.values()))
    instructions = f"{ENTITIES.instructions.strip()}\n\nTypes:\n{types}"
    return replace(ENTITIES, instructions=instructions, wishes=(_has_read(vocabulary, texts),))


def _place(chunk: Chunk) -> str:
    """A passage as people find it: when it begins, and with which words."""
    return f"the passage at {clock(chunk.start)} “{' '.join(chunk.text.split()[:FIRST_WORDS])} …”"


def _described(type_: EntityType) -> str:
    examples = f" Such as {', '.join(type_.examples)}." if type_.examples else ""
    return f"- {type_.key}: {type_.name}. {type_.description}{examples}"


def _has_read(vocabulary: Vocabulary, texts: Mapping[str, str]) -> Callable[[PassageEntities, str], str | None]:
    """Whether the model read the passage at all: of many names, one at least is of a type and stands there."""
    keys = frozenset(vocabulary.active)

    def check(answer: PassageEntities, unit: str) -> str | None:
        named = answer.mentions
        if answer.unsound and not named:
            return "no mention has a type, a surface and a name of at most 200 letters"
        if len(named) < MANY:
            return None
        if keys.isdisjoint(mention.type for mention in named):
            return f"there is no type {named[0].type}; the keys of the types are {', '.join(sorted(keys))}"
        text = ChunkText(texts[unit])
        if any(text.standing(mention.surface) for mention in named):
            return None
        surfaces = ", ".join(mention.surface for mention in named[:10])
        return f"the passage has none of these: {surfaces}; a surface is copied from it letter by letter"

    return check
