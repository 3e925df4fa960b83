"""What readers are told when something is not there or does not answer: words and a remedy, never a traceback."""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException

from ragtime_assets.errors import (
    BudgetSpent,
    ConfigurationError,
    InputMissing,
    InvalidContent,
    InvalidSubmission,
    RagtimeError,
    TransientError,
)
from ragtime_assets.serve.page import Page, View

NOT_FOUND, FORGOTTEN = 404, 410
_STATUS: tuple[tuple[type[RagtimeError], int], ...] = (
    (InvalidSubmission, 400),
    (InvalidContent, 400),
    (InputMissing, NOT_FOUND),
    (BudgetSpent, 402),
    (TransientError, 503),
    (ConfigurationError, 503),
)
_log = logging.getLogger(__name__)


class FaultView(View):
    """Something went wrong: its class, what was tried, and what to do."""

    error: str
    message: str
    remedy: str
    status: int


def fault(error: Exception) -> Page:
    """The error as a page."""
    match error:
        case RagtimeError():
            told = FaultView(
                error=type(error).__name__, message=error.message, remedy=error.remedy, status=status_of(error)
            )
        case HTTPException(status_code=404):
            told = FaultView(
                error="NotFound",
                message="there is no such page",
                remedy="What was here may have been forgotten. Search for it, or begin at the first page.",
                status=NOT_FOUND,
            )
        case HTTPException(status_code=410):
            told = FaultView(
                error="Forgotten",
                message="this episode was forgotten: all that there was of it is removed",
                remedy="Search for another one.",
                status=FORGOTTEN,
            )
        case HTTPException():
            told = FaultView(
                error="Refused",
                message=error.detail,
                remedy="Go back and try it from the page.",
                status=error.status_code,
            )
        case _:
            _log.error("a page failed", exc_info=error)
            told = FaultView(
                error="Defect",
                message="this page could not be made",
                remedy="Try again; the log of `ragtime serve` tells more.",
                status=500,
            )
    return Page(told, "fault.html", told.status)


def status_of(error: RagtimeError) -> int:
    """The status of HTTP that tells this error to programs."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
