"""JSON bodies, read so that nothing in them is hidden: every value under a repeated key comes out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

type Document = Members | list["Document"] | str | bool | None


class Members(tuple[tuple[str, "Document"], ...]):
    """The members of a JSON object in order, repeated keys included (RFC 8259 section 4 leaves them open)."""

    __slots__ = ()


class UnparsableError(ValueError):
    """The body is no JSON document."""


# Numbers stay text, as written: 1234 and "1234" name one meeting, and no digits are lost or expanded.
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=str, parse_float=str, parse_constant=str, strict=False
)


def parse_json(body: bytes) -> Document:
    """Return the document in a body. Raises UnparsableError.

    It may be UTF-8, 16 or 32 (RFC 4627 section 3, and still read by Python), with a BOM or without. Bytes
    that are no text are replaced, as in Go and JavaScript. Text behind a NUL is ignored if the whole does not
    parse: servers written in C see no further.
    """
    text = body.decode(json.detect_encoding(body), "replace")
    for candidate in (text, text.partition("\0")[0]):
        try:
            document: Document = _DECODER.decode(candidate)
        except (ValueError, RecursionError):
            continue
        return document
    raise UnparsableError


@dataclass(frozen=True, slots=True)
class Pointer:
    """A JSON Pointer (RFC 6901). Raises ValueError with a sentence when the text is none."""

    text: str

    def __post_init__(self) -> None:
        """Refuse text that is no pointer."""
        if not self.text.startswith("/"):
            message = "a JSON pointer starts with /"
            raise ValueError(message)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys on the way down, unescaped (section 4)."""
        return tuple(k.replace("~1", "/").replace("~0", "~") for k in self.text[1:].split("/"))

    def values(self, document: Document) -> list[str]:
        """Return the text of every string and number the pointer leads to, through repeated keys too."""
        nodes = [document]
        for key in self.keys:
            nodes = [child for node in nodes for child in _children(node, key)]
        return [node for node in nodes if isinstance(node, str)]


def _children(node: Document, key: str) -> list[Document]:
    if isinstance(node, Members):
        return [value for name, value in node if name == key]
    if isinstance(node, list) and key.isascii() and key.isdigit():
        return node[int(key) : int(key) + 1]
    return []
