"""`python3 deploy/make_secrets.py FOLDER`: a file for each secret of a deployment; needs nothing but Python.

Passwords are made up here, and stand in no other place. What is there stays as it is, so that a secret that a later
version adds can be made, and one that was removed made anew.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

LOGIN = "login_hash"
"""The one that is not made up: the bcrypt hash of the password by which people open Dagster's UI."""
_RANDOM = ("postgres_password", "redis_password", "s3_secret", "qdrant_api_key", "serve_token")
_ADDRESSES: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "database_url": lambda made: f"postgresql://ragtime:{made['postgres_password']}@postgres:5432/ragtime",
    "dagster_postgres_url": lambda made: (
        f"postgresql+psycopg2://ragtime:{made['postgres_password']}@postgres:5432/ragtime_dagster"
    ),
    "broker_url": lambda made: f"redis://:{made['redis_password']}@redis:6379/0",
}
MADE = (*_RANDOM, *_ADDRESSES)


def make(folder: Path) -> list[str]:
    """Write what is missing; the names of what was written.

    The folder is its owner's alone. The files may be read by all, because containers read them as users of their own.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}
    made = {name: secrets.token_hex(24) for name in _RANDOM if name not in there}
    made |= {name: of(there | made) for name, of in _ADDRESSES.items() if name not in there}
    for name, value in made.items():
        (folder / name).write_text(value)
        (folder / name).chmod(0o444)
    return sorted(made)


def main() -> None:
    """Make them, and tell what is left to do."""
    folder = Path(sys.argv[1])
    print(f"made in {folder}: {', '.join(make(folder)) or 'nothing, all are there'}")
    if not (folder / LOGIN).exists():
        print(f"left to you: {folder / LOGIN}, from `caddy hash-password`; docs/deploying.md has the line")


if __name__ == "__main__":
    main()
