"""What is handed out for a team's deployment: written from one source, valid, complete, and shut but for its door."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from qdrant_client.common.version_check import is_compatible

from deploy.__main__ import FOLDER, written
from deploy.launchers import BY_CELERY, RIGHTS
from deploy.make_secrets import LOGIN, MADE, make
from deploy.topology import ENVIRONMENT, HOME, INSTANCE, PUBLIC, QDRANT, SERVERS, UID
from ragtime_assets.setting_files import SUFFIX
from ragtime_assets.settings import Settings, is_secret, load_settings, revealed, variable_of
from ragtime_assets_tests.redis_server import redis_server

COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
MANIFESTS = sorted(path for path in (FOLDER / "k8s").glob("*.yaml") if path.name != "kustomization.yaml")
DOCUMENTS: list[dict[str, Any]] = [
    document for path in MANIFESTS for document in yaml.safe_load_all(path.read_text()) if document
]
ONCE = {"migrate", "make-bucket"}
OF_DAGSTER = {"DAGSTER_POSTGRES_URL_FILE"}
"""What the entry point of the image reads."""


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in DOCUMENTS if one["kind"] == kind}


def templates() -> dict[str, dict[str, Any]]:
    """The pods, by what makes them."""
    made = {**of_kind("Deployment"), **of_kind("StatefulSet"), **of_kind("Job")}
    return {name: one["spec"]["template"] for name, one in made.items()}


def words(name: str) -> list[str]:
    """What a service is started with, as its container sees it."""
    return [
        word.replace("$$", "$") for word in (*SERVICES[name].get("entrypoint", ()), *SERVICES[name].get("command", ()))
    ]


def test_the_files_are_what_the_generator_writes_and_nothing_else_lies_beside_the_manifests() -> None:
    found = {name: (FOLDER / name).read_text() for name in written()}
    assert found == written(), "run `python -m deploy`"
    assert {f"k8s/{path.name}" for path in (FOLDER / "k8s").iterdir()} == {
        name for name in written() if name.startswith("k8s/")
    }


@pytest.mark.parametrize("path", [*MANIFESTS, FOLDER / "kubernetes-rights.yaml"], ids=lambda path: path.name)
def test_every_manifest_is_one_that_kubernetes_takes(path: Path) -> None:
    for document in yaml.safe_load_all(path.read_text()):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_the_manifests_that_are_applied_are_all_but_the_secret_that_has_no_values() -> None:
    applied = yaml.safe_load((FOLDER / "k8s" / "kustomization.yaml").read_text())
    assert set(applied["resources"]) == {path.name for path in MANIFESTS} - {"secret.example.yaml"}
    assert set(of_kind("Secret")["ragtime"]["stringData"].values()) == {""}


def test_every_variable_that_is_set_for_our_processes_is_a_setting() -> None:
    known = {variable_of(name) for name in Settings.model_fields}
    known |= {variable_of(name) + SUFFIX for name in Settings.model_fields if is_secret(name)}
    site = {name for one in SERVICES.values() if "env_file" in one for name in one["environment"]}
    assert set(ENVIRONMENT) | site <= known | OF_DAGSTER


def test_compose_and_kubernetes_give_our_processes_the_same_environment() -> None:
    lines = (FOLDER / "compose" / "ragtime.env").read_text().splitlines()
    in_compose = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    in_kubernetes = of_kind("ConfigMap")["ragtime-environment"]["data"]
    assert in_compose == dict(ENVIRONMENT)
    assert set(in_kubernetes) - set(in_compose) == set(PUBLIC), "which the operator of compose names"
    assert in_compose.items() <= in_kubernetes.items()


def test_no_password_has_a_default_and_none_stands_in_an_environment() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|SECRET|KEY|TOKEN|HASH", variable) or variable.endswith(SUFFIX), name
            assert "${" not in value or ":?" in value, f"{name} would start without {variable}"
    for name, template in templates().items():
        for variable in template["spec"]["containers"][0].get("env", ()):
            assert not re.search("PASSWORD|SECRET|KEY|TOKEN", variable["name"]) or variable["name"].endswith(SUFFIX), (
                name
            )


def test_every_secret_is_made_or_asked_for_and_each_is_a_file() -> None:
    assert {name: one["file"] for name, one in COMPOSE["secrets"].items()} == {
        name: f"./secrets/{name}" for name in sorted([*MADE, LOGIN])
    }
    assert set(of_kind("Secret")["ragtime"]["stringData"]) == {*MADE, LOGIN}
    for template in templates().values():
        items = template["spec"]["volumes"][0]["secret"]["items"]
        assert {one["key"] for one in items} <= {*MADE, LOGIN}


def test_every_image_is_pinned_by_its_version() -> None:
    images = {one["image"] for one in SERVICES.values()}
    images |= {template["spec"]["containers"][0]["image"] for template in templates().values()}
    assert [image for image in images if not re.search(r":\D*\d+\.\d+\.\d+|:\d+\.\d+$|:RELEASE\.\d{4}-", image)] == []


def test_the_qdrant_is_one_that_the_installed_client_is_made_for() -> None:
    assert is_compatible(version("qdrant-client"), re.findall(r"\d+\.\d+\.\d+", QDRANT.image)[0])


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    kinds = {name: one["spec"]["type"] for name, one in of_kind("Service").items()}
    assert {name for name, kind in kinds.items() if kind != "ClusterIP"} == {"proxy"}
    for server in SERVERS:
        assert SERVICES[server.name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_dagsters_ui_is_behind_a_login_and_every_address_of_the_proxy_is_a_service() -> None:
    sites = dict(re.findall(r"^\{\$(\w+)\} \{\n(.*?)^\}", (FOLDER / "Caddyfile").read_text(), re.DOTALL | re.MULTILINE))
    assert "reverse_proxy web:3000" in sites["STUDIO_HOST"]
    assert "basic_auth" in sites["STUDIO_HOST"]
    assert "{file./run/secrets/login_hash}" in sites["STUDIO_HOST"]
    assert "reverse_proxy serve:8080" in sites["READERS_HOST"], "whose own door asks for a token"
    assert "RAGTIME_SERVE_TOKEN_FILE" in ENVIRONMENT


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_only_what_is_declared_waits_for_what_is_there_and_may_do_nothing_else(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    assert {one["source"] for one in service.get("configs", ())} <= set(COMPOSE["configs"])
    assert {one.partition(":")[0] for one in service.get("volumes", ()) if ":" in one} <= set(COMPOSE["volumes"])
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    for other, wanted in service.get("depends_on", {}).items():
        is_once = wanted["condition"] == "service_completed_successfully"
        assert is_once == (other in ONCE)
        assert is_once or "healthcheck" in SERVICES[other]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "healthcheck" in service or name in ONCE or "worker" in name, "a worker is judged by the locks of its runs"


def test_the_files_that_compose_hands_in_are_there() -> None:
    files = [one["file"] for one in COMPOSE["configs"].values() if "file" in one]
    files += [one for service in SERVICES.values() for one in service.get("env_file", ()) if isinstance(one, str)]
    assert [file for file in files if not (FOLDER / "compose" / file).exists()] == []
    for service in SERVICES.values():
        if "build" in service:
            root = (FOLDER / "compose" / service["build"]["context"]).resolve()
            assert (root / service["build"]["dockerfile"]).exists()


def test_two_workers_take_both_queues() -> None:
    queues = {word for name in ("worker", "worker-speech") for word in words(name) if word.startswith("ragtime/")}
    assert queues == {"ragtime/default", "ragtime/speech"}


@pytest.mark.parametrize("name", templates())
def test_a_pod_has_only_what_is_there_and_may_do_nothing_else(name: str) -> None:
    pod = templates()[name]["spec"]
    container = pod["containers"][0]
    maps, volumes = of_kind("ConfigMap"), {one["name"]: one for one in pod["volumes"]}
    for mount in container["volumeMounts"]:
        volume = volumes.get(mount["name"])
        if "configMap" in (volume or {}):
            assert mount["subPath"] in maps[volume["configMap"]["name"]]["data"]
        assert volume is not None or mount["name"] == "data"
    for one in container.get("envFrom", ()):
        assert one["configMapRef"].get("optional") or one["configMapRef"]["name"] in maps
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
    assert container["resources"]["limits"]["memory"]
    assert "livenessProbe" in container or name in ONCE or "worker" in name


@pytest.mark.parametrize("name", ["dagster-docker.yaml", "dagster-kubernetes.yaml"])
def test_dagster_for_runs_in_containers_of_their_own_differs_in_how_they_are_launched_only(name: str) -> None:
    told, by_celery = (yaml.safe_load(path.read_text()) for path in (FOLDER / name, BY_CELERY))
    assert told.pop("run_launcher")["module"] in ("dagster_docker", "dagster_k8s")
    by_celery.pop("run_launcher")
    seconds = told["run_monitoring"].pop("start_timeout_seconds")
    assert 60 < seconds < by_celery["run_monitoring"].pop("start_timeout_seconds")
    assert told == by_celery


def test_a_run_in_a_pod_of_its_own_has_all_that_a_worker_has() -> None:
    config = yaml.safe_load((FOLDER / "dagster-kubernetes.yaml").read_text())["run_launcher"]["config"]
    run, worker = config["run_k8s_config"], templates()["worker"]
    (of_worker,) = worker["spec"]["containers"]
    of_run = run["container_config"]
    for part in ("envFrom", "volumeMounts", "securityContext", "resources"):
        assert of_run[part] == of_worker[part]
    assert run["pod_spec_config"]["volumes"] == worker["spec"]["volumes"]
    assert run["pod_spec_config"]["securityContext"] == worker["spec"]["securityContext"]
    assert run["pod_spec_config"]["automountServiceAccountToken"] is False
    ours = {**run["pod_template_spec_metadata"]["labels"], "app.kubernetes.io/name": "worker"}
    assert ours == worker["metadata"]["labels"], "by which it is let in"
    assert config["job_image"] == of_worker["image"]
    assert config["instance_config_map"] in of_kind("ConfigMap")


def test_a_run_in_a_container_of_its_own_has_all_that_a_worker_has() -> None:
    config = yaml.safe_load((FOLDER / "dagster-docker.yaml").read_text())["run_launcher"]["config"]
    worker, kwargs = SERVICES["worker"], config["container_kwargs"]
    assert set(config["env_vars"]) == {*ENVIRONMENT, *worker["environment"]}
    assert config["image"] == worker["image"]
    assert config["networks"] == [f"{COMPOSE['name']}_{name}" for name in worker["networks"]]
    for part in ("read_only", "cap_drop", "security_opt", "mem_limit", "shm_size"):
        assert kwargs[part] == worker[part]
    places = [volume.split(":")[-2] for volume in kwargs["volumes"] if ":" in volume]
    assert places == ["/run/secrets", *(one["target"] for one in worker["configs"])]


def test_who_launches_pods_may_look_after_them_and_nothing_else() -> None:
    account, role, binding = yaml.safe_load_all((FOLDER / "kubernetes-rights.yaml").read_text())
    assert {one["metadata"]["name"] for one in (account, role, binding)} == {RIGHTS}
    assert {resource for rule in role["rules"] for resource in rule["resources"]}.isdisjoint({"secrets", "*"})
    assert binding["subjects"] == [{"kind": "ServiceAccount", **account["metadata"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]


def test_every_service_of_kubernetes_and_every_policy_chooses_pods_that_there_are() -> None:
    there = [template["metadata"]["labels"] for template in templates().values()]
    chosen = [one["spec"]["selector"] for one in of_kind("Service").values()]
    chosen += [one["spec"]["podSelector"].get("matchLabels", {}) for one in of_kind("NetworkPolicy").values()]
    chosen += [one["spec"]["selector"]["matchLabels"] for one in of_kind("PodDisruptionBudget").values()]
    assert all(any(wanted.items() <= labels.items() for labels in there) for wanted in chosen)


def test_every_host_that_is_named_is_a_service_in_both(tmp_path: Path) -> None:
    make(tmp_path)
    told = [*ENVIRONMENT.values(), *(path.read_text() for path in tmp_path.iterdir())]
    hosts = {host for value in told for host in re.findall(r"://(?:[^@/]*@)?([a-z]+):\d+", value)}
    hosts |= set(re.findall(r"reverse_proxy (\w+):", (FOLDER / "Caddyfile").read_text()))
    hosts |= {
        one["grpc_server"]["host"] for one in yaml.safe_load((FOLDER / "workspace.yaml").read_text())["load_from"]
    }
    assert hosts == {"postgres", "redis", "minio", "qdrant", "serve", "web", "code"}
    assert hosts <= set(SERVICES)
    assert hosts <= set(of_kind("Service"))


def test_the_secrets_that_are_made_are_settings_that_go_together_and_are_made_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    assert make(folder) == sorted(MADE)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert len(set(before.values())) == len(MADE)
    for variable, value in ENVIRONMENT.items():
        if variable not in OF_DAGSTER:
            monkeypatch.setenv(variable, value.replace("/run/secrets", str(folder)))
    settings = load_settings()
    assert before["postgres_password"] in settings.corpus_url
    assert before["redis_password"] in (revealed(settings.broker_url) or "")
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
    assert folder.stat().st_mode & 0o777 == 0o700

    (folder / "serve_token").unlink()
    assert make(folder) == ["serve_token"]
    after = {path.name: path.read_text() for path in folder.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"serve_token"}


def test_secrets_are_made_by_a_python_that_has_nothing_installed_and_what_is_left_is_said(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(FOLDER / "make_secrets.py"), str(tmp_path / "secrets")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert LOGIN in done.stdout
    assert (tmp_path / "secrets" / "broker_url").exists()
    assert (tmp_path / "secrets" / "broker_url").read_text() not in done.stdout


def test_the_entry_point_reads_dagsters_address_from_its_file_and_becomes_what_it_starts(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql+psycopg2://me:hunter2@postgres/dagster\n")
    asked = "import os; print(os.environ['DAGSTER_POSTGRES_URL'], os.getpid())"
    process = subprocess.Popen(
        ["sh", str(FOLDER / "image" / "entrypoint.sh"), sys.executable, "-c", asked],
        env={"DAGSTER_POSTGRES_URL_FILE": str(tmp_path / "url")},
        stdout=subprocess.PIPE,
        text=True,
    )
    said, _ = process.communicate(timeout=60)
    assert said.split() == ["postgresql+psycopg2://me:hunter2@postgres/dagster", str(process.pid)]


def test_redis_lets_in_only_who_has_the_password_of_its_file(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    make(secrets)

    def here(words: Sequence[str], port: int) -> list[str]:
        """A command of the container, for this machine."""
        changed = {
            "/run/secrets": str(secrets),
            "/data": str(tmp_path),
            "redis-server -": f"redis-server - --port {port} --bind 127.0.0.1",
            "redis-cli": f"redis-cli -p {port}",
        }
        for there, ours in changed.items():
            words = [word.replace(there, ours) for word in words]
        return [*words]

    with redis_server(tmp_path, command=lambda server: here(words("redis"), server.port)) as server:
        probe = here([word.replace("$$", "$") for word in SERVICES["redis"]["healthcheck"]["test"][1:]], server.port)
        assert subprocess.run(probe, check=False).returncode == 0
        (secrets / "redis_password").unlink()
        (secrets / "redis_password").write_text("guessed")
        assert subprocess.run(probe, capture_output=True, check=False).returncode != 0


def test_the_image_is_made_of_files_that_are_there_by_hashes_and_runs_as_a_user_without_rights() -> None:
    image = FOLDER / "image"
    lines = (image / "Dockerfile").read_text().splitlines()
    let_in = [line[1:] for line in (image / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"]
    sources = [
        word
        for line in lines
        if line.startswith("COPY") and "--from" not in line
        for word in line.split()[1:-1]
        if not word.startswith("--")
    ]
    assert sources
    assert [one for one in sources if not (FOLDER.parent / one).exists()] == []
    assert [one for one in sources if not any(one == name or one.startswith(f"{name}/") for name in let_in)] == []
    assert [line for line in lines if line.startswith("USER")][-1] == f"USER {UID}:{UID}"
    assert "--require-hashes -r requirements.lock" in (image / "install.sh").read_text()
    folders = next(line for line in lines if line.startswith("VOLUME"))
    assert {HOME, INSTANCE} <= set(re.findall(r'"([^"]+)"', folders))
