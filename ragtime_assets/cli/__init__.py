"""The `ragtime` command: small modules by subject, each importing what it needs when it is called.

No command does an episode's work; what has to be done is asked for in the corpus tables and done by Dagster.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence

_OBJECTS = 50_000
"""So many new ones call for a collection: what a command imports makes most of them, and all of those stay."""


def main(words: Sequence[str] | None = None) -> None:
    """Run a command, by default the one that was typed."""
    gc.set_threshold(_OBJECTS)
    from ragtime_assets.cli import app

    if not gc.get_freeze_count():  # no collection has to look through what was imported
        gc.freeze()
    app.main(words)
