from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.refusal import negotiation
from joinfence.refusal.negotiation import MAX_RANGES, Format, accepted_format, origin, ranges
from joinfence.text.language import Range
from tests.refusal.samples import request

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        pytest.param(BROWSER, Format.HTML, id="a browser opening a link"),
        pytest.param("application/xhtml+xml,text/html", Format.HTML, id="an old browser"),
        pytest.param("*/*", Format.PROBLEM, id="curl"),
        pytest.param("", Format.PROBLEM, id="empty"),
        pytest.param("application/json, text/plain, */*", Format.JSON, id="axios"),
        pytest.param("application/json", Format.JSON, id="json alone"),
        pytest.param("application/json, application/problem+json", Format.PROBLEM, id="both equally"),
        pytest.param("application/json, application/problem+json;q=.9", Format.JSON, id="json preferred"),
        pytest.param("application/problem+json;q=0, */*", Format.JSON, id="anything but problem+json"),
        pytest.param("application/*", Format.PROBLEM, id="application of any kind"),
        pytest.param("text/*", Format.HTML, id="text of any kind"),
        pytest.param("text/plain", Format.TEXT, id="plain text"),
        pytest.param("Text/Plain ; Q=0.7, text/html;q=0.3", Format.TEXT, id="case and spaces do not matter"),
        pytest.param("text/html;level=1", Format.HTML, id="other parameters are ignored"),
        pytest.param("text/html;quality, text/plain;q=0.5", Format.HTML, id="a parameter that begins with q"),
        pytest.param("text/html;q=0.1, text/*;q=0.9", Format.TEXT, id="the more specific range counts"),
        pytest.param("image/png", Format.PROBLEM, id="a type we do not have"),
        pytest.param("text/html;q=0", Format.PROBLEM, id="everything refused"),
        pytest.param("text/html;q=99, text/plain;q=0.9", Format.HTML, id="q above 1 is 1"),
        pytest.param("text/html;q=-1, text/plain", Format.TEXT, id="negative q: the range is malformed"),
        pytest.param("text/html;q=nan, text/plain;q=0.1", Format.TEXT, id="q is not a number"),
        pytest.param("text/html;q=" + "9" * 1500, Format.HTML, id="q too large for a float"),
        pytest.param("text/plain, text/plain;q=0", Format.TEXT, id="repeated: the first counts"),
        pytest.param(b"text/html\r\n ,text/plain;q=0.5", Format.HTML, id="a folded line"),
        pytest.param(b"\xff\xfe\x00, text/plain", Format.TEXT, id="bytes that are not text"),
        pytest.param("text/html;q=²", Format.PROBLEM, id="a non-ASCII digit"),
        pytest.param("," * 49 + "text/html", Format.HTML, id="the fiftieth range"),
        pytest.param("," * MAX_RANGES + "text/html", Format.PROBLEM, id="the fifty-first range"),
        pytest.param("x" * 10_000 + ",text/html", Format.PROBLEM, id="after 2 KB"),
    ],
)
def test_the_form_follows_accept(accept: str | bytes, form: Format) -> None:
    assert accepted_format(request(("Accept", accept))) is form


def test_without_accept_the_form_is_problem_json() -> None:
    assert accepted_format(request()) is Format.PROBLEM


def test_lines_are_joined_in_order_and_up_to_the_limit() -> None:
    lines = [("accept", "a/b"), ("X-Other", "c/d"), ("ACCEPT", "e/f;q=0.5"), *[("accept", "x" * 1000)] * 9]
    assert [item.value[:3] for item in ranges(request(*lines), b"accept")] == [
        "a/b",
        "e/f",
        "xxx",
        "xxx",
        "xxx",
    ]
    assert ranges(request(*lines), b"accept")[1] == Range("e/f", 0.5)


@given(st.binary(max_size=4096))
def test_any_accept_header_gives_a_form(value: bytes) -> None:
    assert accepted_format(request(("accept", value))) in Format


@given(st.from_regex(r"\A[ qQ=.0-9x]{0,12}\Z"))
def test_the_pattern_for_weights_matches_what_a_plain_one_matches(text: str) -> None:
    plainly = re.fullmatch(r" *[qQ] *= *([0-9]+\.?[0-9]*|\.[0-9]+) *", text)
    found = negotiation._WEIGHT.fullmatch(text)
    assert (found and found[1]) == (plainly and plainly[1])


LONG = "from joinfence.refusal.negotiation import _range; print(_range('x/y;q=' + '1' * 300_000 + {end!r}))"


@pytest.mark.parametrize("end", ["x", ".", ".x", " x"])
def test_a_very_long_weight_is_read_in_linear_time(end: str) -> None:
    # Trying every split of the digits would take most of an hour.
    read = (sys.executable, "-c", LONG.format(end=end))
    found = subprocess.run(read, capture_output=True, text=True, timeout=120, check=True)
    assert found.stdout.strip() == ("None" if "x" in end else "Range(value='x/y', weight=1.0)")


@pytest.mark.parametrize("value", ["https://app.example", "https://app.example:8443", "null", "o" * 512])
def test_a_valid_origin_is_returned_as_sent(value: str) -> None:
    assert origin(request(("oRiGiN", value))) == value


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param("o" * 513, id="longer than 512 bytes"),
        pytest.param("o" * 10_240, id="10 KB"),
        pytest.param("https://a.example\r\nSet-Cookie: a=b", id="a header smuggled in"),
        pytest.param("https://a.example\n", id="a line break at the end"),
        pytest.param("https://a.example\x00", id="a control character"),
        pytest.param("https://a.example https://b.example", id="several in one"),
        pytest.param("https://bücher.example", id="not ASCII"),
        pytest.param(b"https://\xff.example", id="bytes that are not text"),
    ],
)
def test_an_origin_that_is_unsafe_in_a_header_is_ignored(value: str | bytes) -> None:
    assert origin(request(("Origin", value))) is None


def test_no_origin_and_two_origins_are_none() -> None:
    assert origin(request()) is None
    assert origin(request(("Origin", "https://a.example"), ("Origin", "https://b.example"))) is None
