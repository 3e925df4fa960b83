"""A public service that many ask: by turns, patiently, and not at all for a while after it failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ragtime_assets.adapters.knowledge.breaker import Breaker
from ragtime_assets.adapters.web.http import GuardedHttp
from ragtime_assets.domain.deadline import Deadline
from ragtime_assets.domain.linking.turns import LONGEST_QUIET
from ragtime_assets.domain.retries import Retries, retried
from ragtime_assets.errors import SourceUnavailable, TimedOut
from ragtime_assets.ports import ServiceTurns

_ENOUGH = 3.0
"""Seconds in which a service that is well has answered."""

Accept = Callable[[bytes, Mapping[str, str]], None]
"""Raises where a body is no answer: SourceUnavailable where asking again may help."""


@dataclass(frozen=True)
class PublicService:
    """One service, and the manners in which it is asked."""

    name: str
    http: GuardedHttp
    turns: ServiceTurns
    seconds: float
    """Between two requests, of all processes together."""
    breaker: Breaker
    patience: float = 5.0
    """Seconds that it gets for one answer."""
    wait: Callable[[float], None] = time.sleep

    def get(self, url: str, deadline: Deadline, accept: Accept) -> bytes:
        """What it answers; raises SourceUnavailable or TimedOut, SourceGone where there is nothing."""
        with self.breaker.watching():
            return retried(lambda: self._once(url, deadline, accept), Retries(left=deadline.left), self.wait)

    def _once(self, url: str, deadline: Deadline, accept: Accept) -> bytes:
        self.turns.take(self.name, self.seconds, deadline)
        given = min(deadline.left(), self.patience)
        try:
            return self._asked(url, deadline, accept)
        except SourceUnavailable as error:
            self.turns.hold_off(self.name, min(error.retry_after or self.seconds, LONGEST_QUIET))
            raise
        except TimedOut as error:
            if given < _ENOUGH:
                raise
            raise SourceUnavailable(f"{self.name} did not answer within {given:.0f} seconds", url=url) from error

    def _asked(self, url: str, deadline: Deadline, accept: Accept) -> bytes:
        found = self.http.until(Deadline(self.patience, deadline)).revisit(url, {})
        body = found.document.body if found.document else b""
        accept(body, found.headers)
        return body
