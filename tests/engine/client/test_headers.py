from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joinfence.engine.client.headers import (
    MAX_ELEMENT_BYTES,
    MAX_ENTRY_BYTES,
    elements_from_right,
    entries_from_right,
    read_element,
    read_entry,
)
from joinfence.engine.values import Flaw, Withheld
from tests import vector_file

if TYPE_CHECKING:
    from joinfence.engine.values import HeaderFields

NAME = b"x-forwarded-for"


def fields(*lines: bytes) -> HeaderFields:
    return tuple((b"X-Forwarded-For", line) for line in lines)


@pytest.mark.parametrize(
    ("lines", "entries"),
    [
        pytest.param([], [], id="no line"),
        pytest.param([b"a, b"], [b"b", b"a"], id="nearest first"),
        pytest.param([b"a, b", b"c"], [b"c", b"b", b"a"], id="several lines are one list, RFC 9110 5.3"),
        pytest.param([b"a,\t b \t"], [b"b", b"a"], id="space and tab are trimmed, RFC 9110 5.6.3"),
        pytest.param([b"a\x0b"], [b"a\x0b"], id="other whitespace is not trimmed"),
        pytest.param([b"a,"], [b"", b"a"], id="a trailing comma is an empty entry"),
        pytest.param([b""], [b""], id="an empty line is an empty entry"),
        pytest.param([b"a", b"", b"b"], [b"b", b"", b"a"], id="an empty line between others"),
        pytest.param(
            [b"a," + b"b" * MAX_ENTRY_BYTES], [b"b" * MAX_ENTRY_BYTES, b"a"], id="the longest entry"
        ),
        pytest.param(
            [b"a," + b"b" * (MAX_ENTRY_BYTES + 1)], [Flaw.TOO_LONG], id="a longer one is a flaw, and the last"
        ),
    ],
)
def test_entries_are_read_from_the_right(lines: list[bytes], entries: list[bytes]) -> None:
    assert list(entries_from_right(fields(*lines), NAME)) == entries


@pytest.mark.parametrize(
    ("lines", "elements"),
    [
        pytest.param([b'a="x, y", b'], [b"b", b'a="x, y"'], id="a quoted comma separates nothing"),
        pytest.param([b'a="x, b'], [b"b", b'a="x'], id="a quote left open further left changes nothing"),
        pytest.param([b'a="x\\", y", b'], [b"b", b'a="x\\", y"'], id="an escaped quote does not count"),
        pytest.param(
            [b'a="x\\\\", b'], [b"b", b'a="x\\\\"'], id="an escaped backslash does not escape the quote"
        ),
        pytest.param([b'x, b"'], [b'x, b"'], id="an open quote at the right end"),
        pytest.param([b"a", b""], [b"", b"a"], id="an empty line"),
        pytest.param(
            [b"a," + b"b" * MAX_ELEMENT_BYTES], [b"b" * MAX_ELEMENT_BYTES, b"a"], id="the longest element"
        ),
        pytest.param(
            [b"a," + b"b" * (MAX_ELEMENT_BYTES + 1)],
            [Flaw.TOO_LONG],
            id="a longer one is a flaw, and the last",
        ),
    ],
)
def test_elements_are_read_from_the_right(lines: list[bytes], elements: list[bytes]) -> None:
    headers = tuple((b"Forwarded", line) for line in lines)
    assert list(elements_from_right(headers, b"forwarded")) == elements


def test_a_flaw_is_passed_on() -> None:
    assert read_element(Flaw.TOO_LONG) is Flaw.TOO_LONG


def test_other_headers_are_ignored() -> None:
    headers = (
        (b"X-Forwarded-For", b"a"),
        (b"X_Forwarded_For", b"b"),
        (b"X-Forwarded-Foo", b"c"),
        (b"Via", b"d"),
    )
    assert list(entries_from_right(headers, NAME)) == [b"a"]


@pytest.mark.parametrize("name", [b"x-forwarded-for", b"X-FORWARDED-FOR", b"X-fOrWaRdEd-fOr"])
def test_the_case_of_the_name_is_irrelevant(name: bytes) -> None:
    assert list(entries_from_right(((name, b"a"),), NAME)) == [b"a"]


@pytest.mark.parametrize(
    ("entry", "address", "port"),
    [
        pytest.param(b"9.9.9.9", "9.9.9.9", None, id="dotted quad"),
        pytest.param(b"9.9.9.9:4711", "9.9.9.9", 4711, id="with a port, as Azure sends it"),
        pytest.param(b"9.9.9.9:0", "9.9.9.9", 0, id="port 0"),
        pytest.param(b"9.9.9.9:65535", "9.9.9.9", 65535, id="highest port"),
        pytest.param(b"2001:db8::9", "2001:db8::9", None, id="bare IPv6"),
        pytest.param(b"2001:db8::9:443", "2001:db8::9:443", None, id="bare IPv6 carries no port"),
        pytest.param(b"[2001:db8::9]", "2001:db8::9", None, id="brackets"),
        pytest.param(b"[2001:db8::9]:443", "2001:db8::9", 443, id="brackets and port"),
        pytest.param(b"[::ffff:9.9.9.9]:1", "9.9.9.9", 1, id="mapped in brackets"),
        pytest.param(b"fe80::9%eth0", "fe80::9", None, id="zone on link-local"),
    ],
)
def test_an_entry_is_parsed(entry: bytes, address: str, port: int | None) -> None:
    assert read_entry(entry) == (ip_address(address), port)


@pytest.mark.parametrize(
    ("entry", "flaw"),
    [
        (b"", Flaw.EMPTY),
        (Flaw.TOO_LONG, Flaw.TOO_LONG),
        (b"9.9.9.9\x00", Flaw.CONTROL_OR_NON_ASCII),
        (b"9.9.9.9\r\n 8.8.8.8", Flaw.CONTROL_OR_NON_ASCII),
        ("٩.9.9.9".encode(), Flaw.CONTROL_OR_NON_ASCII),
        (b"\xff", Flaw.CONTROL_OR_NON_ASCII),
        (b"[9.9.9.9]", Flaw.NOT_AN_ADDRESS),
        (b"[2001:db8::9", Flaw.NOT_AN_ADDRESS),
        (b"[2001:db8::9]443", Flaw.NOT_AN_ADDRESS),
        (b'"9.9.9.9"', Flaw.NOT_AN_ADDRESS),
        (b"9.9.9.9 8.8.8.8", Flaw.NOT_AN_ADDRESS),
        (b"9.9.9.9/32", Flaw.NOT_AN_ADDRESS),
        (b"0.0.0.0", Flaw.UNSPECIFIED_ADDRESS),
        (b"[::]:80", Flaw.UNSPECIFIED_ADDRESS),
        (b"9.9.9.9:", Flaw.BAD_PORT),
        (b"9.9.9.9:nope", Flaw.BAD_PORT),
        (b"9.9.9.9:65536", Flaw.BAD_PORT),
        (b"9.9.9.9:000080", Flaw.BAD_PORT),
        (b"9.9.9.9:+1", Flaw.BAD_PORT),
        (b"unknown", Withheld.UNKNOWN_OR_OBFUSCATED),
        (b"UnKnown", Withheld.UNKNOWN_OR_OBFUSCATED),
        (b"_hidden", Withheld.UNKNOWN_OR_OBFUSCATED),
    ],
    ids=repr,
)
def test_the_flaw_of_an_entry(entry: bytes | Flaw, flaw: Flaw | Withheld) -> None:
    assert read_entry(entry) is flaw


@pytest.mark.parametrize(
    "vector",
    [*vector_file.read("node"), *vector_file.read("forwarded_element")],
    ids=lambda vector: vector["id"],
)
def test_the_public_vectors(vector: dict[str, Any]) -> None:
    ours, text = vector["ours"], vector["node"].encode("latin-1").strip(b" \t")
    found = read_entry(text) if vector["kind"] == "node" else read_element(text)
    if ours["outcome"] == "address":
        assert found == (ip_address(ours["address"]), ours.get("port"))
    else:
        assert found == ours["reason"]
        assert isinstance(found, Withheld) is (ours["outcome"] == "withheld")


@given(st.binary(max_size=200))
def test_parsing_never_raises(entry: bytes) -> None:
    read_entry(entry)
