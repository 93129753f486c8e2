"""JSON and MessagePack, read so that nothing is hidden: every value under a repeated key comes out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import msgpack

type Document = Members | list["Document"] | str | bool | None

MOST_NODES: Final = 20_000
"""A document with more values than this is not read: reading it would take longer than any join is worth."""


class Members(tuple[tuple[str, "Document"], ...]):
    """The members of a JSON object in order, repeated keys included (RFC 8259 section 4 leaves them open)."""

    __slots__ = ()


class Number(str):
    """A number, as written: 1234 and "1234" name one meeting, and no digits are lost or expanded."""

    __slots__ = ()


class UnparsableError(ValueError):
    """The body is not what the rule reads in it."""


class UnreadableError(UnparsableError):
    """There is more of it, or it is deeper, than is read, or nobody here can undo its coding.

    A service may read it, and it may be a join: unlike a body that is broken it never passes.
    """


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=str, strict=False
)
_WORDS: Final = {True: "true", False: "false"}
_MARKS: Final = (b",", b"[", b"{")
_SMALLEST, _LARGEST = 1e-6, 1e21  # between them JavaScript needs no exponent (ECMA-262, Number::toString)


def parse_json(body: bytes) -> Document:
    """Return the first document in a body. Raises UnparsableError, and UnreadableError past the limits.

    It may be UTF-8, 16 or 32 (RFC 4627 section 3, and still read by Python), with a BOM or without. Bytes
    that are no text are replaced, as in Go and JavaScript. What follows the document is ignored: servers in C
    see nothing behind a NUL, and Go's decoder stops where the document ends.
    """
    if sum(map(body.count, _MARKS)) > MOST_NODES:
        raise UnreadableError
    text = body.decode(json.detect_encoding(body), "replace")
    try:
        document: Document = _DECODER.raw_decode(text.lstrip(" \t\r\n"))[0]
    except RecursionError:
        raise UnreadableError from None
    except ValueError:
        raise UnparsableError from None
    return document


def parse_msgpack(body: bytes) -> Document:
    """Return the first MessagePack value in a body as a document. Raises as parse_json does."""
    unpacker = msgpack.Unpacker(
        object_pairs_hook=_members,
        strict_map_key=False,
        unicode_errors="replace",
        max_buffer_size=max(len(body), 1),
        max_array_len=MOST_NODES,
        max_map_len=MOST_NODES,
    )
    unpacker.feed(body)
    try:
        return _plain(unpacker.unpack())
    except (msgpack.FormatError, msgpack.OutOfData):
        raise UnparsableError from None
    except (ValueError, RecursionError):  # longer or deeper than it was told to read
        raise UnreadableError from None


def _members(pairs: Any) -> Members:  # noqa: ANN401 - what the unpacker yields
    return Members((_text(key), _plain(value)) for key, value in pairs)


def _plain(value: Any) -> Document:  # noqa: ANN401 - what the unpacker yields
    if isinstance(value, Members | str | bool):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int):
        return Number(value)
    return _text(value) if isinstance(value, bytes) else None


def _text(value: Any) -> str:  # noqa: ANN401 - a map's key may be anything
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _texts(node: Document) -> list[str]:
    if isinstance(node, Number):
        return list(dict.fromkeys((node, _decimals(node))))
    if isinstance(node, list):
        return [_joined(node)]
    return [] if node is None or isinstance(node, Members) else [_word(node)]


def _decimals(number: Number) -> str:
    """Return a number as JavaScript writes it, where it writes one without an exponent.

    What is written in digits alone stays: others keep more of them than JavaScript does.
    """
    if number.removeprefix("-").isdigit():
        return number
    value = float(number)
    if not _SMALLEST <= abs(value) < _LARGEST:
        return "0" if value == 0 else number
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _joined(items: list[Document]) -> str:
    """Return what JavaScript makes of an array; without recursion, since a body says how deep it is."""
    words: list[str] = []
    left = items[::-1]
    while left:
        node = left.pop()
        if isinstance(node, list) and node:
            left += node[::-1]
        else:
            words.append("" if node is None or isinstance(node, list) else _word(node))
    return ",".join(words)


def _word(node: Members | str | bool) -> str:  # noqa: FBT001 - what a document holds
    if isinstance(node, Members):
        return "[object Object]"
    return _WORDS[node] if isinstance(node, bool) else node


@dataclass(frozen=True, slots=True)
class Pointer:
    """A JSON Pointer (RFC 6901). Raises ValueError with a sentence when the text is none.

    `ignore_case` finds keys in any case, as Go's decoder does.
    """

    text: str
    ignore_case: bool = False

    def __post_init__(self) -> None:
        """Refuse text that is no pointer."""
        if not self.text.startswith("/"):
            message = "a JSON pointer that starts with /"
            raise ValueError(message)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys on the way down, unescaped (section 4)."""
        return tuple(k.replace("~1", "/").replace("~0", "~") for k in self.text[1:].split("/"))

    def values(self, document: Document) -> list[str]:
        """Return the text of every string, number, true and false it leads to, through repeated keys too.

        Services in JavaScript use what they find as a key: of an array that is the text of what is in it
        (ECMA-262, Array.prototype.toString), and of a number its plain decimals.
        """
        nodes = [document]
        for key in self.keys:
            nodes = [child for node in nodes for child in self._children(node, key)]
        return [text for node in nodes for text in _texts(node)]

    def _children(self, node: Document, key: str) -> list[Document]:
        if isinstance(node, Members):
            if self.ignore_case:
                return [value for name, value in node if name.casefold() == key.casefold()]
            return [value for name, value in node if name == key]
        if isinstance(node, list) and key.isascii() and key.isdigit():
            return node[int(key) : int(key) + 1]
        return []
