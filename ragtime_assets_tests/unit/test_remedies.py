"""Remedies for those who name no episode."""

from __future__ import annotations

import pytest

from ragtime_assets.errors import OutputInvalid, RagtimeError, StoreUnavailable, TimedOut
from ragtime_assets.studio.asked import asked


@pytest.mark.parametrize(
    "error",
    [
        StoreUnavailable("the index does not answer"),
        TimedOut("it took too long"),
        OutputInvalid("the model said nonsense"),
        StoreUnavailable("torn", remedy="ragtime retry KEY; if it fails again: `ragtime reindex --vectors`."),
    ],
)
def test_nobody_is_told_to_retry_a_key_that_nobody_named(error: RagtimeError) -> None:
    with pytest.raises(type(error)) as told, asked("run this again"):
        raise error
    assert "KEY" not in told.value.remedy
    assert "again" in told.value.remedy
    assert told.value.remedy[:1].isupper()
