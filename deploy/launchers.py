"""Dagster's configuration where each run is a container or a pod of its own, by a run launcher of Dagster's.

Of everything else it says what `dagster-celery.yaml` says; a pod has what a worker of `k8s/` has.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from deploy.compose_file import compose
from deploy.manifests import MOST_FETCHED, NAMESPACE
from deploy.pods import pod
from deploy.topology import ENVIRONMENT, IMAGE, INSTANCE, PUBLIC, SECRETS_FOLDER, WORKER

BY_CELERY = Path(__file__).with_name("dagster-celery.yaml")
START_SECONDS = 900
"""So long a run may wait for its image, and for room on a machine."""
STOP_SECONDS = 60
HERE = "/srv/ragtime"
"""Where the machine that Docker runs on has the secrets and this configuration."""
RIGHTS = "ragtime-runs"


def by_docker() -> dict[str, Any]:
    """A container for each run, beside those of `compose/`; its environment is that of who launches it."""
    told = compose()
    worker = told["services"][WORKER.name]
    config = {
        "image": IMAGE,
        "networks": [f"{told['name']}_{network}" for network in worker["networks"]],
        "env_vars": [*ENVIRONMENT, *PUBLIC],
        "container_kwargs": {
            **{part: worker[part] for part in ("read_only", "cap_drop", "security_opt", "mem_limit", "shm_size")},
            "volumes": [
                *worker["volumes"],
                f"{HERE}/secrets:{SECRETS_FOLDER}:ro",
                f"{HERE}/dagster.yaml:{INSTANCE}/dagster.yaml:ro",
            ],
            "auto_remove": True,
            "stop_timeout": STOP_SECONDS,
        },
    }
    return _launched_by("dagster_docker", "DockerRunLauncher", config)


def by_kubernetes() -> dict[str, Any]:
    """A pod for each run, beside those of `k8s/`."""
    template = pod("run", (), cpu=WORKER.cpu, memory=WORKER.memory, opens_pages=WORKER.opens_pages, disk=MOST_FETCHED)
    (container,) = template["spec"].pop("containers")
    config = {
        "job_image": container.pop("image"),
        "job_namespace": NAMESPACE,
        "service_account_name": "default",  # a run asks nothing of Kubernetes
        "instance_config_map": "ragtime-files",
        "dagster_home": INSTANCE,
        "image_pull_policy": "IfNotPresent",
        "run_k8s_config": {
            "container_config": container,
            "pod_template_spec_metadata": template["metadata"],
            "pod_spec_config": template["spec"] | {"terminationGracePeriodSeconds": STOP_SECONDS},
        },
    }
    return _launched_by("dagster_k8s", "K8sRunLauncher", config)


def rights() -> list[dict[str, Any]]:
    """What those who launch, look after and stop runs have to be allowed: `daemon`, `web` and `code`."""
    about = {"name": RIGHTS, "namespace": NAMESPACE}
    rules = [
        {"apiGroups": ["batch"], "resources": ["jobs", "jobs/status"], "verbs": ["create", "get", "list", "delete"]},
        {"apiGroups": [""], "resources": ["pods", "pods/log", "pods/status"], "verbs": ["get", "list"]},
        {"apiGroups": [""], "resources": ["events"], "verbs": ["list"]},
    ]
    group = "rbac.authorization.k8s.io"
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": about},
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": about, "rules": rules},
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": about,
            "roleRef": {"apiGroup": group, "kind": "Role", "name": RIGHTS},
            "subjects": [{"kind": "ServiceAccount", **about}],
        },
    ]


def _launched_by(module: str, name: str, config: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(BY_CELERY.read_text())
    told["run_launcher"] = {"module": module, "class": name, "config": config}
    told["run_monitoring"]["start_timeout_seconds"] = START_SECONDS
    return told
