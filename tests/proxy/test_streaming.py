from __future__ import annotations

from typing import Optional

import pytest
from mitmproxy.options import Options
from mitmproxy.test import tflow

from joinfence.proxy.streaming import Streaming


def taken(value: str | None) -> Streaming:
    options = Options()
    options.add_option("stream_large_bodies", Optional[str], None, "test")  # noqa: UP045 - what mitmproxy compares with
    options.update(stream_large_bodies=value)
    streaming = Streaming()
    streaming.take_over(options)
    assert not options.stream_large_bodies
    return streaming


@pytest.mark.parametrize(
    ("value", "length", "chunked", "streamed"),
    [
        (None, 1 << 20, False, False),
        ("1k", 1 << 20, False, True),
        ("1k", 1024, False, False),
        ("1k", 1025, False, True),
        ("1k", None, True, True),
        (None, None, True, False),
    ],
)
def test_large_bodies_are_streamed_both_ways(
    value: str | None, length: int | None, chunked: bool, streamed: bool
) -> None:
    flow = tflow.tflow(resp=True)
    assert flow.response is not None
    for message in (flow.request, flow.response):
        message.headers.pop("content-length", None)
        if length is not None:
            message.headers["content-length"] = str(length)
        if chunked:
            message.headers["transfer-encoding"] = "chunked"
    flow.request.method = "POST"
    streaming = taken(value)
    streaming.request(flow)
    streaming.response(flow)
    assert (bool(flow.request.stream), bool(flow.response.stream)) == (streamed, streamed)


def test_a_flow_without_a_response_has_none_to_stream() -> None:
    flow = tflow.tflow()
    taken("1").response(flow)
    assert flow.response is None


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/3"])
def test_a_body_without_a_length_is_not_streamed_where_it_would_lose_its_end(version: str) -> None:
    flow = tflow.tflow()
    flow.request.method, flow.request.http_version = "POST", version
    flow.request.headers.pop("content-length", None)
    taken("1").request(flow)
    assert flow.request.stream is False
    flow.request.headers["content-length"] = "1000"
    taken("1").request(flow)
    assert flow.request.stream is True
