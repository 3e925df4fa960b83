"""Ranking: likeness and share added up."""

from __future__ import annotations

import pytest

from ragtime_assets.domain.searching.ranking import SHARE_WEIGHT, score


def test_likeness_and_share_add_up_and_a_mode_leaves_one_out() -> None:
    assert score(0.4, 0.6, "hybrid") == pytest.approx(0.4 + SHARE_WEIGHT * 0.6)
    assert (score(0.4, 0.6, "dense"), score(0.4, 0.6, "keyword")) == (0.4, 0.6)
    assert (score(None, 0.6, "dense"), score(0.4, None, "keyword"), score(None, None, "hybrid")) == (0, 0, 0)


def test_all_words_of_a_query_outweigh_a_little_likeness() -> None:
    assert score(0.2, 1.0, "hybrid") > score(0.6, 0.0, "hybrid")
    assert score(0.9, 0.0, "hybrid") > score(0.2, 1.0, "hybrid")
