"""A real local server that speaks OpenAI's chat completions and transcriptions, and says what the test scripted.

    with openai_server() as server:
        server.script(status(429, retry_after=1), output({"summary": "..."}))    # the next answers, in order
        server.otherwise = lambda asked: output({"names": asked.words})          # every answer after those
        ... settings with model="openai-chat:any-name", openai_base_url=server.url ...
        assert len(server.asked) == 3

Any answer takes its time with `.after(seconds)`. What never answers is let go when the server stops.
With `transcription_url=server.url` it hears in the nth recording what `server.speech(n)` says.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from threading import Event, Lock
from typing import Any

from ragtime_assets.samples.server import serving

MEGABYTE = 1_000_000
SENTENCE = "The band talks about Paris and about the guitar and about what was played there at night. "
SUMMARY = {
    "line": "A band talks about Paris.",
    "paragraphs": [SENTENCE * 2, SENTENCE * 2],
    "key_moments": [{"at": f"0:0{at}", "title": f"Moment {at}"} for at in (1, 5, 9)],
}


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    at: float

    @property
    def text(self) -> str:
        """Everything the model was told, instructions included."""
        return "\n".join(_texts(self.body["messages"]))

    @property
    def prompt(self) -> str:
        """The first thing the user said."""
        return next(text for one in self.body["messages"] if one["role"] == "user" for text in _texts([one]))

    @property
    def output_tool(self) -> str:
        """The tool that the answer is to be given by; the last one offered."""
        return str(self.body["tools"][-1]["function"]["name"])


@dataclass(frozen=True)
class Answer:
    """What the server does with one request."""

    make: Callable[[Asked], bytes | dict[str, Any]]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False

    def after(self, seconds: float) -> Answer:
        """The same, but later."""
        return replace(self, delay=seconds)


def output(value: Mapping[str, Any], tokens: tuple[int, int] = (100, 20), cached: int = 0) -> Answer:
    """The structured answer that was asked for: `value` as the arguments of the output tool."""
    return Answer(lambda asked: _completion({"tool_calls": [_call(asked.output_tool, value)]}, tokens, cached))


def reader(asked: Asked) -> Answer:
    """What a model that reads an episode answers: a summary, mentions, or no choice of links, as it was asked."""
    properties = asked.body["tools"][-1]["function"]["parameters"]["properties"]
    if "paragraphs" in properties:
        return output(SUMMARY)
    if "choices" in properties:
        return output({"choices": []})
    return output({"mentions": [{"type": "musician", "surface": "Reinhardt", "name": "Django Reinhardt"}]})


def tool_call(name: str, /, **arguments: Any) -> Answer:
    """A call of one of the agent's tools."""
    return Answer(lambda _: _completion({"tool_calls": [_call(name, arguments)]}))


def text(words: str) -> Answer:
    """Plain words, where a tool call was asked for."""
    return Answer(lambda _: _completion({"content": words}))


def refusal(words: str = "I cannot help with that.") -> Answer:
    """The model refuses."""
    return Answer(lambda _: _completion({"content": None, "refusal": words}))


def filtered() -> Answer:
    """The provider's content filter took the answer away."""
    return Answer(lambda _: _completion({"content": None}, finish="content_filter"))


def status(code: int, retry_after: float | None = None, message: str = "scripted", error: str | None = None) -> Answer:
    """An error with this status; `error` is the provider's own code for it."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = {"error": {"message": message, "type": "scripted", "code": error}}
    return Answer(lambda _: body, status=code, headers=headers)


def raw(content: bytes) -> Answer:
    """Status 200 with these bytes, whatever they are."""
    return Answer(lambda _: content)


def page(markup: str, code: int = 200) -> Answer:
    """A page for people."""
    return Answer(lambda _: markup.encode(), status=code, headers={"Content-Type": "text/html; charset=utf-8"})


def huge(size: int = 50 * MEGABYTE) -> Answer:
    """A well-formed answer of this many bytes."""
    return Answer(lambda _: _completion({"content": "x" * size}))


def cut() -> Answer:
    """A good answer, of which half comes before the connection is closed."""
    return Answer(lambda _: _completion({"content": "half of this " * 100}), cut=True)


def never() -> Answer:
    """No answer, until the server stops."""
    return Answer(lambda _: b"", delay=3_600)


class OpenAIServer:
    """What was asked, and what will be answered."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.otherwise: Callable[[Asked], Answer] = lambda _: status(500, message="the script has ended")
        self.speech: Callable[[int], Mapping[str, Any]] = lambda _: {"language": "english", "segments": []}
        self.listened = 0
        self.stopping = Event()
        self.url = ""
        self._script: deque[Answer] = deque()
        self._lock = Lock()
        self._open = 0

    def script(self, *answers: Answer) -> None:
        """The next answers, in the order of the requests."""
        self._script.extend(answers)

    def take(self, asked: Asked) -> Answer:
        """Note a request, and choose its answer."""
        with self._lock:
            self.asked.append(asked)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
            return self._script.popleft() if self._script else self.otherwise(asked)

    def hear(self) -> bytes:
        """Note a recording; the answer about it."""
        with self._lock:
            self.listened += 1
            return json.dumps(self.speech(self.listened)).encode()

    def done(self) -> None:
        """Note that an answer went out."""
        with self._lock:
            self._open -= 1


@contextmanager
def openai_server() -> Iterator[OpenAIServer]:
    """A running server on a free port."""
    script = OpenAIServer()

    class Handler(_Handler):
        server_script = script

    with serving(Handler) as base:
        script.url = f"{base}/v1"
        try:
            yield script
        finally:
            script.stopping.set()


class _Handler(BaseHTTPRequestHandler):
    server_script: OpenAIServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        script = self.server_script
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/audio/transcriptions"):
            self._reply(200, {"Content-Type": "application/json"}, script.hear())
            return
        body = json.loads(sent)
        asked = Asked(body, dict(self.headers.items()), time.monotonic())
        answer = script.take(asked)
        try:
            if answer.delay and script.stopping.wait(answer.delay):
                self.close_connection = True
                return
            self._send(answer, asked)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            script.done()

    def _send(self, answer: Answer, asked: Asked) -> None:
        made = answer.make(asked)
        if isinstance(made, dict) and asked.body.get("stream") and answer.status == 200:
            content, media_type = _events(made), "text/event-stream"
        else:
            content, media_type = made if isinstance(made, bytes) else json.dumps(made).encode(), "application/json"
        self._reply(answer.status, {"Content-Type": media_type, **answer.headers}, content, answer.cut)

    def _reply(self, status: int, headers: Mapping[str, str], content: bytes, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = cut

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _call(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def _completion(
    message: Mapping[str, Any], tokens: tuple[int, int] = (100, 20), cached: int = 0, finish: str | None = None
) -> dict[str, Any]:
    read, written = tokens
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "scripted",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish or ("tool_calls" if "tool_calls" in message else "stop"),
                "message": {"role": "assistant", "content": None, **message},
            }
        ],
        "usage": {
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
            "prompt_tokens_details": {"cached_tokens": cached},
        },
    }


def _events(completion: Mapping[str, Any]) -> bytes:
    """A completion as the events of a stream, its words one by one."""
    (choice,) = completion["choices"]
    message = choice["message"]
    calls = [{"index": at, **call} for at, call in enumerate(message.get("tool_calls", ()))]
    deltas = [{"role": "assistant", "content": ""}, *({"tool_calls": [call]} for call in calls)]
    deltas += [{"content": word + " "} for word in (message["content"] or "").split()]
    shared = {name: completion[name] for name in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    chunks = [{**shared, "choices": [{"index": 0, "delta": one, "finish_reason": None}]} for one in deltas]
    chunks.append({**shared, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]})
    chunks.append({**shared, "choices": [], "usage": completion["usage"]})
    return b"".join(f"data: {json.dumps(one)}\n\n".encode() for one in chunks) + b"data: [DONE]\n\n"


def _texts(messages: list[Mapping[str, Any]]) -> Iterator[str]:
    for message in messages:
        content = message.get("content") or ""
        yield content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)
