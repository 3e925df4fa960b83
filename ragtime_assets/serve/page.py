"""A page: what is shown, and the template that shows it to people; programs get the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class View(BaseModel):
    """What a page shows; its fields are what programs get."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def stretch_of(items: Sequence[T], page: int, size: int) -> tuple[Sequence[T], int | None]:
    """What is on this page of a long list, and the number of the next one if there is one."""
    return items[(page - 1) * size : page * size], page + 1 if page * size < len(items) else None


@dataclass(frozen=True)
class Page:
    """What is shown, and how."""

    view: View
    template: str
    status: int = 200
