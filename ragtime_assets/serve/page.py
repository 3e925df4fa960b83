"""A page: what is shown, and the template that shows it to people; programs get the same as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """What a page shows; its fields are what programs get."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Page:
    """What is shown, and how."""

    view: View
    template: str
    status: int = 200
