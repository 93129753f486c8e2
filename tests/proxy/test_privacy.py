from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from mitmproxy import flowfilter
from mitmproxy.options import Options
from mitmproxy.test import tflow

from joinfence.proxy.privacy import _LOGGERS, exclude_hidden_flows, hide, redact_client_addresses, unhide

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def options() -> Options:
    made = Options()
    for name in ("dumper_filter", "save_stream_filter"):
        made.add_option(name, str, "", "test")
    return made


@pytest.mark.parametrize("own", ["", "~all", "~u . | ~q", "~m GET & !~q", "foo", "~bq (", "( ~all )"])
def test_a_hidden_flow_matches_no_filter_whatever_the_user_set(options: Options, own: str) -> None:
    options.update(dumper_filter=own, save_stream_filter=own)
    for _ in range(2):
        exclude_hidden_flows(options)
    hidden, plain = tflow.tflow(), tflow.tflow()
    hide(hidden)
    for name in ("dumper_filter", "save_stream_filter"):
        made = flowfilter.parse(getattr(options, name))
        assert not made(hidden)
        if own in ("", "~all"):
            assert made(plain)


def test_a_flow_can_be_unhidden() -> None:
    flow = tflow.tflow()
    hide(flow)
    unhide(flow)
    unhide(flow)
    assert flow.metadata == {}


@pytest.fixture
def proxy_logger() -> Iterator[logging.Logger]:
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [list(logger.filters) for logger in loggers]
    yield loggers[0]
    for logger, filters in zip(loggers, before, strict=True):
        logger.filters[:] = filters


def test_client_addresses_are_removed_from_log_lines_by_one_filter(
    proxy_logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    before = len(proxy_logger.filters)
    redact_client_addresses()
    redact_client_addresses()
    assert len(proxy_logger.filters) == max(before, 1)
    with caplog.at_level(logging.INFO):
        proxy_logger.info("client connect", extra={"client": ("127.0.0.1", 5)})
    assert [record.client for record in caplog.records] == [None]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("127.0.0.1:5: Bad HTTP request line: b'GET x HTTP/1.1'", "Bad HTTP request line: (left out)"),
        ("[2003::1]:5: HTTP/2 protocol error: Expected 0 bytes", "HTTP/2 protocol error: Expected 0 bytes"),
        ("Illegal character '\r' in header value: b\"it's /j/1\"", "Illegal character '\r' in header value: (left out)"),
        ("Client closed connection before completing request headers: bytearray(b'GET /j/1\\r\\n')", "Client closed connection before completing request headers: (left out))"),
        ("mismatched: b'a' and b'b'", "mismatched: (left out)"),
        ("Client connection from 2003::1 killed by block_global option.", "Client connection killed by block_global option."),
        ("server connect 127.0.0.1:8000", "server connect 127.0.0.1:8000"),
    ],
)  # fmt: skip
def test_log_lines_quote_no_request_and_contain_no_client_address(
    proxy_logger: logging.Logger, caplog: pytest.LogCaptureFixture, message: str, left: str
) -> None:
    redact_client_addresses()
    with caplog.at_level(logging.INFO):
        (proxy_logger.root if message.startswith("Client connection ") else proxy_logger).info(message)
        proxy_logger.info("%s", b"arguments are not changed")
    assert [record.getMessage() for record in caplog.records] == [
        left,
        "b'arguments are not changed'",
    ]
