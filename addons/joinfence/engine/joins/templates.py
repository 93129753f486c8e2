"""A service's own error, filled in: what comes from the refused message is escaped and can end nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, assert_never

from joinfence.engine.joins.formats.json_msgpack import Number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FACTS: Final = ("text", "order", "url", "authority", "status")
"""What every template may name besides its echoes: a sentence, the order's id, its page, who ordered, 451."""
LONGEST_ECHO: Final = 1_000
"""Of a value from the message no more characters than this go back."""

_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
_WHOLE_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold, not even escaped (XML 1.0 section 2.2)."""
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"})
"""The entities that every XML parser knows (XML 1.0 section 4.6)."""


class Kind(StrEnum):
    """What a template's text is."""

    JSON = "json"
    XML = "xml"
    TEXT = "text"
    EVENT = "socketio_event"
    ACK = "socketio_ack"


@dataclass(frozen=True, slots=True)
class Template:
    """A message or body with `{name}` in its texts: `content` is text for XML and TEXT, else plain data."""

    kind: Kind
    content: Any

    def names(self) -> set[str]:
        """Return the names it has places for."""
        return {name for text in _texts(self.content) for name in _PLACE.findall(text)}

    def fill(self, values: Mapping[str, str]) -> str | None:
        """Return the text; None for an acknowledgement that nobody waits for.

        A name without a value leaves out the member of an object that holds nothing else, and is empty
        elsewhere. An ACK or EVENT goes to the `namespace`, and an ACK to the `ack`, that `values` name.
        """
        values = {name: _cut(value) for name, value in values.items()}
        match self.kind:
            case Kind.JSON:
                return _json(self.content, values)
            case Kind.XML:
                return _PLACE.sub(lambda match: xml_text(values.get(match[1], "")), self.content)
            case Kind.TEXT:
                return _PLACE.sub(lambda match: values.get(match[1], ""), self.content)
            case Kind.EVENT:
                return f"42{_namespace(values)}{_json(self.content, values)}"
            case Kind.ACK:
                ack = values.get("ack", "")
                return f"43{_namespace(values)}{ack}{_json(self.content, values)}" if ack.isdigit() else None
            case _:
                assert_never(self.kind)


def xml_text(text: str) -> str:
    """Return text as it may stand in XML, in an element or between quotes of either kind."""
    return NOT_XML.sub("", text).translate(_ENTITIES)


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST_ECHO else value[:LONGEST_ECHO]


def _namespace(values: Mapping[str, str]) -> str:
    namespace = values.get("namespace", "/")
    return (
        "" if namespace == "/" or not re.fullmatch(r"/[^,\[\]{}\"\x00-\x1f]*", namespace) else f"{namespace},"
    )


def _json(content: Any, values: Mapping[str, str]) -> str:  # noqa: ANN401 - plain data
    return json.dumps(_filled(content, values))


_GONE: Final = object()


def _filled(node: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - plain data
    if isinstance(node, dict):
        members = {key: _filled(value, values) for key, value in node.items()}
        return {key: value for key, value in members.items() if value is not _GONE}
    if isinstance(node, list):
        items = [_filled(item, values) for item in node]
        return [None if item is _GONE else item for item in items]
    if not isinstance(node, str):
        return node
    if whole := _PLACE.fullmatch(node):
        return _value(values[whole[1]]) if whole[1] in values else _GONE
    return _PLACE.sub(lambda match: values.get(match[1], ""), node)


def _value(value: str) -> int | str:
    """Return a whole number of moderate size as the number that it was in the message."""
    return int(value) if isinstance(value, Number) and _WHOLE_NUMBER.fullmatch(value) else str(value)


def _texts(node: Any) -> Iterator[str]:  # noqa: ANN401 - plain data
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _texts(item)
