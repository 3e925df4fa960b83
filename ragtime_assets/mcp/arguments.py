"""What a tool is called with: arguments that it does not take are told to the caller, as those of another kind are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mcp.server.mcpserver.tools import Tool
from pydantic import ValidationError

from ragtime_assets.domain.text.lines import one_line
from ragtime_assets.errors import InvalidSubmission
from ragtime_assets.mcp.faults import fault


class StrictTool(Tool):
    """A tool that takes the arguments in its schema and no others; who calls it otherwise is told in our own words."""

    def model_post_init(self, context: Any, /) -> None:
        """Let hosts know too."""
        self.parameters["additionalProperties"] = False

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:
        """Run it, or answer what is wrong with the arguments."""
        try:
            self._check(arguments)
        except InvalidSubmission as error:
            return fault(error)
        return await super().run(arguments, context, convert_result)

    def _check(self, arguments: Mapping[str, Any]) -> None:
        known = self.parameters["properties"]
        unknown = [name for name in arguments if name not in known]
        wrong = [f"{one_line(name)!r} is no argument of {self.name}" for name in unknown] or self._wrong(arguments)
        if wrong:
            raise InvalidSubmission("; ".join(wrong), remedy=self._takes(known))

    def _wrong(self, arguments: Mapping[str, Any]) -> list[str]:
        try:
            self.fn_metadata.validate_arguments(dict(arguments))
        except ValidationError as error:
            return [_told(one) for one in error.errors(include_url=False)]
        return []

    def _takes(self, known: Iterable[str]) -> str:
        needed = self.parameters.get("required", ())
        names = ", ".join(f"{name} (needed)" if name in needed else name for name in known)
        return f"{self.name} takes {names}." if names else f"{self.name} takes no arguments."


def _told(error: Mapping[str, Any]) -> str:
    name = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{name!r} is missing"
    return f"{name} is {one_line(repr(error['input']), 120)}, and this is wrong with it: {error['msg']}"
