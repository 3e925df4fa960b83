"""Real processes that are killed in the middle: at a named point, or wherever a caller says."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any


def killed_at(point: str, module: str, work: Callable[[], object], nth: int = 1) -> bool:
    """Whether a process that does this work was killed as it called this function of this module for the n-th time."""
    calls = 0

    def dies(frame: FrameType) -> bool:
        nonlocal calls
        calls += frame.f_code.co_name == point and frame.f_globals.get("__name__") == module
        return calls == nth

    return killed_when(dies, work)


def killed_when(dies: Callable[[FrameType], bool], work: Callable[[], object]) -> bool:
    """Whether a process that does this work was killed when `dies` said so of a function that it calls.

    The work has to open what it works on itself: connections do not outlive a fork.
    """

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and dies(frame):
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        sys.setprofile(watch)
        try:
            work()
            code = 0
        except Exception:  # noqa: BLE001 - a process of its own tells and ends
            traceback.print_exc()
            code = 1
        os._exit(code)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    assert ended in (0, -signal.SIGKILL), ended
    return ended == -signal.SIGKILL
