"""What a deployment of a team consists of, said once for compose and for Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import ragtime_assets
from ragtime_assets.orchestration.supervisor import COUNTING_MS

IMAGE = f"ragtime-assets:{ragtime_assets.__version__}"
UID = 10001
"""The user of the image."""
SECRETS_FOLDER = "/run/secrets"
HOME = "/var/lib/ragtime"
INSTANCE = "/var/lib/dagster"
CONFIGURATION = "/etc/ragtime"
CODE_PORT, WEB_PORT, SERVE_PORT = 4000, 3000, 8080
HTTP_PORT, HTTPS_PORT, PROXY_HEALTH_PORT = 8080, 8443, 8081
LOCATION = "ragtime_assets.definitions"
KEEPS_CONNECTIONS = "ragtime_assets.orchestration.daemon"
BUCKET = "ragtime"

EXAMPLE_SITE = {
    "READERS_HOST": "corpus.example.org",
    "STUDIO_HOST": "dagster.example.org",
    "LOGIN_USER": "keeper",
}
"""What every team says for itself: who reads where, and who may open Dagster's UI."""

PUBLIC = {"RAGTIME_SERVE_URL": "READERS_HOST", "RAGTIME_WEB_URL": "STUDIO_HOST"}
"""Which settings name these hosts, for the links that people follow."""


def secret(name: str) -> str:
    """The file of a secret, in every container that has it."""
    return f"{SECRETS_FOLDER}/{name}"


ENVIRONMENT: Mapping[str, str] = {
    "RAGTIME_HOME": HOME,
    "DAGSTER_HOME": INSTANCE,
    "DAGSTER_POSTGRES_URL_FILE": secret("dagster_postgres_url"),
    "RAGTIME_DATABASE_URL_FILE": secret("database_url"),
    "RAGTIME_LAUNCHER": "celery",
    "RAGTIME_BROKER_URL_FILE": secret("broker_url"),
    "RAGTIME_ARTIFACTS_URL": f"s3://{BUCKET}/corpus",
    "RAGTIME_S3_ENDPOINT": "http://minio:9000",
    "RAGTIME_S3_REGION": "us-east-1",
    "RAGTIME_S3_KEY_ID": "ragtime",
    "RAGTIME_S3_SECRET_FILE": secret("s3_secret"),
    "RAGTIME_QDRANT_URL": "http://qdrant:6333",
    "RAGTIME_QDRANT_API_KEY_FILE": secret("qdrant_api_key"),
    "RAGTIME_SERVE_TOKEN_FILE": secret("serve_token"),
}
"""Of every process of ours."""
OUR_SECRETS = tuple(value.rpartition("/")[2] for name, value in ENVIRONMENT.items() if name.endswith("_FILE"))


@dataclass(frozen=True)
class Probe:
    """How it is seen that something works."""

    command: tuple[str, ...]
    """What ends well in its container while it does."""
    port: int | None = None
    """Where Kubernetes can ask without a process for it."""
    path: str | None = None
    grpc_service: str | None = None
    seconds: int = 10
    """How long an answer may take."""
    every: int = 15
    """Seconds between two questions; a command of Dagster's costs two of a processor."""


@dataclass(frozen=True)
class Process:
    """A process of ours: the same image, the same environment, another command."""

    name: str
    command: tuple[str, ...]
    cpu: str
    memory: str
    port: int | None = None
    probe: Probe | None = None
    replicas: int = 1
    grace_seconds: int = 60
    opens_pages: bool = False
    """Whether it may start a Chromium, whose own sandbox takes system calls that containers are denied else."""


def _python(question: str) -> tuple[str, ...]:
    return ("python", "-c", f"import socket, urllib.request; socket.setdefaulttimeout(5); {question}")


_WORKSPACE_FILE = f"{CONFIGURATION}/workspace.yaml"
_WORKSPACE = ("-w", _WORKSPACE_FILE)
_RUNS_END_FIRST = 1800

CODE = Process(
    "code",
    (
        *("dagster", "api", "grpc", "--host", "0.0.0.0", "--port", str(CODE_PORT)),  # noqa: S104
        *("--module-name", LOCATION, "--location-name", LOCATION),
    ),
    cpu="250m",
    memory="1Gi",
    port=CODE_PORT,
    probe=Probe(
        ("dagster", "api", "grpc-health-check", "--port", str(CODE_PORT)),
        CODE_PORT,
        grpc_service="DagsterApi",
        seconds=30,
        every=30,
    ),
)
DAEMON = Process(
    "daemon",
    ("python", "-m", KEEPS_CONNECTIONS, _WORKSPACE_FILE),
    cpu="250m",
    memory="1Gi",
    probe=Probe(("dagster-daemon", "liveness-check"), seconds=30, every=60),
)
WEB = Process(
    "web",
    (
        *("dagster-webserver", "-h", "0.0.0.0", "-p", str(WEB_PORT)),  # noqa: S104
        *("--db-statement-timeout", str(COUNTING_MS)),
        *_WORKSPACE,
    ),
    cpu="250m",
    memory="1Gi",
    port=WEB_PORT,
    probe=Probe(
        _python(f"urllib.request.urlopen('http://127.0.0.1:{WEB_PORT}/server_info')"), WEB_PORT, "/server_info"
    ),
)
SERVE = Process(
    "serve",
    ("ragtime", "serve", "--host", "0.0.0.0", "--port", str(SERVE_PORT)),  # noqa: S104
    cpu="500m",
    memory="2Gi",
    port=SERVE_PORT,
    probe=Probe(_python(f"socket.create_connection(('127.0.0.1', {SERVE_PORT}))"), SERVE_PORT),
)
WORKER = Process(
    "worker",
    ("ragtime", "worker", "--queue", "ragtime/default", "--at-once", "2"),
    cpu="1",
    memory="3Gi",
    replicas=2,
    grace_seconds=_RUNS_END_FIRST,
    opens_pages=True,
)
SPEECH_WORKER = Process(
    "worker-speech",
    ("ragtime", "worker", "--queue", "ragtime/speech", "--at-once", "1"),
    cpu="2",
    memory="3Gi",
    grace_seconds=_RUNS_END_FIRST,
)
PROCESSES = (CODE, DAEMON, WEB, SERVE, WORKER, SPEECH_WORKER)
MIGRATE = ("ragtime", "migrate")


@dataclass(frozen=True)
class Server:
    """Something of others that we need: it keeps what is in its folder, and nobody but us reaches it."""

    name: str
    image: str
    uid: int
    port: int
    folder: str
    disk: str
    memory: str
    probe: Probe
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    scratch: tuple[str, ...] = ()
    """Other folders that it writes, and may lose."""
    begins_as_root: bool = False
    """Under compose, whose volumes belong to whom the image says: Postgres lets go of it by itself."""


def _with(name: str, variable: str, then: str) -> tuple[str, ...]:
    """A command that finds a secret in a variable, for a server that reads no file."""
    return ("sh", "-c", f'export {variable}="$(cat {secret(name)})"; {then}')


POSTGRES = Server(
    "postgres",
    "postgres:17.6",
    uid=999,
    port=5432,
    folder="/var/lib/postgresql/data",
    disk="50Gi",
    memory="1Gi",
    probe=Probe(("pg_isready", "--host", "127.0.0.1", "--username", "ragtime", "--dbname", "ragtime")),
    environment={
        "POSTGRES_USER": "ragtime",
        "POSTGRES_DB": "ragtime",
        "POSTGRES_PASSWORD_FILE": secret("postgres_password"),
        "PGDATA": "/var/lib/postgresql/data/pgdata",
    },
    secrets=("postgres_password",),
    scratch=("/var/run/postgresql",),
    begins_as_root=True,
)
REDIS = Server(
    "redis",
    "redis:8.0.3",
    uid=999,
    port=6379,
    folder="/data",
    disk="1Gi",
    memory="256Mi",
    probe=Probe(_with("redis_password", "REDISCLI_AUTH", "redis-cli ping | grep -q PONG")),
    command=(
        *("sh", "-c"),
        f"exec redis-server - --appendonly yes --dir /data <<END\nrequirepass $(cat {secret('redis_password')})\nEND\n",
    ),
    secrets=("redis_password",),
)
MINIO = Server(
    "minio",
    "minio/minio:RELEASE.2025-09-07T16-13-09Z",
    uid=1000,
    port=9000,
    folder="/data",
    disk="500Gi",
    memory="1Gi",
    probe=Probe(("mc", "ready", "local"), 9000, "/minio/health/live"),
    command=("minio", "server", "/data"),
    environment={"MINIO_ROOT_USER": "ragtime", "MINIO_ROOT_PASSWORD_FILE": secret("s3_secret")},
    secrets=("s3_secret",),
    begins_as_root=True,
)
QDRANT = Server(
    "qdrant",
    "qdrant/qdrant:v1.19.1-unprivileged",
    uid=1000,
    port=6333,
    folder="/qdrant/storage",
    disk="50Gi",
    memory="2Gi",
    probe=Probe(("bash", "-c", ": > /dev/tcp/127.0.0.1/6333"), 6333, "/readyz"),
    command=_with("qdrant_api_key", "QDRANT__SERVICE__API_KEY", "exec ./entrypoint.sh"),
    environment={
        "QDRANT__TELEMETRY_DISABLED": "true",
        "QDRANT_INIT_FILE_PATH": "/tmp/.qdrant-initialized",  # noqa: S108 - of the container
    },
    secrets=("qdrant_api_key",),
    scratch=("/qdrant/snapshots",),
)
SERVERS = (POSTGRES, REDIS, MINIO, QDRANT)
DATABASES = "create database ragtime_dagster;\n"
"""What Postgres does as it begins: the corpus tables have the database that it makes by itself."""
MAKE_BUCKET = _with(
    "s3_secret",
    "S3_SECRET",
    "export MC_CONFIG_DIR=/tmp/mc; "
    f'until mc alias set store http://minio:9000 ragtime "$S3_SECRET"; do sleep 2; done; '
    f"mc mb --ignore-existing store/{BUCKET}",
)
PROXY_IMAGE = "caddy:2.11.4-alpine"
PROXY_PROBE = Probe(
    ("wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{PROXY_HEALTH_PORT}/healthz"), PROXY_HEALTH_PORT, "/healthz"
)
PROXY_SECRETS = ("login_hash",)
