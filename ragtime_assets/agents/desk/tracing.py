"""OpenTelemetry spans for phases, model calls and tools: to a console or a collector, or not at all.

A span is opened around work and never sees its result. Switched off, nothing of OpenTelemetry is imported.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExportResult

_SECONDS = 3
"""How long a collector is tried, all attempts together."""
_LONG_SECONDS = 0.5
"""A refusal comes sooner; then the collector is there, and the next spans may be to its liking."""
_LEFT_ALONE_SECONDS = 60
Exporter = Literal["none", "console", "otlp"]
_SESSION: ContextVar[str | None] = ContextVar("session", default=None)
"""What spans belong together: everything that is done for one episode, in whatever run."""


class Tracing:
    """Where spans go."""

    def __init__(self, exporter: Exporter = "none", *, content: bool = False, console: TextIO | None = None) -> None:
        """`content` puts prompts and answers into spans; the console is stderr, for stdout is the program's."""
        self._exporter = exporter
        self._content = content
        self._console = console

    @property
    def is_on(self) -> bool:
        """Whether spans go anywhere."""
        return self._exporter != "none"

    @contextmanager
    def span(self, name: str, *, key: str | None = None) -> Iterator[None]:
        """A span around what happens inside; an episode's key is the session of all spans in it."""
        if not self.is_on:
            yield
            return
        attributes = {} if key is None else {"key": key}
        outer = _SESSION.set(key or _SESSION.get())
        try:
            with self._provider.get_tracer("ragtime-assets").start_as_current_span(name, attributes=attributes):
                yield
        finally:
            _SESSION.reset(outer)

    def capabilities(self) -> list[Any]:
        """What makes an agent's calls and tools spans."""
        if not self.is_on:
            return []
        from pydantic_ai import InstrumentationSettings
        from pydantic_ai.capabilities import Instrumentation

        settings = InstrumentationSettings(tracer_provider=self._provider, include_content=self._content)
        return [Instrumentation(settings=settings)]

    def flush(self) -> None:
        """Send what has not been sent."""
        if "_provider" in self.__dict__:
            self._provider.force_flush()

    def close(self) -> None:
        """Send what has not been sent, and end the thread that sends."""
        if "_provider" in self.__dict__:
            self._provider.shutdown()

    @cached_property
    def _provider(self) -> TracerProvider:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        provider = TracerProvider(resource=Resource({"service.name": "ragtime-assets"}))
        provider.add_span_processor(_sessions())
        provider.add_span_processor(self._processor())
        return provider

    def _processor(self) -> Any:
        import sys

        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor

        if self._exporter == "console":
            return SimpleSpanProcessor(ConsoleSpanExporter(out=self._console or sys.stderr))
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter: Any = _UnlessDown(OTLPSpanExporter(timeout=_SECONDS))
        return BatchSpanProcessor(exporter)


def _sessions() -> SpanProcessor:
    """Marks every span that begins with the session it begins in."""
    from opentelemetry.sdk.trace import SpanProcessor

    class Sessions(SpanProcessor):
        def on_start(self, span: Span, parent_context: Context | None = None) -> None:
            if session := _SESSION.get():
                span.set_attribute("session.id", session)

    return Sessions()


class _UnlessDown:
    """A span exporter that leaves a collector alone for a while after it waited for it in vain."""

    def __init__(self, exporter: OTLPSpanExporter) -> None:
        self._exporter = exporter
        self._down_until = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        from opentelemetry.sdk.trace.export import SpanExportResult

        if time.monotonic() < self._down_until:
            return SpanExportResult.FAILURE
        started = time.monotonic()
        result = self._exporter.export(spans)
        now = time.monotonic()
        if result is not SpanExportResult.SUCCESS and now - started > _LONG_SECONDS:
            self._down_until = now + _LEFT_ALONE_SECONDS
        return result

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)

    def shutdown(self) -> None:
        self._exporter.shutdown()
