"""The smallest call there is: whether a model answers at all, and what its server's clock says."""

from __future__ import annotations

from ragtime_assets.agents.desk.sound import Written
from ragtime_assets.agents.desk.spec import AgentSpec


class Greeting(Written):
    """Any answer will do."""

    ready: bool


GREETING = AgentSpec(
    name="greeting",
    output=Greeting,
    instructions="Say that you are ready.",
    requests=1,
    output_tokens=50,
    repairs=0,
)
PROMPT = "Are you ready?"
