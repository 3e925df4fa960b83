"""A backup restored where nobody works, and Dagster's sensor told that the tables are others."""

from __future__ import annotations

from pathlib import Path

from ragtime_assets.orchestration.cursors import read_from_the_start
from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.orchestration.resting import at_rest
from ragtime_assets.studio import Studio
from ragtime_assets.studio.restoring import Restored, Tell, restore


def restore_here(studio: Studio, source: Path, *, replace: bool, as_new: bool, tell: Tell) -> Restored:
    """Restore while nobody works on the corpus; what is finished is not done again, whatever Dagster remembers."""
    with at_rest(studio, "ragtime restore"):
        done = restore(studio, source, replace=replace, as_new=as_new, tell=tell)
        with open_instance(studio.settings) as instance:
            read_from_the_start(instance)
    return done
