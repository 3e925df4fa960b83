"""What `liveness_sensor` does for runs that wait in the broker, where there is one."""

from __future__ import annotations

import dagster as dg

from ragtime_assets.settings import Settings


def send_what_waits(instance: dg.DagsterInstance, settings: Settings) -> list[str]:
    """Send again the runs that the broker may not have; their ids."""
    if settings.launcher != "celery":
        return []
    from ragtime_assets.orchestration.launching.launcher import CeleryLauncher

    launcher = instance.run_launcher
    return launcher.send_what_waits() if isinstance(launcher, CeleryLauncher) else []
