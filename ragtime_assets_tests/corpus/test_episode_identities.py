"""Who owns an episode: one key, however many come at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from ragtime_assets.corpus.database import Database
from ragtime_assets.corpus.episode_identities import EpisodeIdentities
from ragtime_assets.corpus.schema import episode_identities


@pytest.fixture
def identities(database: Database) -> EpisodeIdentities:
    """The identities of a fresh corpus."""
    return EpisodeIdentities(database)


def test_the_first_to_claim_owns(identities: EpisodeIdentities) -> None:
    assert identities.claim("one", ["guid|1", "page"]) == "one"
    assert identities.claim("two", ["page", "other"]) == "one"


def test_claiming_again_is_harmless(identities: EpisodeIdentities) -> None:
    assert [identities.claim("one", ["page"]) for _ in range(2)] == ["one", "one"]
    assert identities.claim("one", ["page", "sha256:1"]) == "one"
    assert identities.claim("two", ["sha256:1"]) == "one"


def test_who_loses_a_claim_claims_nothing(identities: EpisodeIdentities) -> None:
    identities.claim("one", ["page"])
    identities.claim("two", ["page", "other"])
    assert identities.claim("three", ["other"]) == "three"


def test_claiming_nothing_is_owned_by_oneself(identities: EpisodeIdentities) -> None:
    assert identities.claim("one", []) == "one"


def test_what_is_released_can_be_claimed(identities: EpisodeIdentities) -> None:
    identities.claim("one", ["page"])
    identities.claim("other", ["else"])
    identities.release("one")
    assert identities.claim("two", ["page"]) == "two"
    assert identities.claim("two", ["else"]) == "other"


def test_keys_that_claim_at_the_same_moment_agree_on_one_owner(
    identities: EpisodeIdentities, database: Database
) -> None:
    rounds, barrier = 25, Barrier(4)

    def claim(thread: int) -> list[str]:
        owners = []
        for number in range(rounds):
            wanted = [f"{number}-a", f"{number}-b", f"{number}-c"]
            barrier.wait()
            owners.append(identities.claim(f"key-{thread}", wanted if thread % 2 else wanted[1:]))
        return owners

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(claim, range(4)))
    assert all(len(set(owners)) == 1 for owners in zip(*answers, strict=True))
    with database.reading() as connection:
        claimed = connection.execute(sa.select(episode_identities)).all()
    assert all(row.key == answers[0][int(row.identity.split("-")[0])] for row in claimed)
