"""Real processes for tests of what happens when several come at the same moment, or one is killed."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ragtime_assets_tests.forked import Forked

READY = "ready"
_SECONDS = 200


@contextmanager
def running(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process that has printed `ready`; it is killed when the context ends."""
    process = _python("-c", script, *arguments)
    try:
        assert process.stdout
        line = process.stdout.readline().strip()
        assert line == READY, line or process.communicate()[1]
        yield process
    finally:
        process.kill()
        process.communicate()


def together(script: str, arguments: Sequence[Sequence[str]]) -> list[str]:
    """What each process printed after all were `ready`, and were let go by a line on their stdin.

    They are forked from one that has imported what the script imports, and has run nothing.
    """
    with _python("-m", __name__) as process:
        try:
            output, errors = process.communicate(json.dumps([script, arguments]), timeout=_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, errors
    return json.loads(output)


def _python(*words: str) -> subprocess.Popen[str]:
    return Forked(
        [sys.executable, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        start_new_session=True,
    )


@dataclass(frozen=True)
class _Forked:
    """A process, its stdin and its stdout."""

    pid: int
    told: TextIO
    says: TextIO

    @classmethod
    def of(cls, script: str, arguments: Sequence[str]) -> _Forked:
        (told, tell), (hear, say) = os.pipe(), os.pipe()
        if pid := os.fork():
            os.close(told)
            os.close(say)
            return cls(pid, os.fdopen(tell, "w"), os.fdopen(hear))
        os.dup2(told, 0)
        os.dup2(say, 1)
        sys.stdin = os.fdopen(0, closefd=False)
        sys.argv = ["-c", *arguments]
        code = 1
        try:
            exec(script, {"__name__": "__main__"})  # noqa: S102 - the script of a test
            code = 0
        finally:
            if code:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
            sys.stdout.flush()
            os._exit(code)

    def finished(self) -> str:
        output = self.says.read()
        _, status = os.waitpid(self.pid, 0)
        if status:
            sys.exit(1)
        return output.strip()


def _fork_together() -> None:
    """Fork the processes that stdin describes, and print what they printed."""
    script, arguments = json.load(sys.stdin)
    imports: list[ast.stmt] = [node for node in ast.parse(script).body if isinstance(node, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(imports, []), "imports", "exec"), {})  # noqa: S102
    forked = [_Forked.of(script, one) for one in arguments]
    if any(one.says.readline().strip() != READY for one in forked):
        sys.exit(1)
    for one in forked:
        one.told.write("go\n")
        one.told.flush()
    json.dump([one.finished() for one in forked], sys.stdout)


if __name__ == "__main__":
    _fork_together()
