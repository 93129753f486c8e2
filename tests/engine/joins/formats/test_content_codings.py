"""Compressed bodies are decoded up to a limit."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.joins.formats.content_codings import decoded

BODY = b'{"meeting": "townhall"}'


@pytest.mark.parametrize(
    ("body", "codings"),
    [
        pytest.param(gzip.compress(BODY), [b"gzip"], id="gzip"),
        pytest.param(gzip.compress(BODY), [b" X-GZIP"], id="the old name of gzip, in upper case"),
        pytest.param(gzip.compress(BODY), [b"gzip, identity"], id="identity changes nothing"),
        pytest.param(zlib.compress(BODY), [b"deflate"], id="deflate in zlib's frame"),
        pytest.param(zlib.compress(BODY, wbits=-15), [b"deflate"], id="deflate without a frame"),
        pytest.param(gzip.compress(zlib.compress(BODY)), [b"deflate, gzip"], id="two codings"),
        pytest.param(
            gzip.compress(zlib.compress(BODY)), [b"deflate", b"gzip"], id="two codings in two lines"
        ),
    ],
)
def test_codings_are_undone(body: bytes, codings: list[bytes]) -> None:
    headers = tuple((b"Content-Encoding", value) for value in codings)
    assert decoded(body, headers, 100) == BODY


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        pytest.param(BODY, None, id="no coding"),
        pytest.param(BODY, b"br", id="an unknown coding"),
        pytest.param(BODY, b"gzip", id="not compressed"),
        pytest.param(gzip.compress(BODY)[:-9], b"gzip", id="cut short"),
        pytest.param(gzip.compress(b"x" * 101), b"gzip", id="more than the limit"),
        pytest.param(
            gzip.compress(gzip.compress(b"x" * 10_000_000)),
            b"gzip, gzip",
            id="more than the limit after the first step",
        ),
    ],
)
def test_codings_that_cannot_be_undone(body: bytes, coding: bytes | None) -> None:
    headers = () if coding is None else ((b"content-encoding", coding),)
    assert decoded(body, headers, 100) is None


@given(st.binary(max_size=50), st.sampled_from([b"gzip", b"deflate", b"gzip, deflate", b",", b""]))
def test_decoding_never_raises(body: bytes, coding: bytes) -> None:
    decoded(body, ((b"content-encoding", coding),), 100)
