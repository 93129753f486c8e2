"""Templates for errors in a service's own format.

Values echoed from the refused message are escaped for the format, so they cannot break out of their place.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, assert_never

from joinfence.engine.joins.formats.json_msgpack import Number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STANDARD_NAMES: Final = ("text", "order", "url", "authority", "status")
"""Names in any template besides its echoes: a sentence, the order's id, its page, who ordered, and 451."""
MAX_ECHO_CHARACTERS: Final = 1_000
"""Echoed values are cut off at this length."""

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_WHOLE_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
NOT_ALLOWED_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that are not allowed in XML, not even escaped (XML 1.0 section 2.2)."""
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"})
"""The entities that every XML parser knows (XML 1.0 section 4.6)."""


class TemplateFormat(StrEnum):
    """The format of a template."""

    JSON = "json"
    XML = "xml"
    TEXT = "text"
    EVENT = "socketio_event"
    ACK = "socketio_ack"


@dataclass(frozen=True, slots=True)
class Template:
    """A message or body with `{name}` in its texts; `content` is text for XML and TEXT, else plain data."""

    kind: TemplateFormat
    content: Any

    def names(self) -> set[str]:
        """Return the names in it."""
        return {name for text in _texts(self.content) for name in _PLACEHOLDER.findall(text)}

    def fill(self, values: Mapping[str, str]) -> str | None:
        """Return the text; None for an acknowledgement if the client did not ask for one.

        A name without a value is replaced by nothing; if it is a whole JSON value, a member of an object is
        left out and an item of a list is null. In `values`, `namespace` is where an ACK or EVENT is sent
        and `ack` the number of the ACK.
        """
        values = {name: _shortened(value) for name, value in values.items()}
        match self.kind:
            case TemplateFormat.JSON:
                return _json(self.content, values)
            case TemplateFormat.XML:
                return _PLACEHOLDER.sub(lambda match: escape_xml(values.get(match[1], "")), self.content)
            case TemplateFormat.TEXT:
                return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), self.content)
            case TemplateFormat.EVENT:
                return f"42{_namespace(values)}{_json(self.content, values)}"
            case TemplateFormat.ACK:
                ack = values.get("ack", "")
                return f"43{_namespace(values)}{ack}{_json(self.content, values)}" if ack.isdigit() else None
            case _:
                assert_never(self.kind)


def escape_xml(text: str) -> str:
    """Return text escaped for XML, for the content of an element or for an attribute in any quotes."""
    return NOT_ALLOWED_IN_XML.sub("", text).translate(_ENTITIES)


def _shortened(value: str) -> str:
    return value if len(value) <= MAX_ECHO_CHARACTERS else value[:MAX_ECHO_CHARACTERS]


def _namespace(values: Mapping[str, str]) -> str:
    namespace = values.get("namespace", "/")
    return (
        "" if namespace == "/" or not re.fullmatch(r"/[^,\[\]{}\"\x00-\x1f]*", namespace) else f"{namespace},"
    )


def _json(content: Any, values: Mapping[str, str]) -> str:  # noqa: ANN401 - plain data
    return json.dumps(_filled(content, values))


_OMITTED: Final = object()


def _filled(node: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - plain data
    if isinstance(node, dict):
        members = {key: _filled(value, values) for key, value in node.items()}
        return {key: value for key, value in members.items() if value is not _OMITTED}
    if isinstance(node, list):
        items = [_filled(item, values) for item in node]
        return [None if item is _OMITTED else item for item in items]
    if not isinstance(node, str):
        return node
    if whole := _PLACEHOLDER.fullmatch(node):
        return _value(values[whole[1]]) if whole[1] in values else _OMITTED
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), node)


def _value(value: str) -> int | str:
    """Return a number from the message as a number if it is an integer of up to 18 digits, else the text."""
    return int(value) if isinstance(value, Number) and _WHOLE_NUMBER.fullmatch(value) else str(value)


def _texts(node: Any) -> Iterator[str]:  # noqa: ANN401 - plain data
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _texts(item)
