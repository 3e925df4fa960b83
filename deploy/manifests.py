"""`k8s/`: the same deployment as plain manifests, a list of documents for each file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.make_secrets import LOGIN, MADE
from deploy.pods import DOOR, OURS, ROLE, SERVER, pod, selector
from deploy.topology import (
    DATABASES,
    ENVIRONMENT,
    EXAMPLE_SITE,
    HTTP_PORT,
    HTTPS_PORT,
    MAKE_BUCKET,
    MIGRATE,
    MINIO,
    POSTGRES,
    PROCESSES,
    PROXY_HEALTH_PORT,
    PROXY_IMAGE,
    PROXY_PROBE,
    PROXY_SECRETS,
    PUBLIC,
    SERVE,
    SERVERS,
    WEB,
    Process,
    Server,
)

NAMESPACE = "ragtime"
Documents = list[dict[str, Any]]
_FOLDER = Path(__file__).parent
MOST_FETCHED = "20Gi"
"""Audio that is on the way of the runs of one worker."""


def manifests() -> dict[str, Documents]:
    """By the name of its file, what is in it."""
    files = {
        "namespace.yaml": [_document("v1", "Namespace", NAMESPACE)],
        "settings.yaml": _settings(),
        **{f"{one.name}.yaml": _of_server(one) for one in SERVERS},
        "setup.yaml": _setup(),
        **{f"{one.name}.yaml": _of_process(one) for one in PROCESSES},
        "proxy.yaml": _of_proxy(),
        "network.yaml": _network(),
    }
    applied = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "namespace": NAMESPACE}
    return {
        **files,
        "kustomization.yaml": [applied | {"resources": [*files]}],
        "secret.example.yaml": [_secret()],
    }


def _settings() -> Documents:
    public = {name: f"https://{EXAMPLE_SITE[host]}" for name, host in PUBLIC.items()}
    files = {
        "dagster.yaml": (_FOLDER / "dagster-celery.yaml").read_text(),
        "Caddyfile": (_FOLDER / "Caddyfile").read_text(),
        "databases.sql": DATABASES,
    }
    return [
        _config("ragtime-environment", {**ENVIRONMENT, **public}),
        _config("ragtime-site", EXAMPLE_SITE),
        _config("ragtime-files", files),
    ]


def _of_process(process: Process) -> Documents:
    template = pod(
        process.name,
        process.command,
        cpu=process.cpu,
        memory=process.memory,
        port=process.port,
        probe=process.probe,
        opens_pages=process.opens_pages,
        disk=MOST_FETCHED,
    )
    template["spec"]["terminationGracePeriodSeconds"] = process.grace_seconds
    # Two daemons would each start every run; two of the others do no harm while one replaces the other.
    strategy = {"type": "Recreate"} if process.name == "daemon" else {"type": "RollingUpdate"}
    spec = {
        "replicas": process.replicas,
        "strategy": strategy,
        "selector": {"matchLabels": selector(process.name)},
        "template": template,
    }
    documents = [_document("apps/v1", "Deployment", process.name, spec=spec)]
    if process.port is not None:
        documents.append(_service(process.name, {process.port: process.port}))
    if process.replicas > 1:
        budget = {"maxUnavailable": 1, "selector": {"matchLabels": selector(process.name)}}
        documents.append(_document("policy/v1", "PodDisruptionBudget", process.name, spec=budget))
    return documents


def _of_server(server: Server) -> Documents:
    template = pod(
        server.name,
        server.command,
        SERVER,
        image=server.image,
        uid=server.uid,
        cpu="250m",
        memory=server.memory,
        port=server.port,
        probe=server.probe,
        environment=server.environment,
        secrets=server.secrets,
        scratch=server.scratch,
    )
    container = template["spec"]["containers"][0]
    container["volumeMounts"].append({"name": "data", "mountPath": server.folder})
    if server is POSTGRES:
        place = "/docker-entrypoint-initdb.d/databases.sql"
        container["volumeMounts"].append({"name": "files", "mountPath": place, "subPath": "databases.sql"})
        template["spec"]["volumes"].append({"name": "files", "configMap": {"name": "ragtime-files"}})
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": server.disk}}},
    }
    spec = {
        "serviceName": server.name,
        "replicas": 1,
        "selector": {"matchLabels": selector(server.name)},
        "template": template,
        "volumeClaimTemplates": [claim],
    }
    return [
        _document("apps/v1", "StatefulSet", server.name, spec=spec),
        _service(server.name, {server.port: server.port}),
    ]


def _setup() -> Documents:
    """What is done once, and again with each version: the bucket, and the tables."""
    bucket = pod(
        "make-bucket",
        MAKE_BUCKET,
        image=MINIO.image,
        uid=MINIO.uid,
        cpu="50m",
        memory="128Mi",
        environment={},
        secrets=MINIO.secrets,
    )
    tables = pod("migrate", MIGRATE, cpu="250m", memory="512Mi", disk="1Gi")
    return [_job("make-bucket", bucket), _job("migrate", tables)]


def _of_proxy() -> Documents:
    template = pod(
        "proxy",
        (),
        DOOR,
        image=PROXY_IMAGE,
        uid=1000,
        cpu="100m",
        memory="128Mi",
        port=HTTPS_PORT,
        probe=PROXY_PROBE,
        environment={"XDG_CONFIG_HOME": "/tmp"},  # noqa: S108 - of the container
        secrets=PROXY_SECRETS,
    )
    container = template["spec"]["containers"][0]
    container["envFrom"] = [{"configMapRef": {"name": "ragtime-site"}}]
    container["ports"] = [{"containerPort": port} for port in (HTTP_PORT, HTTPS_PORT, PROXY_HEALTH_PORT)]
    container["securityContext"]["capabilities"]["add"] = ["NET_BIND_SERVICE"]  # its program asks for it
    container["volumeMounts"] += [
        {"name": "data", "mountPath": "/data"},
        {"name": "files", "mountPath": "/etc/caddy/Caddyfile", "subPath": "Caddyfile"},
    ]
    template["spec"]["volumes"] += [
        {"name": "data", "persistentVolumeClaim": {"claimName": "proxy"}},
        {"name": "files", "configMap": {"name": "ragtime-files"}},
    ]
    spec = {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": selector("proxy")},
        "template": template,
    }
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return [
        _document("apps/v1", "Deployment", "proxy", spec=spec),
        _document("v1", "PersistentVolumeClaim", "proxy", spec=claim),
        _service("proxy", {80: HTTP_PORT, 443: HTTPS_PORT}, kind="LoadBalancer"),
    ]


def _network() -> Documents:
    """Nobody reaches anybody, but for these; servers reach nobody."""
    ours = {"matchLabels": {ROLE: OURS}}
    allowed = [
        _policy("nothing-comes-in", {}, []),
        _policy("to-servers", {"matchLabels": {ROLE: SERVER}}, [{"from": [{"podSelector": ours}]}]),
        _policy("to-code", {"matchLabels": selector("code")}, [{"from": [{"podSelector": ours}]}]),
    ]
    allowed += [
        _policy(f"to-{one.name}", {"matchLabels": selector(one.name)}, [_from_proxy(one)]) for one in (WEB, SERVE)
    ]
    outside = [{"ports": [{"port": HTTP_PORT}, {"port": HTTPS_PORT}]}]
    allowed.append(_policy("to-proxy", {"matchLabels": selector("proxy")}, outside))
    shut = {"podSelector": {"matchLabels": {ROLE: SERVER}}, "policyTypes": ["Egress"], "egress": []}
    return [*allowed, _document("networking.k8s.io/v1", "NetworkPolicy", "nothing-goes-out-of-servers", spec=shut)]


def _from_proxy(process: Process) -> dict[str, Any]:
    return {"from": [{"podSelector": {"matchLabels": selector("proxy")}}], "ports": [{"port": process.port}]}


def _policy(name: str, pods: dict[str, Any], ingress: list[dict[str, Any]]) -> dict[str, Any]:
    spec = {"podSelector": pods, "policyTypes": ["Ingress"], "ingress": ingress}
    return _document("networking.k8s.io/v1", "NetworkPolicy", name, spec=spec)


def _secret() -> dict[str, Any]:
    """Which secrets there are; `kubectl create secret generic ragtime --from-file` makes it of a folder."""
    return _document("v1", "Secret", "ragtime", type="Opaque", stringData=dict.fromkeys([*MADE, LOGIN], ""))


def _job(name: str, template: dict[str, Any]) -> dict[str, Any]:
    template["spec"]["restartPolicy"] = "OnFailure"
    return _document(
        "batch/v1", "Job", name, spec={"backoffLimit": 20, "ttlSecondsAfterFinished": 600, "template": template}
    )


def _service(name: str, ports: Mapping[int, int], kind: str = "ClusterIP") -> dict[str, Any]:
    told = [{"name": f"port-{port}", "port": port, "targetPort": target} for port, target in ports.items()]
    return _document("v1", "Service", name, spec={"type": kind, "selector": selector(name), "ports": told})


def _config(name: str, data: Mapping[str, str]) -> dict[str, Any]:
    return _document("v1", "ConfigMap", name, data=dict(data))


def _document(version: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": selector(name)}, **more}
