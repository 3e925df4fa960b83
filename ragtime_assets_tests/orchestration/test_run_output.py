"""What runs print: on the pages of the runs, and nothing is started to repeat it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from starlette.testclient import TestClient

from ragtime_assets.orchestration.instance import open_instance
from ragtime_assets.settings import Settings

QUERY = "query($key: [String!]!) {capturedLogs(logKey: $key) {stdout stderr}}"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(Settings(home=tmp_path / "home")) as found:
        yield found


@dg.op
def speak() -> None:
    """As Python does, and as a library does that is not Python."""
    print("heard")
    os.write(sys.stderr.fileno(), b"seen\n")


@dg.job(executor_def=dg.in_process_executor)
def speaking() -> None:
    speak()


@pytest.fixture
def log_key(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    """Where what a run printed is kept; the run started no process."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a run started a process")

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", refuse)
        run = speaking.execute_in_process(instance=instance)
    (captured,) = (event for event in run.all_events if event.event_type == dg.DagsterEventType.LOGS_CAPTURED)
    key = captured.logs_captured_data.file_key
    return instance.compute_log_manager.build_log_key_for_run(run.run_id, key)


def test_what_a_run_prints_is_kept_under_the_instance_and_complete_when_it_ends(
    instance: dg.DagsterInstance, log_key: Sequence[str]
) -> None:
    kept = instance.compute_log_manager
    said = kept.get_log_data(log_key)
    assert said.stdout == b"heard\n"
    assert b"seen\n" in (said.stderr or b"")
    assert kept.is_capture_complete(log_key)
    assert Path(kept.get_log_metadata(log_key).stdout_location or "").is_relative_to(instance.storage_directory())


def test_the_web_ui_shows_it_and_hands_it_out(instance: dg.DagsterInstance, log_key: Sequence[str]) -> None:
    with WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as context:
        web = TestClient(create_app_from_workspace_process_context(context))
        answer = web.post("/graphql", json={"query": QUERY, "variables": {"key": log_key}}).json()
        assert answer["data"]["capturedLogs"]["stdout"] == "heard\n"
        assert "seen\n" in answer["data"]["capturedLogs"]["stderr"]
        assert web.get(f"/logs/{'/'.join(log_key)}/out").text == "heard\n"
