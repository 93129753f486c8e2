"""One element of a `Forwarded` header (RFC 7239 section 4) to the node in its `for` parameter."""

from __future__ import annotations

import re
from typing import Final

from joinfence.engine.values import Flaw, Withheld

# Whitespace is allowed around `;` (and `,`) but not around `=`. Empty pairs, as in `;;` or a final `;`, are
# ignored.
_PAIRS: Final = re.compile(rb'(?:[^;"]|"(?:[^"\\]|\\.)*")*', re.DOTALL)
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# A value is a token or a quoted string (RFC 9110 section 5.6). Some proxies leave `[v6]:port` unquoted.
_VALUE: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z:\[\]-]+")
_QUOTED: Final = re.compile(rb'"((?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*)"')
_ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)


def node_of(element: bytes) -> bytes | Flaw | Withheld:
    """Return the node in the `for` parameter of an element, unescaped, or what is wrong. Never raises.

    Unknown parameters are ignored (RFC 7239 section 5.5); a repeated parameter is an error (section 4).
    """
    if not element:
        return Flaw.EMPTY
    found: dict[bytes, bytes] = {}
    for pair in _pairs(element):
        read = _read_pair(pair)
        if isinstance(read, Flaw):
            return read
        name, value = read
        if name in found:
            return Flaw.DUPLICATE_PARAMETER
        found[name] = value
    if b"for" not in found:
        return Withheld.NO_FOR_PARAMETER
    return found[b"for"] or Flaw.EMPTY_FOR


def _pairs(element: bytes) -> list[bytes | Flaw]:
    """Return the pairs between unquoted semicolons, or only UNTERMINATED_QUOTE if a quote is left open."""
    pairs: list[bytes | Flaw] = []
    at = 0
    while at <= len(element):
        match = _PAIRS.match(element, at)
        end = match.end() if match else at
        if element[end : end + 1] == b'"':
            return [Flaw.UNTERMINATED_QUOTE]
        if pair := element[at:end].strip(b" \t"):
            pairs.append(pair)
        at = end + 1
    return pairs


def _read_pair(pair: bytes | Flaw) -> tuple[bytes, bytes] | Flaw:
    if isinstance(pair, Flaw):
        return pair
    name, equals, value = pair.partition(b"=")
    if not equals or not _NAME.fullmatch(name):
        return Flaw.BAD_PAIR
    if quoted := _QUOTED.fullmatch(value):
        return name.lower(), _ESCAPE.sub(rb"\1", quoted[1])
    if not _VALUE.fullmatch(value):
        return Flaw.BAD_VALUE
    return name.lower(), value
