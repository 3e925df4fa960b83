"""A pod of `k8s/`: one container, whose user may do nothing, and may write nowhere but where it says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.topology import (
    HOME,
    IMAGE,
    INSTANCE,
    OUR_SECRETS,
    SECRETS_FOLDER,
    UID,
    Probe,
)

_TEMPORARY = "/tmp"  # noqa: S108 - of the container
_START_FAILURES = 60
ROLE = "ragtime/role"
OURS, SERVER, DOOR = "ours", "server", "door"
"""By its role it is decided who may reach a pod, and whom it may reach."""


def selector(name: str) -> dict[str, str]:
    """What chooses the pods of this name."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "ragtime"}


def pod(
    name: str,
    command: tuple[str, ...],
    role: str = OURS,
    *,
    cpu: str,
    memory: str,
    image: str = IMAGE,
    uid: int = UID,
    port: int | None = None,
    probe: Probe | None = None,
    environment: Mapping[str, str] | None = None,
    secrets: tuple[str, ...] = OUR_SECRETS,
    scratch: tuple[str, ...] = (),
    opens_pages: bool = False,
    disk: str | None = None,
) -> dict[str, Any]:
    """The template of a pod; without an `environment` of its own it is one of ours, and has a HOME of this `disk`."""
    container: dict[str, Any] = {
        "name": name,
        "image": image,
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "secrets", "mountPath": SECRETS_FOLDER, "readOnly": True},
            {"name": "tmp", "mountPath": _TEMPORARY},
        ],
    }
    volumes: list[dict[str, Any]] = [
        {
            "name": "secrets",
            "secret": {"secretName": "ragtime", "items": [{"key": one, "path": one} for one in secrets]},
        },
        {"name": "tmp", "emptyDir": {}},
    ]
    is_ours = environment is None
    if command:
        container["args" if is_ours else "command"] = [*command]  # ours goes through the image's own entry point
    if port is not None:
        container["ports"] = [{"containerPort": port}]
    if probe is not None:
        container |= _probes(probe)
    if environment is None:
        _furnish(container, volumes, disk)
    elif environment:
        container["env"] = [{"name": key, "value": value} for key, value in environment.items()]
    for number, folder in enumerate(scratch):
        volumes.append({"name": f"scratch-{number}", "emptyDir": {}})
        container["volumeMounts"].append({"name": f"scratch-{number}", "mountPath": folder})
    if opens_pages:
        volumes.append({"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "256Mi"}})
        container["volumeMounts"].append({"name": "shm", "mountPath": "/dev/shm"})  # noqa: S108
    return {
        "metadata": {"labels": selector(name) | {ROLE: role}},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": uid,
                "runAsGroup": uid,
                "fsGroup": uid,
                "fsGroupChangePolicy": "OnRootMismatch",
                "seccompProfile": {"type": "Unconfined" if opens_pages else "RuntimeDefault"},
            },
            "containers": [container],
            "volumes": volumes,
        },
    }


def _furnish(container: dict[str, Any], volumes: list[dict[str, Any]], disk: str | None) -> None:
    """What every process of ours has: the settings, Dagster's configuration, and a HOME for scratch and logs."""
    container["envFrom"] = [
        {"configMapRef": {"name": "ragtime-environment"}},
        {"configMapRef": {"name": "ragtime-own", "optional": True}},
    ]
    container["volumeMounts"] += [
        {"name": "home", "mountPath": HOME},
        {"name": "instance", "mountPath": INSTANCE},
        {"name": "files", "mountPath": f"{INSTANCE}/dagster.yaml", "subPath": "dagster.yaml"},
    ]
    volumes += [
        {"name": "home", "emptyDir": {"sizeLimit": disk} if disk else {}},
        {"name": "instance", "emptyDir": {}},
        {"name": "files", "configMap": {"name": "ragtime-files"}},
    ]


def _probes(probe: Probe) -> dict[str, Any]:
    """It may take ten minutes to begin; then it is out of use after two wrong answers, and begun again after six."""
    asked = _asked(probe) | {"timeoutSeconds": probe.seconds}
    return {
        "startupProbe": asked | {"periodSeconds": 10, "failureThreshold": _START_FAILURES},
        "readinessProbe": asked | {"periodSeconds": probe.every, "failureThreshold": 2},
        "livenessProbe": asked | {"periodSeconds": probe.every, "failureThreshold": 6},
    }


def _asked(probe: Probe) -> dict[str, Any]:
    if probe.port is None:
        return {"exec": {"command": [*probe.command]}}
    if probe.grpc_service is not None:
        return {"grpc": {"port": probe.port, "service": probe.grpc_service}}
    if probe.path is not None:
        return {"httpGet": {"port": probe.port, "path": probe.path}}
    return {"tcpSocket": {"port": probe.port}}
