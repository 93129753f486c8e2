from __future__ import annotations

from typing import Optional

import pytest
from mitmproxy.options import Options
from mitmproxy.test import tflow

from joinfence.proxy.streaming import Streaming


def taken_over(value: str | None) -> Streaming:
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
def test_large_bodies_are_streamed_in_both_directions(
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
    streaming = taken_over(value)
    streaming.stream_request(flow)
    streaming.stream_response(flow)
    assert (bool(flow.request.stream), bool(flow.response.stream)) == (streamed, streamed)


def test_a_flow_without_a_response_is_left_alone() -> None:
    flow = tflow.tflow()
    taken_over("1").stream_response(flow)
    assert flow.response is None


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/3"])
def test_an_http_2_or_3_body_is_streamed_only_with_a_length(version: str) -> None:
    flow = tflow.tflow()
    flow.request.method, flow.request.http_version = "POST", version
    flow.request.headers.pop("content-length", None)
    taken_over("1").stream_request(flow)
    assert flow.request.stream is False
    flow.request.headers["content-length"] = "1000"
    taken_over("1").stream_request(flow)
    assert flow.request.stream is True
