"""How the processes of `ragtime up` end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ragtime_assets.orchestration.supervisor import Child

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"


def test_a_process_that_does_not_end_when_it_is_told_is_ended(tmp_path: Path) -> None:
    child = Child("stubborn", [sys.executable, "-c", STUBBORN], tmp_path / "log")
    child.start(dict(os.environ))
    while not child.log.read_text():
        assert child.is_running
    child.stop(patience=0.2)
    assert not child.is_running
