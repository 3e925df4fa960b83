"""What killed processes leave behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ragtime_assets.adapters.storage.leftovers import TEMPORARY, ours, remove_leftovers


def test_only_what_dead_processes_of_this_machine_left_is_removed(tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    dead = int(gone.stdout)
    left = tmp_path / f"{TEMPORARY}{dead}@@abc"
    left.mkdir()
    (left / "code").write_text("a socket")
    stays = [f"{TEMPORARY}{ours(is_shared=False)}abc", f"{TEMPORARY}notes", f"other-{dead}@@abc", f"{dead}@@abc"]
    for name in stays:
        (tmp_path / name).mkdir()
    assert remove_leftovers(tmp_path, TEMPORARY) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(stays)
