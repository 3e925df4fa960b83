"""Spans reach a collector, and a collector that is down holds nobody up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_httpserver import HTTPServer

from ragtime_assets.agents.desk.tracing import Tracing


@pytest.fixture
def tracing(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracing]:
    """To the collector that the standard variable names."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", httpserver.url_for("").rstrip("/"))
    found = Tracing("otlp")
    yield found
    found.close()


def test_a_collector_gets_the_spans_one_inside_the_other(httpserver: HTTPServer, tracing: Tracing) -> None:
    httpserver.expect_request("/v1/traces", method="POST").respond_with_data(content_type="application/x-protobuf")
    with tracing.span("entities", key="one"), tracing.span("chunk"):
        pass
    tracing.flush()
    (request, _), *others = httpserver.log
    assert others == []
    (resource,) = ExportTraceServiceRequest.FromString(request.get_data()).resource_spans
    (service,) = resource.resource.attributes
    assert (service.key, service.value.string_value) == ("service.name", "ragtime-assets")
    chunk, entities = resource.scope_spans[0].spans
    assert (chunk.name, entities.name, chunk.parent_span_id) == ("chunk", "entities", entities.span_id)
    assert {one.key: one.value.string_value for one in entities.attributes} == {"key": "one", "session.id": "one"}
    assert {one.key: one.value.string_value for one in chunk.attributes} == {"session.id": "one"}


def test_spans_that_a_collector_refuses_take_nothing_from_the_next(httpserver: HTTPServer, tracing: Tracing) -> None:
    httpserver.expect_request("/v1/traces").respond_with_data(status=413)
    for tried in (1, 2):
        with tracing.span("transcript"):
            pass
        tracing.flush()
        assert len(httpserver.log) == tried


def test_a_collector_that_is_not_there_is_waited_for_once(
    tracing: Tracing, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    for _ in range(2):
        with tracing.span("transcript"):
            pass
        tracing.flush()
    assert sum("Failed to export" in record.message for record in caplog.records) == 1


def test_a_collector_that_is_down_is_left_alone_for_a_while(httpserver: HTTPServer, tracing: Tracing) -> None:
    httpserver.expect_request("/v1/traces").respond_with_data(status=503)
    tried: list[int] = []
    for name in ("transcript", "chunks", "entities"):
        with tracing.span(name):
            pass
        tracing.flush()
        tried.append(len(httpserver.log))
    assert tried[0] >= 1
    assert tried == [tried[0]] * 3
