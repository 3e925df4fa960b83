"""What a correction touches and what that costs, said before it is made; then asked for, and left to the sensor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragtime_assets.cli.output import console, say_json
from ragtime_assets.domain.artifacts.transcript import Transcript
from ragtime_assets.domain.figures import plural
from ragtime_assets.domain.graph import again_from
from ragtime_assets.domain.money.spending import dollars

if TYPE_CHECKING:
    from ragtime_assets.studio import Studio

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
_SHOWN = 5


@dataclass(frozen=True)
class Price:
    """What it takes to make phases of some episodes again."""

    episodes: tuple[str, ...]
    phases: tuple[str, ...]
    seconds: float
    """What these phases took the last time."""

    @property
    def document(self) -> dict[str, Any]:
        """As programs read it."""
        cost = {"seconds": round(self.seconds, 1), "speech": False, "models": False}
        return {"episodes": list(self.episodes), "phases": list(self.phases), "cost": cost}

    def __str__(self) -> str:
        """As people read it."""
        if not self.episodes:
            return "No episode is touched, so nothing is made again."
        return (
            f"Touches {plural(len(self.episodes), 'episode')}; made again for "
            f"{'it' if len(self.episodes) == 1 else 'them'}: {', '.join(self.phases)}. "
            f"Costs about {_time(self.seconds)} of work, no speech, no model."
        )


@dataclass(frozen=True)
class LastTime:
    """What phases of some episodes took and cost when they were made last: what it is likely to be again."""

    episodes: int
    phases: tuple[str, ...]
    seconds: float
    cost: Decimal
    unpriced: int
    """Calls of which nobody knows what they cost."""

    @property
    def is_much(self) -> bool:
        """Whether somebody should be asked before it is done again."""
        return self.episodes > 1 or self.cost > 0 or self.unpriced > 0

    @property
    def time(self) -> str:
        """How long it took, as people read it."""
        return _time(self.seconds)

    @property
    def money(self) -> str:
        """What was paid, as people read it; a plus where something has no known price."""
        return (dollars(self.cost) if self.cost else "nothing") + ("+" if self.unpriced else "")

    def __str__(self) -> str:
        """As people read it."""
        paid = dollars(self.cost) if self.cost else "nothing"
        unknown = f" and {plural(self.unpriced, 'call')} without a known price" if self.unpriced else ""
        return (
            f"{plural(len(self.phases), 'phase')} of {plural(self.episodes, 'episode')}: "
            f"{self.time} of work the last time; {paid} was paid{unknown}."
        )


def last_time(studio: Studio, keys: Collection[str], phases: Collection[str]) -> LastTime:
    """What these phases of these episodes took and cost."""
    seconds = studio.artifact_index.seconds(keys, phases)
    paid = studio.ledger.dearest_runs(keys, phases)
    cost = sum((one.cost for one in paid if one.cost is not None), Decimal(0))
    return LastTime(len(keys), tuple(phases), seconds, cost, sum(one.unpriced for one in paid))


def price_of(studio: Studio, keys: Collection[str], first: str) -> Price:
    """What it takes to make `first` and what is downstream again, for those of these episodes that still are there."""
    live = sorted(studio.submissions.wishes(keys))
    phases = again_from(first)
    made = studio.artifact_index.of(live)
    worked = frozenset(phases) - {Transcript.asset}  # what it took was to hear it, and nothing is heard again
    seconds = sum(one.seconds for artifacts in made.values() for name, one in artifacts.items() if name in worked)
    return Price(tuple(live), phases, seconds)


def agreed(studio: Studio, sentence: str, price: Price, *, yes: bool, as_json: bool) -> bool:
    """Say what a correction does; whether it is to be made. To a program it is only told, unless it said yes."""
    if as_json:
        if not yes:
            say_json({"correction": sentence, "done": False, **price.document})
        return yes
    console().print(f"{sentence}.", markup=False)
    for key in price.episodes[:_SHOWN]:
        console().print(f"  {studio.names.title(key) or key}", markup=False, overflow="ellipsis", no_wrap=True)
    if len(price.episodes) > _SHOWN:
        console().print(f"  and {plural(len(price.episodes) - _SHOWN, 'other')}")
    console().print(str(price), markup=False)
    return yes or typer.confirm("Do it?", abort=True)


def say_done(sentence: str, price: Price, *, as_json: bool) -> None:
    """What was done, and what waits for its run."""
    if as_json:
        say_json({"correction": sentence, "done": True, **price.document})
    elif price.episodes:
        console().print(f"Done; asked for {plural(len(price.episodes), 'run')}. `ragtime status` tells where they are.")
    else:
        console().print("Done.")


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
