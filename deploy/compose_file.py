"""`compose/`: the whole deployment on one machine, as Docker Compose reads it."""

from __future__ import annotations

from typing import Any

from deploy.topology import (
    DATABASES,
    ENVIRONMENT,
    EXAMPLE_SITE,
    HTTP_PORT,
    HTTPS_PORT,
    IMAGE,
    INSTANCE,
    MAKE_BUCKET,
    MIGRATE,
    MINIO,
    OUR_SECRETS,
    POSTGRES,
    PROCESSES,
    PROXY_IMAGE,
    PROXY_PROBE,
    PROXY_SECRETS,
    PUBLIC,
    SERVERS,
    Probe,
    Process,
    Server,
)

_SITE = {name: f"${{{name}:?set it in deploy/compose/.env}}" for name in EXAMPLE_SITE}
_KEEPS_OFF = {"cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"], "restart": "unless-stopped"}
_INSIDE, _OUTSIDE = "inside", "outside"
"""Servers are on a network that leads nowhere; who fetches episodes is on the other, too."""


def environment_file() -> str:
    """The environment of every process of ours."""
    return "".join(f"{name}={value}\n" for name, value in ENVIRONMENT.items())


def compose() -> dict[str, Any]:
    """The whole file."""
    services = {
        "proxy": _proxy(),
        **{one.name: _process(one) for one in PROCESSES},
        "migrate": _migrate(),
        "make-bucket": _make_bucket(),
        **{one.name: _server(one) for one in SERVERS},
    }
    secrets = sorted({name for one in services.values() for name in one.get("secrets", ())})
    return {
        "name": "ragtime",
        "services": services,
        "networks": {_OUTSIDE: {}, _INSIDE: {"internal": True}},
        "volumes": {name: {} for name in (*(one.name for one in SERVERS), "proxy")},
        "configs": {
            "dagster.yaml": {"file": "../dagster-celery.yaml"},
            "Caddyfile": {"file": "../Caddyfile"},
            "databases.sql": {"content": DATABASES},
        },
        "secrets": {name: {"file": f"./secrets/{name}"} for name in secrets},
    }


def _process(process: Process) -> dict[str, Any]:
    ready = {"migrate": "service_completed_successfully", "redis": "service_healthy", "qdrant": "service_healthy"}
    if process.command[-1].endswith("workspace.yaml"):
        ready["code"] = "service_healthy"
    service = _ours(process.command) | {
        "depends_on": {name: {"condition": condition} for name, condition in ready.items()},
        "stop_grace_period": f"{process.grace_seconds}s",
        "mem_limit": process.memory.removesuffix("i").lower(),
    }
    if process.probe is not None:
        service["healthcheck"] = _health(process.probe)
    if process.opens_pages:
        service |= {"security_opt": [*_KEEPS_OFF["security_opt"], "seccomp=unconfined"], "shm_size": "256m"}
    return service


def _migrate() -> dict[str, Any]:
    ready = {"postgres": "service_healthy", "make-bucket": "service_completed_successfully"}
    return _ours(MIGRATE) | {
        "depends_on": {name: {"condition": condition} for name, condition in ready.items()},
        "restart": "on-failure:5",
    }


def _ours(command: tuple[str, ...]) -> dict[str, Any]:
    return {
        "image": IMAGE,
        "build": {"context": "../..", "dockerfile": "deploy/image/Dockerfile"},
        "command": [*command],
        "env_file": ["ragtime.env", {"path": "own.env", "required": False}],
        "environment": {name: f"https://{_SITE[host]}" for name, host in PUBLIC.items()},
        "secrets": [*OUR_SECRETS],
        "configs": [{"source": "dagster.yaml", "target": f"{INSTANCE}/dagster.yaml"}],
        "networks": [_INSIDE, _OUTSIDE],
        "read_only": True,
        "volumes": ["/tmp"],  # noqa: S108 - of the container; the image names the other folders that are written
        **_KEEPS_OFF,
    }


def _server(server: Server) -> dict[str, Any]:
    service: dict[str, Any] = {
        "image": server.image,
        "user": "" if server.begins_as_root else f"{server.uid}:{server.uid}",
        "entrypoint": [_escaped(word) for word in server.command],  # their own may take a command for arguments
        "environment": dict(server.environment),
        "secrets": [*server.secrets],
        "volumes": [f"{server.name}:{server.folder}"],
        "networks": [_INSIDE],
        "healthcheck": _health(server.probe),
        "mem_limit": server.memory.removesuffix("i").lower(),
        "stop_grace_period": "60s",
        **_KEEPS_OFF,
    }
    if server is POSTGRES:
        target = "/docker-entrypoint-initdb.d/databases.sql"
        service["configs"] = [{"source": "databases.sql", "target": target}]
        service["cap_add"] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]  # it begins as root
    return {name: value for name, value in service.items() if value}


def _make_bucket() -> dict[str, Any]:
    return {
        "image": MINIO.image,
        "entrypoint": [_escaped(word) for word in MAKE_BUCKET],
        "secrets": [*MINIO.secrets],
        "depends_on": {MINIO.name: {"condition": "service_healthy"}},
        "networks": [_INSIDE],
        **_KEEPS_OFF,
        "restart": "on-failure:5",
    }


def _proxy() -> dict[str, Any]:
    return {
        "image": PROXY_IMAGE,
        "environment": dict(_SITE),
        "ports": [f"80:{HTTP_PORT}", f"443:{HTTPS_PORT}", f"443:{HTTPS_PORT}/udp"],
        "secrets": [*PROXY_SECRETS],
        "configs": [{"source": "Caddyfile", "target": "/etc/caddy/Caddyfile"}],
        "volumes": ["proxy:/data"],
        "networks": [_INSIDE, _OUTSIDE],
        "healthcheck": _health(PROXY_PROBE),
        **_KEEPS_OFF,
        "cap_add": ["NET_BIND_SERVICE"],  # its program asks for it, though it listens above 1024
    }


def _health(probe: Probe) -> dict[str, Any]:
    return {
        "test": ["CMD", *(_escaped(word) for word in probe.command)],
        "interval": f"{probe.every}s",
        "timeout": f"{probe.seconds}s",
        "retries": 5,
        "start_period": "120s",
        "start_interval": "5s",
    }


def _escaped(word: str) -> str:
    """As Compose reads it, which puts variables of its own in for a dollar."""
    return word.replace("$", "$$")
