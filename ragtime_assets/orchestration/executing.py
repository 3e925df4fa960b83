"""The one executor of every job: where the steps of a run are executed is a setting, read when the run begins."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import dagster as dg
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.base import Executor
from dagster._core.executor.in_process import InProcessExecutor
from dagster._core.executor.multiprocess import MultiprocessExecutor

from ragtime_assets.orchestration.care.dagster_gaps import stopping_when_told
from ragtime_assets.orchestration.code_server.own_folder import take_own_folder
from ragtime_assets.orchestration.partitions import NAME
from ragtime_assets.orchestration.resources import of_process, patience, run_lock
from ragtime_assets.orchestration.steps.episode import guard
from ragtime_assets.orchestration.tags import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG
from ragtime_assets.ports import LockTaken


class MultiprocessRun(MultiprocessExecutor):
    """Each step in a process of its own; the process of the run holds the locks, and its steps are let in."""

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[dg.DagsterEvent]:
        """Execute the steps, with the run's lock and the guards of its episodes held."""
        take_own_folder()
        with _held_by(plan_context.dagster_run, plan_context.instance):
            yield from super().execute(plan_context, execution_plan)


@dg.executor(name="ragtime", config_schema={})
def run_executor(_context: dg.InitExecutorContext) -> Executor:
    """The executor that RAGTIME_EXECUTOR names."""
    if of_process().settings.executor == "multiprocess":
        return MultiprocessRun(retries=RetryMode.DISABLED, max_concurrent=None, start_method="forkserver")
    return InProcessExecutor(retries=RetryMode.DISABLED)


@contextmanager
def _held_by(run: dg.DagsterRun, instance: dg.DagsterInstance) -> Iterator[None]:
    kept = of_process()
    with ExitStack() as held:
        held.enter_context(stopping_when_told(instance, run.run_id, patience(kept.settings)))
        for name in (run_lock(run.run_id), *(guard(key) for key in _episodes(run, instance))):
            with suppress(LockTaken):  # the step that wants it says by whom
                held.enter_context(kept.locks.hold(name, run.run_id))
        yield


def _episodes(run: dg.DagsterRun, instance: dg.DagsterInstance) -> list[str]:
    """The episodes of the run; those of a batch follow each other among the partitions."""
    if PARTITION_TAG in run.tags:
        return [run.tags[PARTITION_TAG]]
    keys = list(instance.get_dynamic_partitions(NAME)) if RANGE_START_TAG in run.tags else []
    ends = [keys.index(run.tags[tag]) for tag in (RANGE_START_TAG, RANGE_END_TAG) if run.tags.get(tag) in keys]
    return keys[ends[0] : ends[1] + 1] if len(ends) == 2 else []
