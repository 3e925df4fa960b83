"""What a run makes, and what it keeps because somebody has made it already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ragtime_assets.domain.artifact import Envelope
from ragtime_assets.orchestration.steps.asked import Asked, is_current
from ragtime_assets.orchestration.tags import AGAIN_TAG, ASKED_AT_TAG, PARENT_TAG, RESUME_TAG, ROOT_TAG

ASKED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE, AFTER = ASKED_AT - timedelta(minutes=1), ASKED_AT + timedelta(minutes=1)
WISH = {AGAIN_TAG: "summary,episode_report", ASKED_AT_TAG: ASKED_AT.isoformat()}
RESUMED = {ROOT_TAG: "dead", PARENT_TAG: "dead", RESUME_TAG: "true"}
BY_HAND = {ROOT_TAG: "other", PARENT_TAG: "other"}


def envelope(asset: str, at: datetime = BEFORE, run_id: str = "other") -> Envelope:
    return Envelope(
        schema_version=1,
        key="one",
        asset=asset,
        digest="d",
        inputs={"chunks": "c"},
        code_version="1",
        engine="e",
        run_id=run_id,
        created_at=at,
        seconds=1,
        payload={},
    )


@pytest.mark.parametrize(
    ("tags", "there", "indexed", "kept"),
    [
        pytest.param({}, envelope("summary"), True, False, id="a run from the UI makes what it was launched for"),
        pytest.param({}, envelope("summary"), False, True, id="what a dead run saved and could not index is adopted"),
        pytest.param(WISH, envelope("chunks"), True, True, id="what was not asked for again is kept"),
        pytest.param(WISH, envelope("summary", BEFORE), True, False, id="what was asked for again is made"),
        pytest.param(WISH, envelope("summary", AFTER), True, True, id="what was made since it was asked for is kept"),
        pytest.param(WISH, envelope("summary", ASKED_AT), True, False, id="what was made at that moment is made again"),
        pytest.param(WISH, envelope("episode_report", AFTER), True, False, id="a report is always written"),
        pytest.param({AGAIN_TAG: "summary"}, envelope("summary", AFTER), True, False, id="a wish of no date is made"),
        pytest.param({AGAIN_TAG: ""}, envelope("summary"), True, True, id="a wish for what is missing keeps the rest"),
        pytest.param(WISH | BY_HAND, envelope("chunks"), True, False, id="launched again by hand it makes all"),
        pytest.param(WISH | BY_HAND, envelope("summary", AFTER), True, False, id="by hand, answered wishes too"),
        pytest.param(RESUMED, envelope("summary", run_id="dead"), True, True, id="a resumed run keeps its parent's"),
        pytest.param(RESUMED, envelope("summary"), True, False, id="a resumed run makes what others had made"),
        pytest.param(WISH | RESUMED, envelope("chunks"), True, True, id="a resumed run fills gaps as its parent did"),
    ],
)
def test_a_run_keeps_what_answers_it(tags: dict[str, str], there: Envelope, indexed: bool, kept: bool) -> None:
    assert Asked.by(tags).keeps(there, indexed=indexed) is kept


@pytest.mark.parametrize(
    ("inputs", "code_version", "current"),
    [({"chunks": "c"}, "1", True), ({"chunks": "another"}, "1", False), ({"chunks": "c"}, "2", False)],
)
def test_an_artifact_is_current_while_its_inputs_and_its_code_are(
    inputs: dict[str, str], code_version: str, current: bool
) -> None:
    assert is_current(envelope("summary"), inputs, code_version) is current
