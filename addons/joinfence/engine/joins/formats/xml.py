"""XML, parsed as XMPP servers do it: with namespaces, without DTDs, and with limits on size and depth."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from joinfence.engine.joins.formats.json_msgpack import UninspectableError, UnparsableError

MAX_ELEMENTS: Final = 4_000
MAX_STANZAS: Final = 200
MAX_DEPTH: Final = 100
_SEPARATOR: Final = "\x1f"
_XML: Final = "http://www.w3.org/XML/1998/namespace" + _SEPARATOR
_BIND: Final = "http://jabber.org/protocol/httpbind"
# A WebSocket message holds one stanza as a document of its own (RFC 7395 section 3.3.3). Servers parse it
# as part of their own stream, so it may use the stream's namespaces without declaring them, and two stanzas
# also work.
_STREAM: Final = (b"<s xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>", b"</s>")
_DECLARATION: Final = re.compile(rb"\A\s*<\?xml[^>]*\?>")


@dataclass(slots=True)
class Element:
    """One element. `name` is the local name; attributes with a prefix other than `xml:` are left out."""

    name: str
    namespace: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ElementPath:
    """A path to elements: `a/b@c` is the attribute c of every b in the root a, `a/b` is the text of every b.

    Names are local names. If `namespace` is given, the last element must be in it. Raises ValueError, with a
    sentence, if the text is not a path.
    """

    text: str
    namespace: str | None = None

    def __post_init__(self) -> None:
        """Check the text."""
        if not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*(?:@[\w.:-]+)?", self.text):
            message = "element names with slashes between them and an attribute after @, such as presence@to"
            raise ValueError(message)

    def values(self, root: Element) -> list[str]:
        """Return the attribute of every element found, or its text if the path names no attribute."""
        path, _, attribute = self.text.partition("@")
        first, *rest = path.split("/")
        found = [root] if root.name == first else []
        for name in rest:
            found = [child for element in found for child in element.children if child.name == name]
        if self.namespace is not None:
            found = [element for element in found if element.namespace == self.namespace]
        if not attribute:
            return ["".join(element.texts) for element in found]
        return [element.attributes[attribute] for element in found if attribute in element.attributes]


def parse_element(body: bytes) -> Element:
    """Return the root element of a document.

    Raises UnparsableError, also for a DTD, and UninspectableError beyond the limits.
    """
    return _Builder().build(body)


def stanzas(body: bytes, *, in_stream: bool) -> list[Element]:
    """Return the XMPP stanzas in a WebSocket message (`in_stream`), or in a BOSH body (XEP-0124).

    Raises UnparsableError and UninspectableError. A stanza that is split over several messages is unparsable.
    Some servers would put it together, but the protocol does not allow it (RFC 7395 section 3.3).
    """
    if not in_stream:
        root = parse_element(body)
        found = root.children if root.name == "body" else [root]
    else:
        start, end = _STREAM
        roots = parse_element(start + _DECLARATION.sub(b"", body) + end).children
        found = [s for e in roots for s in (e.children if (e.name, e.namespace) == ("body", _BIND) else [e])]
    if len(found) > MAX_STANZAS:
        raise UninspectableError
    return found


class _Builder:
    __slots__ = ("_count", "_open", "_tree")

    def __init__(self) -> None:
        self._open: list[Element] = []
        self._tree: list[Element] = []
        self._count = 0

    def build(self, body: bytes) -> Element:
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        # Without a DTD no entities can be declared, so none can expand. RFC 6120 section 11.1 forbids both.
        parser.StartDoctypeDeclHandler = _refuse
        try:
            parser.Parse(body, True)  # noqa: FBT003 - expat's signature
        except UnparsableError:
            raise
        except (expat.ExpatError, ValueError):
            raise UnparsableError from None
        return self._tree[0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise UninspectableError
        namespace, _, local = name.rpartition(_SEPARATOR)
        # An attribute with a prefix is a different attribute: `f:type` must not be taken for `type`.
        plain = {key.replace(_XML, "xml:"): value for key, value in attributes.items() if _is_plain(key)}
        element = Element(local, namespace, plain)
        (self._open[-1].children if self._open else self._tree).append(element)
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].texts.append(text)


def _is_plain(attribute: str) -> bool:
    return _SEPARATOR not in attribute or attribute.startswith(_XML)


def _refuse(*_: Any) -> None:  # noqa: ANN401 - expat's signature
    raise UnparsableError
