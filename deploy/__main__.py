"""`python -m deploy`: write the files of `compose/` and `k8s/`, and those for runs in containers of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from deploy.compose_file import compose, environment_file
from deploy.launchers import by_docker, by_kubernetes, rights
from deploy.manifests import manifests

FOLDER = Path(__file__).parent
_HEAD = "# Written by `python -m deploy` from deploy/topology.py; docs/deploying.md says how it is used.\n"


class _Plain(yaml.SafeDumper):
    """Repeats what is repeated, instead of pointing at it; text of several lines stays readable."""

    def ignore_aliases(self, data: Any) -> bool:
        """Always."""
        return True


_Plain.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def written() -> dict[str, str]:
    """By path under this folder, what each file says."""
    files = {f"k8s/{name}": yaml.dump_all(documents, **_OPTIONS) for name, documents in manifests().items()}
    files["compose/compose.yaml"] = yaml.dump(compose(), **_OPTIONS)
    files["compose/ragtime.env"] = environment_file()
    files["dagster-docker.yaml"] = yaml.dump(by_docker(), **_OPTIONS)
    files["dagster-kubernetes.yaml"] = yaml.dump(by_kubernetes(), **_OPTIONS)
    files["kubernetes-rights.yaml"] = yaml.dump_all(rights(), **_OPTIONS)
    return {name: _HEAD + text for name, text in files.items()}


_OPTIONS: Any = {"Dumper": _Plain, "sort_keys": False, "width": 120}


def main() -> None:
    """Write them."""
    for name, text in written().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
