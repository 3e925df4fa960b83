"""What goes wrong while somebody asks the corpus: they have a question, and no key of an episode to retry."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager

from ragtime_assets.errors import OutputInvalid, RagtimeError

_RETRY = re.compile(r"`?ragtime retry KEY(?: --rebind)?`?(?: goes on [^;.,]*)?")


@contextmanager
def asked(again: str = "ask again") -> Generator[None, None, None]:
    """Errors with remedies for who asks, or whose command names no episode: what they do `again`."""
    try:
        yield
    except RagtimeError as error:
        error.remedy = _remedy(error, again)
        raise


def _remedy(error: RagtimeError, again: str) -> str:
    if isinstance(error, OutputInvalid):
        return "Ask again, or name another model in RAGTIME_ASK_MODEL."
    told = _RETRY.sub(again, error.remedy).replace(": what was paid is not paid again", "")
    return told[:1].upper() + told[1:]
