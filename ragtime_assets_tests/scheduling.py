"""Which worker of pytest takes which file: trees of processes, which wait a lot, are beside tests that compute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

TREES = "ragtime_assets_tests/end_to_end/"


class TreesBesideUnits(LoadFileScheduling):
    """Every second worker takes trees while there are any, and each of the others units while there are any."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        number = int(node.gateway.id.removeprefix("gw"))
        self.workqueue.move_to_end(next_file(self.workqueue, number), last=False)
        super()._assign_work_unit(node)


def next_file(waiting: Iterable[str], number: int) -> str:
    """What the worker of this number takes of the files that wait."""
    wants_trees = number % 2 == 0
    return min(waiting, key=lambda file: file.startswith(TREES) != wants_trees)
