"""Settings that are in files, as containers get their secrets: `RAGTIME_X_FILE` names the file of `RAGTIME_X`.

What the environment says is `settings.py`'s to read; here files are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

SUFFIX = "_FILE"


def read_from_files(
    variables: Iterable[str], environment: Mapping[str, str], env_file: Mapping[str, str | None]
) -> tuple[dict[str, str], list[str]]:
    """By variable, what its file says, and a line for each that cannot be used.

    The environment counts before `env_file`, whichever of the two forms it has.
    """
    found: dict[str, str] = {}
    wrong: list[str] = []
    for variable in variables:
        layer = next((one for one in (environment, env_file) if one.get(variable) or one.get(variable + SUFFIX)), {})
        path = layer.get(variable + SUFFIX)
        if path and layer.get(variable):
            wrong.append(f"{variable} and {variable}{SUFFIX} are both set: unset one of them")
        elif path:
            try:
                found[variable] = _content(Path(path))
            except (OSError, ValueError) as error:
                wrong.append(f"{variable}{SUFFIX}={path!r} cannot be read: {_reason(error)}")
    return found, wrong


def _content(path: Path) -> str:
    """What the file says, without the end of its line; raises ValueError where it says nothing."""
    text = path.expanduser().read_text().strip()
    if not text:
        raise ValueError("the file is empty")
    return text


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):  # whose words quote what is in the file
        return "it is no text"
    return str((isinstance(error, OSError) and error.strerror) or error)
