"""JSON and MessagePack to documents that keep everything that any server might read.

Objects keep all members, so a value under a repeated key cannot hide another one. Numbers keep their digits
as written, because 1234 and "1234" name the same meeting and converting to a float would lose digits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import msgpack

type JsonValue = Members | list["JsonValue"] | str | bool | None

MAX_NODES: Final = 20_000
"""A document with more values is not parsed: no join is that long, and parsing would take too long."""


class Members(tuple[tuple[str, "JsonValue"], ...]):
    """The members of a JSON object in order, with repeated keys (undefined in RFC 8259 section 4)."""

    __slots__ = ()


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class UnparsableError(ValueError):
    """The body is not in the format that the rule reads."""


class UninspectableError(UnparsableError):
    """The body exceeds a limit on size or depth, or has a content coding that cannot be undone.

    The service may be able to read it and it may be a join, so unlike a broken body it is never passed.
    """


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=str, strict=False
)
_BOOLEANS: Final = {True: "true", False: "false"}
_NODE_MARKERS: Final = (b",", b"[", b"{")
_MIN_PLAIN, _MAX_PLAIN = 1e-6, 1e21  # in between, JavaScript writes no exponent (ECMA-262, Number::toString)


def parse_json(body: bytes) -> JsonValue:
    """Return the first document in a body. Raises UnparsableError, or UninspectableError beyond the limits.

    The text may be UTF-8, UTF-16 or UTF-32 (RFC 4627 section 3, still supported by Python), with or without a
    byte order mark. Invalid bytes are replaced, as in Go and JavaScript. Anything after the document is
    ignored: servers in C stop at a NUL, and Go's decoder stops at the end of the document.
    """
    if sum(map(body.count, _NODE_MARKERS)) > MAX_NODES:
        raise UninspectableError
    text = body.decode(json.detect_encoding(body), "replace")
    try:
        document: JsonValue = _DECODER.raw_decode(text.lstrip(" \t\r\n"))[0]
    except RecursionError:
        raise UninspectableError from None
    except ValueError:
        raise UnparsableError from None
    return document


def parse_msgpack(body: bytes) -> JsonValue:
    """Return the first MessagePack value in a body as a document. Raises as parse_json does."""
    unpacker = msgpack.Unpacker(
        object_pairs_hook=_members,
        strict_map_key=False,
        unicode_errors="replace",
        max_buffer_size=max(len(body), 1),
        max_array_len=MAX_NODES,
        max_map_len=MAX_NODES,
    )
    unpacker.feed(body)
    try:
        return _plain(unpacker.unpack())
    except (msgpack.FormatError, msgpack.OutOfData):
        raise UnparsableError from None
    except (ValueError, RecursionError):  # one of the limits above, or nested too deeply
        raise UninspectableError from None


def _members(pairs: Any) -> Members:  # noqa: ANN401 - what the unpacker yields
    return Members((_text(key), _plain(value)) for key, value in pairs)


def _plain(value: Any) -> JsonValue:  # noqa: ANN401 - what the unpacker yields
    if isinstance(value, Members | str | bool):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int):
        return Number(value)
    return _text(value) if isinstance(value, bytes) else None


def _text(value: Any) -> str:  # noqa: ANN401 - a map's key may be anything
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _texts(node: JsonValue) -> list[str]:
    if isinstance(node, Number):
        return list(dict.fromkeys((node, _plain_decimal(node))))
    if isinstance(node, list):
        return [_array_text(node)]
    return [] if node is None or isinstance(node, Members) else [_scalar_text(node)]


def _plain_decimal(number: Number) -> str:
    """Return a number as JavaScript writes it, unless JavaScript would write an exponent.

    A number that consists of digits only is returned as it is: other languages keep more digits than
    JavaScript.
    """
    if number.removeprefix("-").isdigit():
        return number
    value = float(number)
    if not _MIN_PLAIN <= abs(value) < _MAX_PLAIN:
        return "0" if value == 0 else number
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _array_text(items: list[JsonValue]) -> str:
    """Return the text that JavaScript makes of an array. No recursion, as the client chooses the depth."""
    words: list[str] = []
    left = items[::-1]
    while left:
        node = left.pop()
        if isinstance(node, list) and node:
            left += node[::-1]
        else:
            words.append("" if node is None or isinstance(node, list) else _scalar_text(node))
    return ",".join(words)


def _scalar_text(node: Members | str | bool) -> str:  # noqa: FBT001 - what a document holds
    if isinstance(node, Members):
        return "[object Object]"
    return _BOOLEANS[node] if isinstance(node, bool) else node


@dataclass(frozen=True, slots=True)
class Pointer:
    """A JSON Pointer (RFC 6901). Raises ValueError, with a sentence, if the text is not a pointer.

    With `ignore_case`, keys match in any case, as they do in Go's decoder.
    """

    text: str
    ignore_case: bool = False

    def __post_init__(self) -> None:
        """Check the text."""
        if not self.text.startswith("/"):
            message = "a JSON pointer that starts with /"
            raise ValueError(message)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys from the root down, unescaped (section 4)."""
        return tuple(k.replace("~1", "/").replace("~0", "~") for k in self.text[1:].split("/"))

    def values(self, document: JsonValue) -> list[str]:
        """Return the text of every string, number, true and false at the pointer, under all repeated keys.

        Services in JavaScript use the value as a key, which converts it to text: an array becomes its items
        joined by commas (ECMA-262, Array.prototype.toString), a number is written as a plain decimal.
        """
        nodes = [document]
        for key in self.keys:
            nodes = [child for node in nodes for child in self._children(node, key)]
        return [text for node in nodes for text in _texts(node)]

    def _children(self, node: JsonValue, key: str) -> list[JsonValue]:
        if isinstance(node, Members):
            if self.ignore_case:
                return [value for name, value in node if name.casefold() == key.casefold()]
            return [value for name, value in node if name == key]
        if isinstance(node, list) and key.isascii() and key.isdigit():
            return node[int(key) : int(key) + 1]
        return []
